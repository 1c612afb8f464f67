"""The journal's lines about whoever was erased: nothing joins a digest with a person, and no line is lost while files are written anew."""

import json
import multiprocessing
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yesword.domain.ids import BrandId, ContactId
from yesword.domain.times import month_of
from yesword.store import durable
from yesword.store.journal import DamagedJournalError, Erased, Gone, Journal, Stop

AT = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
BRAND = BrandId(3)


def digest(number: int) -> bytes:
    return random.Random(number).randbytes(32)


def stop(number: int, at: datetime = AT) -> Stop:
    return Stop(
        event=number,
        brand=BRAND,
        digest=digest(number),
        pepper=1,
        program=None,
        kind="withdrawn",
        at=at,
    )


def erased(number: int) -> Erased:
    return Erased(
        contact=ContactId(number),
        brand=BRAND,
        at=AT + timedelta(seconds=number),
        ground="request",
        policy="",
        by=None,
        retain_until=None,
    )


def gone(number: int) -> Gone:
    return Gone(brand=BRAND, kind="phone", digest=digest(number), pepper=1, month=month_of(AT))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def test_neither_order_nor_time_of_the_file_tells_whose_digest_it_is(journal: Journal) -> None:
    for number in range(40):
        journal.write_erased(erased(number), [gone(number)])
    files = sorted(journal.folder.glob("gone-*.jsonl"))
    for file in files:
        lines = file.read_bytes().splitlines()
        assert lines == sorted(lines)
        assert file.stat().st_mtime == month_of(AT).timestamp()
        assert file.stat().st_mode & 0o777 == 0o600
    assert {line.digest: line for line in journal.gone()} == {digest(n): gone(n) for n in range(40)}
    assert list(journal.erased()) == [erased(number) for number in range(40)]


def test_what_is_told_twice_stands_once(journal: Journal) -> None:
    for _ in range(2):
        journal.write_erased(erased(1), [gone(1)])
    assert list(journal.gone()) == [gone(1)]


def test_the_stops_of_a_number_are_taken_out_and_the_others_stay_as_they_are(journal: Journal) -> None:
    others = [stop(number) for number in (1, 3)]
    journal.write([others[0], stop(2), others[1]])
    journal.forget_stops([digest(2)], AT)
    assert list(journal.stops()) == others


def test_files_of_earlier_months_are_not_looked_at(journal: Journal) -> None:
    earlier = AT - timedelta(days=60)
    journal.write([stop(2, earlier)])
    journal.forget_stops([digest(2)], AT)
    assert len(list(journal.stops())) == 1
    journal.forget_stops([digest(2)], earlier)
    assert list(journal.stops()) == []


def test_a_line_that_an_earlier_version_wrote_is_read_as_both_and_then_parted(journal: Journal) -> None:
    micros = [int(at.timestamp() * 1_000_000) for at in (erased(1).at, erased(2).at)]
    old = [
        [1, "erased", 1, BRAND, digest(1).hex(), 1, micros[0], "request", "", None, None],
        [1, "erased", 2, BRAND, "", 1, micros[1], "request", "", None, None],
    ]
    file = journal.folder / "erasures-2026-03.jsonl"
    file.write_text("".join(json.dumps(each, separators=(",", ":")) + "\n" for each in old))
    journal.write_erased(erased(3), [gone(3)])

    def told() -> tuple[list[Erased], dict[bytes, Gone]]:
        return list(journal.erased()), {line.digest: line for line in journal.gone()}

    before = told()
    assert before == ([erased(1), erased(2), erased(3)], {digest(n): gone(n) for n in (1, 3)})
    assert journal.part_erased() == [gone(1)]
    assert told() == before
    assert digest(1).hex() not in file.read_text()
    assert journal.part_erased() == []


def test_a_damaged_line_among_the_digests_is_named(journal: Journal) -> None:
    journal.write_erased(erased(1), [gone(1)])
    (file,) = journal.folder.glob("gone-*.jsonl")
    file.write_bytes(b"nonsense\n" + file.read_bytes())
    with pytest.raises(DamagedJournalError, match=rf"Line 1 of {file.name}"):
        list(journal.gone())


def test_a_crash_while_a_file_is_written_anew_leaves_it_as_it_was(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write([stop(1), stop(2)])

    def crash(*_args: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(OSError):
            journal.forget_stops([digest(1)], AT)
    assert list(journal.stops()) == [stop(1), stop(2)]


def append_some(folder: Path, first: int) -> None:
    journal = Journal(folder)
    for number in range(first, first + 60):
        journal.write([stop(number)])


def test_what_other_processes_append_meanwhile_is_not_lost(journal: Journal) -> None:
    away = [replace(stop(number), event=number) for number in range(9_000, 9_040)]
    journal.write(away)
    context = multiprocessing.get_context("fork")
    others = [context.Process(target=append_some, args=(journal.folder, first)) for first in (1_000, 2_000)]
    for other in others:
        other.start()
    for each in away:
        journal.forget_stops([each.digest], AT)
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    events = [each.event for each in journal.stops()]
    assert sorted(events) == [*range(1_000, 1_060), *range(2_000, 2_060)]


def test_who_waited_for_a_file_that_was_put_anew_writes_into_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    durable.append(path, b"one\n")
    durable.rewrite(path, lambda lines: lines + b"two\n")
    durable.append(path, b"three\n")
    assert path.read_bytes() == b"one\ntwo\nthree\n"
