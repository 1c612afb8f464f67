"""For those who trust nobody: a verifier in one file (`verify_yesword.py`), and one in one page, built here.

The page works from a file, offline. It may hold a receipt and a key, or be empty and take both; it
loads nothing, and its policy lets nothing run but the one script that is in it. Its words are in
`words.toml`. The checks are done once more, in the reader's browser (`verify.js`): nothing here
says whether a receipt holds.
"""

import json
import re
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final

__all__ = ["LANGUAGES", "verifier_source", "verify_page"]

LANGUAGES: Final = ("en", "nl", "sv", "de", "da")

_PLACE: Final = re.compile(r"\{(language|policy|title|style|no_script|words|given|script)\}")


def verify_page(receipt: bytes | None, vkey: str | None, language: str) -> str:
    """One HTML page that checks the receipt, or any other, in a browser.

    `receipt` is a file as `write_receipt` or `write_tlog_receipt` gives it; `vkey` the log's public
    keys, one a line, which the page says came with it; `language` the one to begin in, English where we have no such.
    """
    begin_in = language if language in LANGUAGES else LANGUAGES[0]
    words = _words()
    style, script = _text("verify.css"), _text("verify.js")
    given = {
        "receipt": None if receipt is None else b64encode(receipt).decode(),
        "vkey": vkey,
        "language": begin_in,
    }
    parts = {
        "language": begin_in,
        "policy": escape(_policy(style, script)),
        "title": escape(words[begin_in]["title"]),
        "style": style,
        "no_script": escape(words[begin_in]["no_script"]),
        "words": _inert(words),
        "given": _inert(given),
        "script": script,
    }
    return _PLACE.sub(lambda place: parts[place[1]], _text("verify.html"))


def verifier_source() -> str:
    """The verifier in one file, to hand out."""
    return _text("verify_yesword.py")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, from anywhere; only this style and this script count."""
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _inert(value: object) -> str:
    """JSON that cannot end the element it stands in, nor open a comment there."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    words = tomllib.loads(_text("words.toml"))
    return {language: words[language] for language in LANGUAGES}


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
