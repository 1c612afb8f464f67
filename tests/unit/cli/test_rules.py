"""`yesword rules`: what it lists, shows, checks and compares, without a store."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories.books import law, rule
from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.cli.rules import command
from yesword.domain.rules import RuleBook

BOOK = RuleBook.load()
HOURS = {"classes": ["promotional"], "every_day": ["08:00-20:00"]}
CASE = """
[[case]]
name = "noon is open"
rule = "xx.hours"
local = "12:00"
places = ["XX Europe/Paris"]
verdict = "{verdict}"
"""


def rules(*arguments: str | Path):
    without_store = {"YESWORD_DATA": None, "YESWORD_DATABASE_URL": None}
    return CliRunner(env=without_store).invoke(command, [str(each) for each in arguments])


def lines(*arguments: str | Path) -> list[str]:
    result = rules(*arguments)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.fixture
def exland(tmp_path: Path) -> Path:
    """A pack of one's own."""
    file = tmp_path / "xx.toml"
    file.write_text(law(rule(hours=HOURS, severity="hold")))
    return file


# --- list ----------------------------------------------------------------------------------------------------


def test_states_stand_under_their_country_with_counts_and_digest():
    listed = lines("list")
    us = next(index for index, line in enumerate(listed) if line.startswith("us · United States · "))
    florida = BOOK.pack("us-fl")
    (line,) = [line for line in listed[us + 1 :] if "us-fl · Florida" in line]
    assert re.fullmatch(
        rf"├─ us-fl · Florida · {len(florida.rules)} rules, \d+ may decide · {florida.digest[:12]}", line
    )
    assert listed[-1] == f"Digest of all packs: {BOOK.digest}"
    assert len([line for line in listed if " may decide · " in line]) == len(BOOK.packs)


def test_a_place_has_its_own_lineage_and_what_holds_everywhere():
    packs = {each["pack"] for each in json.loads(rules("list", "--place", "us-fl", "--json").output)}
    assert {"us-fl", "us", "house", "industry-ctia"} <= packs
    assert not packs & {"us-tx", "eu", "gb"}


@pytest.mark.parametrize("place", ["XX", "Florida", "US-"])
def test_what_is_no_place_is_said_to_be_none(place):
    result = rules("list", "--place", place)
    if place == "US-":
        assert result.exit_code == 0, "a country with nothing after the dash"
    else:
        assert (result.exit_code, type(result.exception).__name__) == (1, "NotAPlaceError")


def test_the_rules_of_a_pack_take_one_line_each():
    listed = lines("list", "--pack", "us-fl")
    assert len(listed) == len(BOOK.pack("us-fl").rules)
    assert listed[0].startswith("us-fl.ftsa.tm · hours: promotional; ")
    assert listed[0].endswith("08:00-20:00 every day · hold, in force, found")


def test_at_a_day_only_what_is_in_force_is_listed():
    late = json.loads(rules("list", "--pack", "us", "--at", "2027-02-01", "--json").output)
    early = json.loads(rules("list", "--pack", "us", "--at", "2027-01-30", "--json").output)
    assert {each["rule"] for each in late} - {each["rule"] for each in early} == {"us.tcpa.rv.scope"}


# --- show ----------------------------------------------------------------------------------------------------


def test_a_rule_is_shown_with_its_envelope_its_kin_and_its_cases():
    shown = rules("show", "us-fl.ftsa.tm").output
    for words in (
        "us-fl.ftsa.tm · Florida (us-fl)",
        "written in    Fla. Stat. 501.616",
        "source        fl-1120, a primary source; verified on 2026-11-22",
        "address       https://flsenate.gov/Session/Bill/2021/1120/BillText/er/HTML",
        "power         Decides: it makes a text wait, or asks for more.",
        "adds to       us.tcpa.tm · hours: ",
        "Golden cases: ",
        "half past eight in the evening waits until eight → wait",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("rule_id", "words"),
    [
        pytest.param("pl.pke398.so", "stands for    eu.epriv.so", id="a rule that stands for its parent's"),
        pytest.param("eu.epriv.so", "replaced by   pl.pke398.so", id="a rule that a child's stands for"),
        pytest.param("us.tcpa.tm", "added to by   us-fl.ftsa.tm", id="a rule that a child's is held beside"),
        pytest.param(
            "us.tcpa.rv.scope", "status        stayed, from 2025-04-11, stayed until 2027-01-31", id="a stay"
        ),
        pytest.param(
            "us.tcpa.rv.scope", "source        tcpaworld-2026, a secondary source", id="a report on it"
        ),
        pytest.param("us-fl", "lineage       us-fl ← us", id="a pack"),
        pytest.param("us", "children      us-al", id="a pack with children"),
        pytest.param(
            "consent.withdrawn", "rests on      the person's own word", id="a rule that no pack gives"
        ),
        pytest.param(
            "house.program_age", "says          Texts about this are for people", id="a rule of the house"
        ),
    ],
)
def test_show_says_what_belongs_together(rule_id, words):
    assert words in rules("show", rule_id).output


def test_general_knowledge_has_no_address():
    known = next(rule for pack in BOOK.packs for rule in pack.rules if rule.source == "facts")
    shown = rules("show", known.id).output
    assert "source        general knowledge, without an address; verified on" in shown
    assert "\n  address" not in shown


def test_json_has_the_address_of_a_source():
    (told,) = [
        each
        for each in json.loads(rules("list", "--pack", "us-fl", "--json").output)
        if each["rule"] == "us-fl.ftsa.tm"
    ]
    assert (told["source"], told["is_primary_source"]) == ("fl-1120", True)
    assert told["source_address"].startswith("https://flsenate.gov/")


def test_every_rule_and_pack_can_be_shown():
    for pack in BOOK.packs:
        assert lines("show", pack.id)
        assert lines("show", pack.rules[0].id)


def test_an_id_that_is_none_is_told():
    assert rules("show", "us-fl.nothing").exception.code == "unknown_rule"


# --- check ---------------------------------------------------------------------------------------------------


def test_the_shipped_packs_and_cases_fit():
    told, digest = lines("check")
    assert told.startswith(f"{len(BOOK.packs)} packs with ")
    assert digest == f"Digest of all packs: {BOOK.digest}"


def test_a_pack_of_ones_own_is_checked_with_those_that_ship(exland, tmp_path):
    cases = tmp_path / "cases.toml"
    cases.write_text(CASE.format(verdict="send"))
    told = lines("check", exland, "--cases", cases)
    assert told[0].startswith(f"{len(BOOK.packs) + 1} packs with ")


def test_a_case_that_the_gate_answers_otherwise_is_told_with_its_moment(exland, tmp_path):
    cases = tmp_path / "cases.toml"
    cases.write_text(CASE.format(verdict="refuse"))
    result = rules("check", exland, "--cases", cases)
    assert result.exit_code == 1
    assert "noon is open, 2026-07-06 10:00: expected refuse, got send." in result.output


def test_a_case_about_a_rule_that_is_none_is_wrong_whatever_the_answer(tmp_path):
    cases = tmp_path / "cases.toml"
    cases.write_text(CASE.format(verdict="send"))
    result = rules("check", "--cases", cases)
    assert (result.exit_code, "there is no rule xx.hours." in result.output) == (1, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            law(rule(hours=HOURS, severity="hodl")),
            r"xx\.toml, line \d+: severity = 'hodl'\. Expected severity to be one of",
            id="a misspelt word",
        ),
        pytest.param(
            law(rule(hours=HOURS), pack="us-xx", parent="us", region="US-FL"),
            r"line \d+: rule us-xx\.hours would replace us\.tcpa\.tm, which may not be relaxed",
            id="a child that relaxes",
        ),
        pytest.param("[pack", r"xx\.toml, line 1: .*Expected valid TOML", id="no TOML at all"),
        pytest.param(
            law(rule(hours=HOURS), parent="nobody"),
            r"parent = 'nobody'\. Expected the id of another pack",
            id="an orphan",
        ),
    ],
)
def test_a_pack_that_breaks_the_schema_is_told_with_file_line_and_what_was_expected(tmp_path, text, told):
    file = tmp_path / "xx.toml"
    file.write_text(text)
    result = rules("check", file)
    assert result.exit_code == 1
    assert re.search(told, result.output)
    assert "1 thing is wrong. The golden cases were not run." in result.output


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path):
    file = tmp_path / "xx.toml"
    file.write_bytes(b"\xff\xfe")
    assert rules("check", file).exception.code == "pack_not_text"


def test_everything_that_is_wrong_is_told_and_what_follows_from_it_is_not(tmp_path):
    parent, child, other = (tmp_path / name for name in ("a.toml", "b.toml", "c.toml"))
    parent.write_text(law(rule(hours=HOURS, severity="hodl"), pack="aa", countries=["AA"]))
    child.write_text(law(rule(hours=HOURS), pack="aa-b", parent="aa", region="AA-B"))
    other.write_text(law(rule(cap={}), pack="cc", countries=["CC"]))
    result = rules("check", parent, child, other)
    assert "2 things are wrong." in result.output
    assert str(child) not in result.output


def test_every_mistake_of_a_pack_is_told(tmp_path):
    file = tmp_path / "xx.toml"
    misspelt = {"classes": ["promotional"], "evry_day": ["08:00-20:00"]}
    file.write_text(
        law(rule(hours=misspelt), rule(cap={}), rule(mixed={"is_promotional": True}, source="hearsay"))
    )
    result = rules("check", file)
    assert "3 things are wrong." in result.output
    for words in (
        "unknown key evry_day. Expected one of every_day, mon, ",
        "cap has no ",
        "source = 'hearsay'. Expected",
    ):
        assert words in result.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "line 1: there is no case.", id="an empty file"),
        pytest.param("[[case]\n", "line 1: .* Expected valid TOML", id="no TOML"),
        pytest.param(
            CASE.format(verdict="sent"), 'line 7: case "noon is open" has verdict = "sent".', id="a verdict"
        ),
    ],
)
def test_cases_that_break_the_schema_are_told_with_file_and_line(exland, tmp_path, text, told):
    cases = tmp_path / "cases.toml"
    cases.write_text(text)
    result = rules("check", exland, "--cases", cases)
    assert result.exit_code == 1
    assert re.search(rf"cases\.toml, {told}", result.output)


def test_a_case_that_pins_a_rule_which_was_not_asked_is_complained_of(exland, tmp_path):
    cases = tmp_path / "cases.toml"
    cases.write_text(CASE.format(verdict="send").replace("XX Europe", "YY Europe"))
    result = rules("check", exland, "--cases", cases)
    assert "the pack xx does not speak to this text" in result.output


def test_a_given_pack_stands_in_the_place_of_the_shipped_one(tmp_path):
    florida = (Path(__file__).parents[3] / "src/yesword/domain/rules/packs/us-fl.toml").read_text()
    file = tmp_path / "florida.toml"
    file.write_text(florida.replace('"08:00-20:00"', '"08:00-19:00"'))
    result = rules("check", file)
    assert result.exit_code == 1
    assert "us-fl: 19:59 is still open" in result.output


# --- diff ----------------------------------------------------------------------------------------------------


def test_a_diff_tells_each_day_what_comes_and_what_is_freed_of_its_stay():
    told = lines("diff", "--from", "2027-01-01", "--to", "2027-02-01", "--pack", "us")
    assert told[:2] == ["2027-01-31", "└─ us.tcpa.rv.scope is no longer stayed"]


def test_a_diff_tells_what_gives_way_and_to_what():
    told = lines("diff", "--from", "2024-11-01", "--to", "2024-12-01", "--pack", "pl")
    assert "└─ eu.epriv.so gives way in pl, to pl.pke398.so" in told


def test_where_nothing_changes_it_says_so():
    assert lines("diff", "--from", "2019-01-01", "--to", "2019-01-02", "--pack", "nl") == [
        "No rule changes after 2019-01-01 until 2019-01-02."
    ]


def test_a_diff_in_json_has_each_change_with_its_rule():
    told = json.loads(
        rules("diff", "--from", "2027-01-01", "--to", "2027-02-01", "--pack", "us", "--json").output
    )
    assert (told["from"], told["to"], told["answers"]) == ("2027-01-01", "2027-02-01", None)
    (change,) = told["changes"]
    assert (change["on"], change["change"], change["rule"]) == ("2027-01-31", "unstayed", "us.tcpa.rv.scope")


def test_a_day_does_not_differ_from_itself():
    equal = ("diff", "--from", "2027-01-31", "--to", "2027-01-31")
    assert lines(*equal) == ["Both days are 2027-01-31: no rule changes between a day and itself."]
    assert json.loads(rules(*equal, "--json").output)["changes"] == []
    assert rules(*equal, "--pack", "zz").exception.code == "unknown_rule"


@pytest.mark.parametrize("asked", [("--data", "nowhere"), ("--sample", "5")])
def test_what_cannot_be_asked_is_said_before_anything_is_printed(asked):
    result = rules("diff", "--from", "2027-01-01", "--to", "2027-02-01", *asked)
    assert result.output == ""
    assert result.exception is not None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(
            ("--from", "2027-01-01", "--to", "2026-01-01"), "turned_days", id="days in the wrong order"
        ),
        pytest.param(
            ("--from", "2026-01-01", "--to", "2027-01-01", "--pack", "zz"), "unknown_rule", id="no such pack"
        ),
        pytest.param(
            ("--from", "2026-01-01", "--to", "2027-01-01", "--sample", "5"),
            "sample_without_store",
            id="a sample of nothing",
        ),
        pytest.param(
            ("--from", "2026-01-01", "--to", "2027-01-01", "--data", "nowhere"),
            "no_store",
            id="no store there",
        ),
    ],
)
def test_a_diff_that_makes_no_sense_is_refused(arguments, code):
    assert rules("diff", *arguments).exception.code == code


def test_what_is_no_day_is_not_understood():
    answer = rules("diff", "--from", "soon", "--to", "2027-01-01")
    assert exit_code(answer.exception) == NOT_UNDERSTOOD
