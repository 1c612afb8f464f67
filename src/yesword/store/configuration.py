"""Where the store is, as Django wants to be told."""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from yesword.domain.errors import YeswordError

_SQLITE_START: Final = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
    "PRAGMA wal_autocheckpoint=4000; PRAGMA secure_delete=FAST; PRAGMA cache_size=-16000;"
)

# A server that went away without a word, or a wire that brings nothing any more, is noticed within half a minute.
# What the address itself says of these (libpq's parameters) counts instead.
LIVELY: Final[dict[str, Any]] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # ms
}
# A worker that was stopped inside a claim must not hold its locks for ever.
_SESSION: Final = "-c idle_in_transaction_session_timeout=5000 -c lock_timeout=5000"


class BadDatabaseUrlError(YeswordError):
    """{url} is no database address. Write postgresql://user:password@host:port/name, or leave it out for SQLite."""

    code = "bad_database_url"


DEFAULT_PUBLIC_URL: Final = "http://localhost:8000"


def public_origin() -> str:
    """What whole addresses in texts begin with. What is wrong with it, `web.environment` says when the pages start."""
    parts = urlsplit(os.environ.get("YESWORD_PUBLIC_URL") or DEFAULT_PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def data_folder() -> Path:
    return Path(os.environ.get("YESWORD_DATA", "data")).resolve()


def databases() -> dict[str, dict[str, Any]]:
    url = os.environ.get("YESWORD_DATABASE_URL")
    return {"default": _postgresql(url) if url else _sqlite(data_folder() / "yesword.sqlite3")}


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": _SQLITE_START},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadDatabaseUrlError(url=f"{parts.scheme}://…")
    try:
        port = parts.port
    except ValueError:  # such as of a password with a slash in it, part of which would be told
        raise BadDatabaseUrlError(url=f"{parts.scheme}://…") from None
    said = dict(parse_qsl(parts.query))  # such as sslmode
    return {
        "ENGINE": "yesword.store.reconnecting",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**LIVELY, **said, "options": f"{_SESSION} {said.get('options', '')}".rstrip()},
    }
