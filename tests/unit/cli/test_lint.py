import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from yesword.cli.lint import command

GOOD = "Acme: 20% rabat på støvler til søndag. Svar STOP for at stoppe."
CLUB = str(resources.files("yesword.demo").joinpath("programs", "club.toml"))


def lint(*arguments: str):
    return CliRunner().invoke(command, arguments)


def findings(*arguments: str) -> list[dict]:
    return json.loads(lint(*arguments, "--json").output)["findings"]


def test_a_good_text_has_nothing_to_remark_and_exits_with_zero():
    result = lint("--text", GOOD, "--country", "DK", "--brand", "Acme")
    assert (result.exit_code, result.output) == (0, "Nothing to remark.\n")


def test_an_error_exits_with_one_and_says_the_rule_and_what_to_write():
    result = lint("--text", "Acme: 20% rabat på støvler.", "--country", "dk", "--brand", "Acme")
    assert result.exit_code == 1
    assert "The text does not say how to stop." in result.output
    assert "Danish Marketing Practices Act § 10" in result.output
    assert "Write: Svar STOP for at stoppe." in result.output


def test_advice_alone_exits_with_zero():
    text = "Acme: Hej! 20% rabat. Svar STOP for at stoppe."
    result = lint("--text", text, "--country", "DK", "--brand", "Acme")
    assert result.exit_code == 0
    assert result.output.startswith("advice")


def test_json_has_the_keys_that_programs_rely_on():
    (found,) = findings("--text", "Acme: 20% rabat på støvler.", "--country", "DK", "--brand", "Acme")
    assert found == {
        "code": "way_out_missing",
        "severity": "error",
        "rule": "dk.mfl10.un",
        "pack": "dk",
        "citation": "Danish Marketing Practices Act § 10",
        "sentence": "The text does not say how to stop.",
        "offer": "Svar STOP for at stoppe.",
        "span": None,
        "where": None,
        "also": found["also"],
    }
    assert "house.way_out" in found["also"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        pytest.param(("--class", "informational"), {"sells"}, id="a text that informs may not sell"),
        pytest.param(("--sender", "ACME"), {"stop_cannot_arrive"}, id="a name cannot be answered"),
        pytest.param(("--brand", "Wintelroos"), {"brand_missing"}, id="another brand"),
        pytest.param(("--country", "US-OK"), set(), id="a region too"),
    ],
)
def test_what_is_told_of_the_text_changes_what_is_found(more, codes):
    found = findings("--text", GOOD, "--country", "DK", "--brand", "Acme", "--lang", "da", *more)
    assert {each["code"] for each in found} == codes


def test_a_disclosure_is_read_from_its_file_with_its_form(tmp_path):
    file = tmp_path / "shown.txt"
    file.write_text("Få tilbud på sko fra Acme på sms, højst 4 sms om måneden.\n", "utf-8")
    common = ("--disclosure", str(file), "--country", "DK", "--brand", "Acme")
    codes = {each["code"] for each in findings(*common)}
    assert {"part.stop", "part.privacy", "part.withdrawal"} <= codes
    assert "part.brand" not in codes
    assert "ticked" in {each["code"] for each in findings(*common, "--ticked")}


def test_a_program_is_read_whole(tmp_path):
    assert lint("--program", CLUB, "--brand", "Wintelroos", "--country", "NL").exit_code == 0
    worse = tmp_path / "club.toml"
    text = Path(CLUB).read_text("utf-8")
    worse.write_text(text.replace("up to 4 texts a month", "up to 3 texts a month"), "utf-8")
    found = findings("--program", str(worse), "--brand", "Wintelroos", "--country", "NL")
    assert {(each["code"], each["where"]) for each in found} == {
        ("frequency_broken", "en.frequency"),
        ("frequency_broken", "en.disclosure"),
        ("frequency_broken", "en.welcome"),
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("--country", "DK"), "There is nothing to read", id="nothing to read"),
        pytest.param(("--text", "x"), "Nobody said where the people are", id="no country"),
        pytest.param(("--text", "x", "--country", "XX"), '"XX"', id="a country that is none"),
        pytest.param(("--text", "x", "--country", "US-ZZ"), "US-ZZ", id="a region that is none"),
        pytest.param(("--text", "x", "--country", "DK", "--lang", "zz"), "no wordings in zz", id="a language without wordings"),
        pytest.param(("--text", "x", "--country", "DK", "--at", "soon"), "soon is not a day", id="no day"),
        pytest.param(("--disclosure", "/nowhere/x", "--country", "DK"), "/nowhere/x cannot be read", id="no file"),
        pytest.param(("--program", CLUB, "--country", "DK"), "Give --brand", id="a program without a brand"),
        pytest.param(("--text", "x", "--country", "DK", "--class", "loud"), "loud", id="a class that is none"),
    ],
)  # fmt: skip
def test_bad_input_exits_with_two_and_a_sentence(arguments, says):
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_bad_input_is_json_where_json_was_asked_for():
    result = lint("--text", "x", "--country", "XX", "--json")
    assert (result.exit_code, json.loads(result.output)["error"]) == (2, "place_unknown_country")


def test_a_file_that_is_no_program_is_refused_by_file_and_key(tmp_path):
    file = tmp_path / "club.toml"
    file.write_text('key = "club"\n', "utf-8")
    result = lint("--program", str(file), "--brand", "Acme", "--country", "DK")
    assert result.exit_code == 2
    assert "it is missing" in result.output


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    file = tmp_path / "shown.txt"
    file.write_bytes("Få tilbud".encode("latin-1"))
    result = lint("--disclosure", str(file), "--country", "DK")
    assert (result.exit_code, "not UTF-8" in result.output) == (2, True)


def test_linting_needs_no_django():
    code = (
        "import sys; from click.testing import CliRunner; from yesword.cli.lint import command; "
        f"CliRunner().invoke(command, ['--text', {GOOD!r}, '--country', 'DK', '--brand', 'Acme']); "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_reminder_may_not_ask_for_an_answer_that_people_leave_with():
    text = "Acme: din tid er fredag kl. 10:00. Svar SLUT for at aflyse."
    told = (
        "--country",
        "DK",
        "--brand",
        "Acme",
        "--lang",
        "da",
        "--class",
        "informational",
        "--kind",
        "reminder",
    )
    found = {each["code"]: each for each in findings("--text", text, *told)}
    assert set(found) == {"leaving_word", "way_out_missing"}
    first, last = found["leaving_word"]["span"]
    assert text[first:last] == "SLUT"
