"""`yesword verify FILE` for a file of silence: that nothing was handed over to a number in a span of time."""

import json
from typing import Final

import click

from yesword.cli.silence_told import as_lines, as_object
from yesword.ledger.checkpoint import VerifierKey
from yesword.ledger.findings import Verdict
from yesword.ledger.silence import check, read_silence

_FAILED: Final = 1


def verify_silence(data: bytes, key: VerifierKey | None, *, as_json: bool) -> int:
    """Print what a check found; the exit code. Raises what reading a malformed file raises."""
    from yesword.cli.verify import plain

    found = check(read_silence(data), key)
    if as_json:
        click.echo(json.dumps(as_object(found), indent=1))
    else:
        for line in as_lines(found):
            click.echo(plain(line))
    is_good = found.verdict is Verdict.PROVEN or (found.verdict is Verdict.CONSISTENT and key is None)
    return 0 if is_good else _FAILED
