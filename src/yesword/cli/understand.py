"""`yesword understand`: how texts would be read. One text a line in, one answer a line out. Needs no store."""

import json
import sys

import click

from yesword.domain.understanding import Context, Intent, PendingKind, understand

_NOTHING = "nothing"


@click.command(name="understand")
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="XX",
    help="A language the person may write; repeatable, best first.",
)
@click.option(
    "--pending",
    type=click.Choice([*(kind.value for kind in PendingKind), _NOTHING]),
    default=PendingKind.UNKNOWN.value,
    show_default=True,
    help="What was asked last: yes and no mean something only as answers.",
)
@click.option("--labels", "is_label_only", is_flag=True, help="Print only OPT_OUT, OPT_IN, HELP or OTHER.")
def command(languages: tuple[str, ...], pending: str, is_label_only: bool) -> None:  # noqa: FBT001
    r"""Say what each text on standard input means, as one JSON object a line.

    A line ends at \n only, and an empty line is an empty text. The span
    counts characters of the text from 0, its end not included.
    """
    context = Context(languages=languages, pending=None if pending == _NOTHING else PendingKind(pending))
    for line in sys.stdin.buffer:
        intent = understand(_text(line.removesuffix(b"\n")), context=context)
        sys.stdout.write((intent.label.value if is_label_only else _json(intent)) + "\n")
        sys.stdout.flush()  # whoever feeds us line by line waits for each answer


def _text(line: bytes) -> str:
    """Damaged texts are read as well as they can be: a STOP among broken bytes is still a STOP."""
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return line.decode("utf-8", "surrogateescape")


def _json(intent: Intent) -> str:
    return json.dumps(
        {
            "label": intent.label,
            "kind": intent.kind,
            "scope": intent.scope,
            "confidence": intent.confidence,
            "span": intent.span,
            "rule": intent.rule,
            "language": intent.language,
            "is_per_se": intent.is_per_se,
        }
    )
