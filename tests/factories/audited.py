"""A carrier's list of numbers, and people of every kind on it."""

import csv
import io
from pathlib import Path

from factories.packed import sequence, unzipped
from factories.worlds import CLUB, World
from yesword.collect.imports import Options, run_import
from yesword.domain.retention import Override
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting.audit_answers import Answer, Question, collect, read_numbers
from yesword.reporting.audit_answers.writing import vouching, write_answer
from yesword.store import programs

JOINED, STOPPED, BACK = "+31612000001", "+31612000002", "+31612000003"
ASKED, UNKNOWN, IMPORTED = "+31612000004", "+31612000005", "+31612000006"
ERASED, KEPT, CLAIMED = "+31612000007", "+31612000008", "+31612000009"
STRANGER = "+31612000010"  # who sent a stop and nothing else
EVERYBODY = (JOINED, STOPPED, BACK, ASKED, UNKNOWN, IMPORTED, ERASED, KEPT, CLAIMED, STRANGER)

WORDING = "Yes, send me =offers= by text.\nReply STOP to stop."
HEADER = "phone,name,consent date,consent source,consent wording"


def people(here: World, folder: Path) -> None:
    """Who joined, stopped, came back, was asked, was imported and was erased; all of it in the log."""
    for each in (JOINED, STOPPED, BACK, ERASED, KEPT):
        here.join(each)
    here.wait(days=1)
    for each in (STOPPED, BACK, STRANGER):
        here.text(each, "STOP")
    here.wait(days=1)
    here.text(BACK, "START")
    here.text(ASKED, "SAVEMORE")
    imported(here, folder)
    here.campaign()
    here.settle()
    sequence(here)
    gone = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))
    erasing.erase(here.store, here.contact(ERASED).id, gone, here.at)
    erasing.erase(here.store, here.contact(KEPT).id, Wish(ground=REQUESTED), here.at)
    sequence(here)


def imported(here: World, folder: Path) -> None:
    path = folder / "members.csv"
    path.write_text(
        f'{HEADER}\n{IMPORTED},=cmd(),2025-11-30,=HYPERLINK("x"),"{WORDING}"\n{CLAIMED},Nobody,,,\n'
    )
    run_import(here.store, here.club, path, Options())


def question(here: World, sender: str = CLUB, **more: str) -> Question:
    return Question(
        sender=sender, asked_at=here.at, **{"carrier": "Bandwidth", "reference": "CASE-1", **more}
    )


def answered(here: World, numbers: tuple[str, ...] = EVERYBODY, **more: str) -> Answer:
    brand = programs.brand(here.club.brand)
    return collect(here.store, brand, question(here, **more), read_numbers("\n".join(numbers), "NL"), here.at)


def files(here: World, answer: Answer) -> dict[str, bytes]:
    return unzipped(write_answer(answer, "aud_1", vouching(here.store, answer)))


def table(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["answer.csv"].decode(), newline="")))
