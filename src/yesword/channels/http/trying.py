"""One request and its reply, for a person who waits: whether an account signs in. Texts go through the channel."""

import http.client
import ssl
from typing import Final
from urllib.parse import urlsplit

from yesword.channels.http.provider import Reply, Request
from yesword.channels.http.wire import LONGEST_REPLY
from yesword.channels.ports import CarrierUnreachableError

_HIDDEN: Final = "…"


def ask(request: Request, timeout_s: float) -> Reply:
    """Raises CarrierUnreachableError."""
    parts = urlsplit(request.url)
    host, target = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_s)
    else:
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=timeout_s, context=ssl.create_default_context()
        )
    try:
        connection.request(request.method, target, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=headers, body=answer.read(LONGEST_REPLY))
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise CarrierUnreachableError(endpoint=f"{host}:{parts.port or parts.scheme}", why=why) from None
    finally:
        connection.close()


def told(reply: Reply, secrets: tuple[str, ...], most: int = 300) -> str:
    """What the provider said, in one line, without our secrets."""
    said = " ".join(reply.body.decode("utf-8", "replace").split())
    for secret in secrets:
        if secret:
            said = said.replace(secret, _HIDDEN)
    return "".join(each if each.isprintable() else " " for each in said)[:most]
