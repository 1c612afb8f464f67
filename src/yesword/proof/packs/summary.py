"""What the summary tells, as a file of its own beside the page: summary.json. Whoever checks a pack makes the page anew from it.

No store and no Django: a pack is checked where neither is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.decisions import Sentence
from yesword.domain.explain import FormatDay, Translate
from yesword.proof.packs.sentences import render
from yesword.proof.packs.timeline import Line, Timeline

FILE: Final = "summary.json"
PAGE: Final = "summary.pdf"

# Why no number stands there.
WITHHELD: Final = "withheld"
ERASED: Final = "erased"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Summary:
    """All that the page says, in the order in which it is stored."""

    pack: str
    purpose: str
    made_at: datetime
    made_with: str  # what drew the page: another version may draw it otherwise
    brand: str
    address: str
    program: str  # its name
    person: str
    number: str | None
    why_no_number: str  # WITHHELD or ERASED
    name: str
    origin: str
    size: int
    timeline: Timeline

    def text(self, translate: Translate, day: FormatDay) -> str:
        """All the words of it."""

        def say(sentence: Sentence) -> str:
            return render(sentence, translate, day)

        parts = [*(value for _, value in self.facts()), *map(say, self.timeline.state)]
        for line in self.timeline.lines:
            parts += [say(line.title), line.id, *map(say, all_of(line))]
        parts += [each.text for each in self.timeline.wordings]
        return "\n".join(part if isinstance(part, str) else say(part) for part in parts)

    def facts(self) -> Iterator[tuple[Sentence, str | Sentence]]:
        """Labels and values of the head."""
        yield Sentence.of("pack.brand"), ", ".join(filter(None, (self.brand, self.address)))
        yield Sentence.of("pack.program"), self.program
        yield Sentence.of("pack.person"), self.person
        yield Sentence.of("pack.number"), self.number or Sentence.of(f"pack.number.{self.why_no_number}")
        if self.name:
            yield Sentence.of("pack.name"), self.name
        yield Sentence.of("pack.log"), Sentence.of("pack.log.told", origin=self.origin, size=self.size)
        yield Sentence.of("pack.pack"), self.pack


def write(summary: Summary) -> bytes:
    return codec.dumps(summary)


def read(data: bytes) -> Summary:
    """Raises CodecError where it is not one."""
    return codec.loads(Summary, data)


def all_of(line: Line) -> Iterator[Sentence]:
    """Everything that is said of an event."""
    yield line.at
    yield from (*line.facts, *line.backing, *line.unproved, *line.place)
