"""`yesword verify FILE` for a file of silence: that nothing was handed over to a number in a span of time."""

import json
from typing import Final

import click

from yesword.cli.believing import UNMET, Asked
from yesword.cli.silence_told import as_lines, as_object
from yesword.ledger.findings import Verdict
from yesword.ledger.silence import check, read_silence

_FAILED: Final = 1


def verify_silence(data: bytes, asked: Asked | None, *, as_json: bool) -> int:
    """Print what a check found; the exit code. Raises what reading a malformed file raises."""
    from yesword.cli.verify import plain

    silence = read_silence(data)
    key = None if asked is None else asked.key_for(silence.origin, silence.checkpoint)
    found = check(silence, key)
    is_met = asked is None or asked.is_met(silence.checkpoint)
    remarks = [] if asked is None else list(asked.remarks(silence.origin, silence.checkpoint))
    is_unmet = found.verdict is Verdict.PROVEN and not is_met
    if as_json:
        told = as_object(found)
        if is_unmet:
            told["verdict"] = str(Verdict.CONSISTENT)
        click.echo(json.dumps({**told, "remarks": remarks}, indent=1))
    else:
        for line in as_lines(found):
            click.echo(plain(line))
        seen = None if asked is None else asked.seen(silence.checkpoint)
        for remark in (*([seen.sentence] if seen else []), *remarks, *([UNMET] if is_unmet else [])):
            click.echo(plain(remark))
    is_proven = found.verdict is Verdict.PROVEN and is_met
    is_good = is_proven or (found.verdict is Verdict.CONSISTENT and asked is None)
    return 0 if is_good else _FAILED
