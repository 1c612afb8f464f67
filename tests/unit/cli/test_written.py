"""A file that a command writes: for its owner, never over another unless that was said, whole or not there."""

import pytest

from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.cli.written import (
    FileThereError,
    NotWritableError,
    private_file,
    refuse_to_replace,
    write_private,
)


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    write_private(tmp_path / "a", b"one", is_forced=False)
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_one_that_is_there_stays(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(FileThereError, match="--force"):
        write_private(tmp_path / "a", b"one", is_forced=False)
    with pytest.raises(FileThereError):
        refuse_to_replace(None, tmp_path / "b", tmp_path / "a", is_forced=False)
    assert (tmp_path / "a").read_bytes() == b"old"


def test_by_force_it_is_replaced_and_closed_to_others(tmp_path):
    (tmp_path / "a").write_bytes(b"older and longer")
    (tmp_path / "a").chmod(0o644)
    refuse_to_replace(tmp_path / "a", is_forced=True)
    write_private(tmp_path / "a", b"new", is_forced=True)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileThereError):
        refuse_to_replace(tmp_path / "a", is_forced=False)


@pytest.mark.parametrize("is_forced", [False, True], ids=["as it is", "by force"])
def test_a_folder_that_is_not_there_is_as_much_a_misuse_as_a_file_that_is(tmp_path, is_forced):
    (tmp_path / "file").touch()
    for place in (tmp_path / "nowhere" / "a", tmp_path / "file" / "a"):
        for refused in (
            lambda place=place: refuse_to_replace(place, is_forced=is_forced),
            lambda place=place: write_private(place, b"one", is_forced=is_forced),
        ):
            with pytest.raises(NotWritableError, match="cannot be written") as caught:
                refused()
            assert exit_code(caught.value) == exit_code(FileThereError(path=place)) == NOT_UNDERSTOOD
    with pytest.raises(NotWritableError, match="is a directory"):
        write_private(tmp_path, b"one", is_forced=True)


def test_half_a_new_file_does_not_stay(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def write_half(path):
    with private_file(path, is_forced=False) as file:
        file.write(b"half")
        raise ZeroDivisionError
