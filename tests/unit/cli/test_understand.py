import json
from importlib import resources

import pytest
from click.testing import CliRunner

from yesword.cli.understand import command

CLUB = str(resources.files("yesword.demo").joinpath("programs", "club.toml"))


def ask(texts: bytes, *arguments: str):
    return CliRunner().invoke(command, arguments, input=texts)


def readings(texts: bytes, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in ask(texts, *arguments).output.splitlines()]


def test_each_line_gets_one_answer_and_an_empty_line_is_an_empty_text():
    result = ask(b"STOP\n\nsee you at five\nwho is this?\nSTART\n", "--labels")
    assert (result.exit_code, result.output) == (0, "OPT_OUT\nOTHER\nOTHER\nHELP\nOPT_IN\n")


def test_a_line_ends_at_a_line_feed_and_nothing_else():
    assert ask("STOP\x0bhello\x85there\u2028you\rme\n".encode(), "--labels").output == "OPT_OUT\n"


def test_a_last_line_without_its_end_is_a_text():
    assert ask(b"hello\nSTOP", "--labels").output == "OTHER\nOPT_OUT\n"


@pytest.mark.parametrize("text", [b"STOP \xff\xfe", b"\xed\xa0\x80 STOP\n", b"S\x00TOP"])
def test_broken_bytes_are_read_as_well_as_they_can_be(text):
    result = ask(text, "--labels")
    assert (result.exit_code, len(result.output.splitlines())) == (0, 1)


def test_an_answer_says_what_how_sure_why_and_where():
    (answer,) = readings(b"Could you stop sending me these adverts, Anna?\n")
    assert answer["label"] == "OPT_OUT"
    assert answer["kind"] == "opt_out"
    assert 0 < answer["confidence"] <= 1
    first, after = answer["span"]
    assert "stop sending me" in "Could you stop sending me these adverts, Anna?"[first:after]
    assert answer["rule"].startswith("phrase: ")
    assert answer["is_per_se"] is False


def test_the_finer_kinds_fold_into_four_labels():
    texts = b"sorry, wrong number\ndelete my data\nwhat data do you have on me\nI will report you\n"
    assert [answer["label"] for answer in readings(texts)] == ["OPT_OUT", "OPT_OUT", "OTHER", "OPT_OUT"]
    assert [answer["right"] for answer in readings(texts)] == [None, "erasure", "access", None]


def test_a_program_s_file_brings_its_keywords_and_what_its_texts_are_called():
    joined, ended = readings(b"SAVEMORE\nunsubscribe me from the offers only\n", "--program", CLUB)
    assert (joined["kind"], joined["program"]) == ("keyword", "club")
    assert (ended["scope"], ended["program"]) == ("program", "club")
    assert readings(b"SAVEMORE\n")[0]["kind"] == "other"


@pytest.mark.parametrize("program", ["no-such-file.toml", "club"])
def test_a_program_that_is_not_found_is_said_to_be(program, tmp_path):
    result = ask(b"STOP\n", "--program", program, "--data", str(tmp_path / "nothing"))
    assert result.exit_code == 2
    assert result.output.startswith(("no-such-file.toml", "There is no store"))


def test_what_was_asked_decides_what_a_yes_is():
    assert readings(b"JA\n", "--pending", "confirm_consent")[0]["kind"] == "confirm"
    assert readings(b"JA\n", "--pending", "nothing")[0]["kind"] == "other"
    assert readings(b"JA\n", "--pending", "poll")[0]["kind"] == "other"


def test_the_model_may_be_left_out():
    text = b"honestly, these notifications of yours are something that I can live without from now on\n"
    assert not readings(text, "--without-model")[0]["rule"].startswith(("model", "suspected"))
