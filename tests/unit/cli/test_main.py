"""An error is a sentence and an exit code, never a traceback."""

import pytest

from yesword.cli import FAILED, main


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
