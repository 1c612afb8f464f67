"""A site of somebody else, beside ours: pages as a test wrote them, and what its server does with a form."""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[dict[str, str]], str]


@dataclass(kw_only=True)
class Site:
    """`pages` are found by how their address begins, with the language of the browser behind it where it matters: "/:nl".

    `answer` takes what a form and its address have, and gives the page that follows.
    """

    yesword: str  # the address of ours
    origin: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    answer: Answer = lambda _sent: ""

    def page_at(self, path: str, language: str) -> str | None:
        for begins, page in self.pages.items():
            where, _, spoken = begins.partition(":")
            if path.startswith(where) and spoken in ("", language):
                return page
        return None


def page(title: str, body: str, language: str = "en", end: str = "") -> str:
    """A plain one, which loads nothing."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"></head>'
        f"<body><main><h1>{title}</h1>{body}</main>{end}</body></html>"
    )


@contextlib.contextmanager
def serving(site: Site) -> Iterator[Site]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            language = self.headers.get("Accept-Language", "")[:2]
            self._send(site.page_at(urlsplit(self.path).path, language))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = parse_qs(sent) | parse_qs(urlsplit(self.path).query)
            self._send(site.answer({name: each[0] for name, each in fields.items()}))

        def _send(self, found: str | None) -> None:
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write((found or "").encode())

        def log_message(self, *_said: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.origin = f"http://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()
