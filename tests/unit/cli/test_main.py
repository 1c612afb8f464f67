"""An error is a sentence and an exit code, never a traceback."""

import pytest

from yesword.cli import main
from yesword.cli.misuse import FAILED, NOT_UNDERSTOOD


def test_a_path_that_cannot_be_written_is_told_in_a_sentence(tmp_path, capsys, monkeypatch):
    file = tmp_path / "receipt.json"
    file.write_text("{}")
    monkeypatch.setattr("yesword.cli.group.main", lambda *_, **__: (tmp_path / "no" / "x").write_text(""))
    with pytest.raises(SystemExit) as done:
        main(["receipt"])
    assert done.value.code == FAILED
    said = capsys.readouterr().err
    assert said.startswith("yesword: No such file or directory: ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["rules", "list", "--at", "soon"], "soon is not a day or a time", id="a day that is none"),
        pytest.param(["lint", "--text", "x", "--country", "DK", "--at", "soon"], "soon is not a day or a time", id="of the linter"),
        pytest.param(["check", "+4520123456", "--consent", "none", "--at", "soon"], "soon is not a day or a time", id="of the gate"),
    ],
)  # fmt: skip
def test_what_a_command_cannot_understand_ends_it_with_2_and_the_same_sentence(arguments, said, capsys):
    with pytest.raises(SystemExit) as done:
        main(arguments)
    assert done.value.code == NOT_UNDERSTOOD
    assert said in capsys.readouterr().err


def test_an_error_of_nobodys_making_is_not_hidden(monkeypatch):
    monkeypatch.setattr("yesword.cli.group.main", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["check"])
