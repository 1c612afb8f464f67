"""`yesword text`: how texts will travel, one a line. Needs no store, and starts as fast as Python does."""

import json
import sys

import click

from yesword.domain.text import measure


@click.command(name="text")
def command() -> None:
    r"""Measure texts: encoding, units, segments, and what forced UCS-2.

    Reads one text a line from standard input. A line ends at \n only, so \r and other separators belong to
    the text, and an empty line is an empty text. Prints one JSON object a line, as soon as it has one.

    Bytes that are not UTF-8 are told on standard error; each counts as one character that GSM-7 lacks.
    """
    for number, line in enumerate(sys.stdin.buffer, start=1):
        measured = measure(_text(line.removesuffix(b"\n"), number))
        row = {
            "encoding": measured.encoding.value,
            "units": measured.units,
            "segments": measured.segments,
            "culprits": measured.culprits,
        }
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()  # whoever feeds us line by line waits for each answer


def _text(line: bytes, number: int) -> str:
    try:
        # Surrogates that a program wrote as if they were characters are one unit each, as in UTF-16.
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        click.echo(f"Line {number} is not UTF-8 at byte {error.start + 1}: save the file as UTF-8.", err=True)
        return line.decode("utf-8", "surrogateescape")
