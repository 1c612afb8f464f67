"""What the environment says about how this installation is reached. Where its store is, `store.configuration` reads.

`YESWORD_PUBLIC_URL` is the address that people type (default `http://localhost:8000`; with `https`, cookies travel only
encrypted), `YESWORD_DEBUG` (`1`) shows the style page and full errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from yesword.domain.errors import YeswordError
from yesword.store.configuration import DEFAULT_PUBLIC_URL

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")


class BadPublicUrlError(YeswordError):
    """YESWORD_PUBLIC_URL is {url}, which is no address such as https://texts.example.org. Correct it and start again."""

    code = "bad_public_url"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    public_url: SplitResult
    is_debug: bool

    @property
    def is_encrypted(self) -> bool:
        return self.public_url.scheme == "https"

    @property
    def origin(self) -> str:
        return f"{self.public_url.scheme}://{self.public_url.netloc}"

    @property
    def hosts(self) -> list[str]:
        host = self.public_url.hostname or ""
        return [*LOCAL_HOSTS, *([] if host in LOCAL_HOSTS else [host])]


def read_environment(environ: Mapping[str, str]) -> Environment:
    return Environment(
        public_url=_parse_public_url(environ.get("YESWORD_PUBLIC_URL") or DEFAULT_PUBLIC_URL),
        is_debug=environ.get("YESWORD_DEBUG", "").lower() in {"1", "true", "yes"},
    )


def _parse_public_url(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadPublicUrlError(url=url)
    return parts
