"""Which numbers processes take, so that no two of them make the same id."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from yesword.domain.ids import MAKERS
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
