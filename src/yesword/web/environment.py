"""What the environment says about how this installation is reached. Where its store is, `store.configuration` reads.

`YESWORD_PUBLIC_URL` is the address that people type (default `http://localhost:8000`; with `https`, cookies travel only
encrypted), `YESWORD_DEBUG` (`1`) shows the style page and full errors. `YESWORD_LOG` (`json`) is how events are logged, and
`YESWORD_METRICS` who may read the figures at `/metrics`. `YESWORD_PROXIES` names the web servers in front, see `proxies`.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from yesword.domain.errors import YeswordError
from yesword.store.configuration import DEFAULT_PUBLIC_URL
from yesword.web.logs import LOG_FORMATS
from yesword.web.proxies import Network, read_proxies

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")


class BadPublicUrlError(YeswordError):
    """YESWORD_PUBLIC_URL is {url}, which is no address such as https://texts.example.org. Correct it and start again."""

    code = "bad_public_url"


class BadSettingError(YeswordError):
    """{name} is {found}. It may be one of: {known}."""

    code = "bad_setting"


class Metrics(enum.StrEnum):
    """Who may read the figures."""

    TOKEN = "token"  # noqa: S105 - whoever knows the one in the keys folder
    LOOPBACK = "loopback"  # whoever asks from this machine
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    public_url: SplitResult
    is_debug: bool
    logs_json: bool = False
    metrics: Metrics = Metrics.TOKEN
    proxies: tuple[Network, ...] = ()

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
        logs_json=_one_of(environ, "YESWORD_LOG", LOG_FORMATS) == "json",
        metrics=Metrics(_one_of(environ, "YESWORD_METRICS", tuple(Metrics))),
        proxies=read_proxies(environ.get("YESWORD_PROXIES", "")),
    )


def _one_of(environ: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """As it is set; the first of those known where it is not."""
    found = environ.get(name) or known[0]
    if found not in known:
        raise BadSettingError(name=name, found=found, known=", ".join(known))
    return found


def _parse_public_url(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadPublicUrlError(url=url)
    return parts
