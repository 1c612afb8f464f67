"""What became of every row. Holds no number, no name and no cell: it is stored, printed and shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from yesword.collect.imports.claims import Note
from yesword.domain.errors import YeswordError
from yesword.domain.events import Grade

MOST_LINES: Final = 1000  # of a list of lines that a report holds


class Outcome(StrEnum):
    """Each row has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STOPPED = "stopped"
    ALREADY_STOPPED = "already_stopped"
    CAME_BACK = "came_back"
    KEPT_STOPPED = "kept_stopped"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    LEFT_ALONE = "left_alone"


OUTCOMES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.CREATED: "new people",
        Outcome.UPDATED: "known already, with something new",
        Outcome.UNCHANGED: "known already, nothing new",
        Outcome.STOPPED: "opted out, recorded now",
        Outcome.ALREADY_STOPPED: "opted out, known already",
        Outcome.CAME_BACK: "opted out, but joined again from the phone since: left as they are",
        Outcome.KEPT_STOPPED: "had stopped or said no: not revived",
        Outcome.DUPLICATE: "the same number as another row that counts for more",
        Outcome.REJECTED: "rejected",
        Outcome.LEFT_ALONE: "no opt-out, and only opt-outs are taken this time",
    }
)
NOTES: Final[Mapping[Note, str]] = MappingProxyType(
    {
        Note.LANGUAGE_UNKNOWN: "The language is not one that we know, so the one of the number's country is used.",
        Note.REGION_UNKNOWN: "The state or province is not understood, so the number alone says where the person may be.",
        Note.PLACE_UNKNOWN: "The country, postcode or time zone is not understood, so the rest says where the person may be.",
        Note.RECIPIENT_UNKNOWN: "The kind of recipient is not understood, so the row is taken for a person.",
        Note.NUMBER_LEFT_OUT: "A telephone number or address stood in another column; it is only kept sealed, with the evidence.",
        Note.VALUE_TOO_LONG: "A value was too long to keep beside the person; it is only kept sealed, with the evidence.",
        Note.STOP_NOT_READ: "A rejected row seems to be an opt-out. Correct these first: the stop is not recorded.",
        Note.ON_ITS_WAY: "A text was being handed over when the stop was recorded; nothing after it goes out.",
    }
)
GRADES: Final[Mapping[Grade, str]] = MappingProxyType(
    {
        Grade.D: "source, date and wording are there: may be texted where the law accepts it, unless they had stopped",
        Grade.E: "claimed only: never texted until the person says yes again",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    file_name: str
    program: str
    encoding: str
    delimiter: str
    columns: tuple[tuple[str, str], ...]  # name, and what it was taken for
    is_dry_run: bool
    rows: int
    outcomes: Mapping[Outcome, int]
    grades: Mapping[Grade, int]  # of the rows that are neither rejected, nor doubles, nor opt-outs
    lacks: Mapping[str, int]  # what is missing for a better grade
    reasons: Mapping[str, tuple[int, str]]  # code → how many, and the sentence
    notes: Mapping[Note, int]
    kept_stopped_lines: tuple[int, ...]  # the first of them
    seconds: float
    system: str = ""  # whose export it is, where its columns tell
    went_on_from: int = 0  # rows that an earlier attempt had written
    canaries: int = 0
    remedies: Mapping[str, int] = field(default_factory=dict)  # step → how many people of grade E

    @property
    def is_whole(self) -> bool:
        """Whether every row is accounted for; not so while an import runs."""
        return self.rows == sum(self.outcomes.values())

    @property
    def rows_per_second(self) -> int:
        return round(self.rows / self.seconds) if self.seconds else 0

    def to_json(self) -> dict[str, Any]:
        """What programs may rely on; the keys are stable."""
        return {
            "file": self.file_name,
            "program": self.program,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "columns": [{"name": name, "taken_for": kind} for name, kind in self.columns],
            "dry_run": self.is_dry_run,
            "rows": self.rows,
            "outcomes": {each.value: self.outcomes.get(each, 0) for each in Outcome},
            "grades": {each.value: self.grades.get(each, 0) for each in GRADES},
            "lacks": dict(self.lacks),
            "rejected": [
                {"code": code, "count": count, "sentence": sentence}
                for code, (count, sentence) in self.reasons.items()
            ],
            "notes": [
                {"code": note.value, "count": count, "sentence": NOTES[note]}
                for note, count in self.notes.items()
            ],
            "kept_stopped_lines": list(self.kept_stopped_lines),
            "seconds": round(self.seconds, 3),
            "system": self.system,
            "went_on_from": self.went_on_from,
            "canaries": self.canaries,
            "remedies": dict(self.remedies),
        }


@dataclass(kw_only=True, slots=True)
class Tally:
    """Counts while an import runs."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    grades: Counter[Grade] = field(default_factory=Counter)
    lacks: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)
    notes: Counter[Note] = field(default_factory=Counter)
    kept_stopped_lines: list[int] = field(default_factory=list)
    canaries: int = 0
    remedies: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """What has been written so far: for an attempt that goes on."""
        return {
            "outcomes": dict(self.outcomes),
            "grades": dict(self.grades),
            "lacks": dict(self.lacks),
            "notes": dict(self.notes),
            "lines": self.kept_stopped_lines,
            "canaries": self.canaries,
            "remedies": dict(self.remedies),
        }

    def add(self, kept: Mapping[str, Any]) -> None:
        """Count what `to_json` told, too."""
        self.outcomes.update({Outcome(key): count for key, count in kept["outcomes"].items()})
        self.grades.update({Grade(key): count for key, count in kept["grades"].items()})
        self.lacks.update(kept["lacks"])
        self.notes.update({Note(key): count for key, count in kept["notes"].items()})
        self.kept_stopped_lines = [*self.kept_stopped_lines, *kept["lines"]][:MOST_LINES]
        self.canaries += kept["canaries"]
        self.remedies.update(kept["remedies"])

    @property
    def written(self) -> int:
        return (
            sum(self.outcomes.values()) - self.outcomes[Outcome.REJECTED] - self.outcomes[Outcome.DUPLICATE]
        )

    def reject(self, error: YeswordError) -> None:
        self.outcomes[Outcome.REJECTED] += 1
        self.codes[error.code] += 1
        self.sentences.setdefault(error.code, str(error))

    def settle(self, outcome: Outcome, line: int) -> None:
        self.outcomes[outcome] += 1
        if outcome is Outcome.KEPT_STOPPED and len(self.kept_stopped_lines) < MOST_LINES:
            self.kept_stopped_lines.append(line)

    def reasons(self) -> dict[str, tuple[int, str]]:
        return {code: (count, self.sentences[code]) for code, count in self.codes.most_common()}
