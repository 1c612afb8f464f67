"""The texts that the model learns from, and those that only measure it. See README.md beside this file."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yesword.domain.understanding import concepts
from yesword.domain.understanding.intent import Label

HERE = Path(__file__).parent
CONCEPTS = Path(concepts.__file__).with_name("concepts")
MEASURING = ("held", "h", "n")
LEARNT_FROM = ("open", "a", "b", "c", "d", "e", "f", "g", "i", "j", "k", "l", "m")


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    text: str
    label: Label
    language: str
    weight: float = 1.0
    is_everyday: bool = False  # what friends say to each other, and no answer to a business


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A row of the replies that measure: any of `acceptable` is right."""

    id: str
    language: str
    text: str
    label: str
    acceptable: frozenset[str]


def training_examples() -> list[Example]:
    found = list(_corpus())
    found += [
        Example(text=reply.text, label=Label(reply.label), language=reply.language, weight=3.0)
        for half in LEARNT_FROM
        for reply in replies(half)
        if reply.label in set(Label)
    ]
    found += [
        Example(text=text, label=Label.OTHER, language=file.stem, weight=0.7, is_everyday=True)
        for file in sorted((HERE / "everyday").glob("*.txt"))
        for text in file.read_text("utf-8").split("\n")
        if text.strip()
    ]
    found += [
        Example(text=text, label=Label.OTHER, language=language, weight=0.7, is_everyday=True)
        for language, text in negatives(held=False)
    ]
    return found


def _corpus() -> Iterator[Example]:
    for file in sorted((HERE / "corpus").glob("*.tsv")):
        for row in rows(file):
            label = "OTHER" if row["label"] == "ACCESS" else row["label"]
            yield Example(text=row["text"], label=Label(label), language=file.stem)


def replies(half: str) -> Iterator[Reply]:
    """`open` may be read and learnt from; `held` only measures."""
    for row in rows(HERE / f"replies-{half}.tsv"):
        acceptable = row.get("acceptable labels") or row.get("acceptable") or ""
        yield Reply(
            id=row["id"],
            language=row["lang"],
            text=row["text"],
            label=row["label"],
            acceptable=frozenset(
                {row["label"], *acceptable.replace("|", ",").replace(" ", "").split(",")} - {""}
            ),
        )


def negatives(*, held: bool) -> Iterator[tuple[str, str]]:
    """Ordinary texts and sentences, none of which asks to be left alone; half of them only measure."""
    for file in sorted((HERE / "negatives").glob("*.txt")):
        for line in file.read_text("utf-8").split("\n"):
            if line.strip() and is_held(line) is held:
                yield file.stem.partition("-")[0], line


def is_held(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def digest() -> str:
    """Of everything that the model is made from, so that a stale model shows."""
    known = hashlib.sha256()
    for file in sorted(
        [
            *(HERE / "corpus").glob("*.tsv"),
            *(HERE / f"replies-{half}.tsv" for half in LEARNT_FROM),
            *(HERE / "everyday").glob("*.txt"),
            *(HERE / "negatives").glob("*.txt"),
            *CONCEPTS.glob("*.csv"),
        ]
    ):
        known.update(file.name.encode() + b"\0" + file.read_bytes())
    return known.hexdigest()
