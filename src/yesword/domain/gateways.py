"""E-mail that arrives as a text: the gateways of carriers, which nothing here may send through. The list is `gateways.toml`.

A text that comes this way passes no gate, and whoever gets it cannot stop it.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from yesword.domain.errors import YeswordError

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


class GatewayRefusedError(YeswordError):
    """{what} is a carrier's gateway from e-mail to texts ({domain}). Texts that go through it need the same consent and cannot be stopped, so nothing is sent that way. Use an account with a carrier or provider."""

    code = "gateway_refused"


@functools.cache
def domains() -> frozenset[str]:
    """All of them, in lower case."""
    text = resources.files("yesword.domain").joinpath("gateways.toml").read_text(encoding="utf-8")
    return frozenset(domain for carrier in tomllib.loads(text)["carrier"] for domain in carrier["domains"])


def gateway_of(domain: str) -> str | None:
    """The gateway that this domain is, or lies below."""
    labels = domain.lower().rstrip(".").split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((each for each in above if each in domains()), None)


def named_in(text: str) -> str | None:
    """The gateway that an address, a host or a URL names."""
    return next((found for host in _HOST.findall(text.lower()) if (found := gateway_of(host))), None)


def refuse(what: str, text: str) -> None:
    """`what`: what is being set up, for the error. Raises GatewayRefusedError."""
    if (domain := named_in(text)) is not None:
        raise GatewayRefusedError(what=what, domain=domain)


def refuse_settings(what: str, settings: Mapping[str, Any]) -> None:
    """The same of everything that is said in an account's settings. Raises GatewayRefusedError."""
    for text in _texts(settings):
        refuse(what, text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
