"""Which numbers processes take, so that no two of them make the same id."""

import fcntl
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from yesword.domain.ids import MAKERS
from yesword.store import locality
from yesword.store.locality import BadMakersError, TooManyProcessesError, makers, take_maker


def test_processes_on_one_machine_each_have_a_number_until_there_is_none_left(tmp_path: Path) -> None:
    with ExitStack() as held:
        taken = []
        for _ in range(MAKERS):
            number, file = take_maker(tmp_path)
            held.enter_context(file)
            taken.append(number)
        assert sorted(taken) == list(range(MAKERS))
        with pytest.raises(TooManyProcessesError):
            take_maker(tmp_path)


def test_machines_with_numbers_of_their_own_never_share_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sees only its own locks."""
    of_machine: dict[str, set[int]] = {}
    with ExitStack() as held:
        for numbers in ("0-7", "8-15"):
            monkeypatch.setenv("YESWORD_MAKERS", numbers)
            folder = tmp_path / numbers
            folder.mkdir()
            taken = [take_maker(folder) for _ in range(8)]
            for _, file in taken:
                held.enter_context(file)
            of_machine[numbers] = {number for number, _ in taken}
            with pytest.raises(TooManyProcessesError):
                take_maker(folder)
    assert of_machine == {"0-7": set(range(8)), "8-15": set(range(8, 16))}


@pytest.mark.parametrize("written", ["", None])
def test_without_a_word_all_numbers_are_ours(written: str | None) -> None:
    assert makers({} if written is None else {"YESWORD_MAKERS": written}) == range(MAKERS)


@pytest.mark.parametrize("written", ["8", "8-16", "9-3", "a-b", "0-7,9", "-3-4", "٣-٤", "0 - 7"])
def test_numbers_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(BadMakersError):
        makers({"YESWORD_MAKERS": written})


def test_a_lock_that_is_let_go_and_taken_at_once_lets_in_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opened the file before it was taken away holds a lock on nothing, and tries again."""
    taken_away = []
    lock = fcntl.flock

    def late(file: IO[bytes], how: int) -> None:
        if not taken_away:
            (tmp_path / "owner-one").unlink()  # by whoever had it, between the other's opening and locking
            taken_away.append(file)
        lock(file, how)

    monkeypatch.setattr(locality.fcntl, "flock", late)
    with (
        locality.owner_lock(tmp_path, "one"),
        pytest.raises(BlockingIOError),
        locality.owner_lock(tmp_path, "one"),
    ):
        pass
    assert taken_away
    assert locality.is_gone(tmp_path, "one")


def test_nobody_has_a_lock_whose_file_is_still_held_when_it_is_taken_away(tmp_path: Path) -> None:
    with locality.owner_lock(tmp_path, "one"):
        held = (tmp_path / "owner-one").open("rb")
    assert not (tmp_path / "owner-one").exists()
    with held, locality.owner_lock(tmp_path, "one"):
        assert not locality.is_gone(tmp_path, "one")
