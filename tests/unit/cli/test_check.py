import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from yesword.cli.check import command

FLORIDA, DENMARK, KOREA = "+13052345678", "+4520123456", "+821012345678"


def check(*arguments: str):
    return CliRunner().invoke(command, arguments)


def answer(*arguments: str) -> dict:
    return json.loads(check(*arguments, "--json").output)


def test_an_evening_in_florida_waits_for_the_morning():
    result = check(FLORIDA, "--consent", "express_written", "--at", "2026-11-22T20:30-05:00", "--json")
    found = json.loads(result.output)
    assert (result.exit_code, found["verdict"], found["not_before"]) == (3, "wait", "2026-11-23T13:00:00Z")
    reason = found["reasons"][0]
    assert (reason["code"], reason["pack"], reason["rule"]) == ("quiet_hours", "us-fl", "us-fl.ftsa.tm")
    assert reason["citation"] == "Fla. Stat. 501.616"
    assert reason["sentence"] == "Waits until 08:00 in Florida (Fla. Stat. 501.616)."
    assert reason["remedy"]


def test_a_text_that_may_go_exits_with_zero_and_names_what_was_not_asked():
    result = check(DENMARK, "--consent", "express", "--at", "2026-11-23T12:00+01:00", "--json")
    found = json.loads(result.output)
    assert (result.exit_code, found["verdict"], found["not_before"], found["reasons"]) == (
        0,
        "send",
        None,
        [],
    )
    assert found["skipped"] == ["sender", "registries", "wording", "program"]


def test_wording_and_sender_are_asked_when_they_are_given():
    common = (DENMARK, "--consent", "express", "--at", "2026-11-23T12:00Z")
    good = answer(*common, "--text", "Acme: 20% off. Svar STOP for at stoppe.", "--sender", "1919")
    assert (good["verdict"], good["skipped"]) == (
        "send",
        ["registration", "registries", "program", "naming"],
    )
    bad = answer(*common, "--text", "Acme: please stop by on Friday.")
    assert (bad["verdict"], bad["reasons"][0]["code"]) == ("refuse", "way_out_missing")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("(광고) Acme 20% 할인. 무료수신거부 080-123-4567", None, id="both where they belong"),
        pytest.param(
            "Acme (광고) 20% 할인. 무료수신거부 080-123-4567", "label_missing", id="the first too late"
        ),
        pytest.param("Acme 20% 할인. 무료수신거부 080-123-4567", "label_missing", id="without the first"),
    ],
)
def test_the_labels_that_a_law_wants_are_looked_for_in_the_wording(text, code):
    found = answer(KOREA, "--consent", "express", "--at", "2026-11-23T12:00+09:00", "--text", text)
    assert next((each["code"] for each in found["reasons"]), None) == code


@pytest.mark.parametrize(
    ("consent", "more", "exit_code"),
    [
        pytest.param("none", (), 4, id="no consent, no promotion"),
        pytest.param("customer", (), 0, id="a customer, with every condition of the law supposed to be met"),
        pytest.param("express", (), 0, id="express consent suffices in Denmark"),
        pytest.param("express_written", (), 0, id="so does written consent"),
        pytest.param("conversation", (), 0, id="who wrote first may be answered"),
        pytest.param("conversation", ("--class", "promotional"), 4, id="but not with promotion"),
        pytest.param("trigger", (), 0, id="who ordered may be informed"),
        pytest.param("trigger", ("--class", "promotional"), 4, id="but not with promotion either"),
        pytest.param("customer", ("--class", "informational"), 0, id="a customer may be informed"),
        pytest.param("none", ("--kind", "code"), 4, id="a code that nobody asked for"),
        pytest.param("trigger", ("--kind", "code"), 0, id="a code that was asked for"),
        pytest.param("express", ("--kind", "consent_request"), 0, id="a question after a sign-up"),
        pytest.param("express", ("--kind", "stop_reply"), 0, id="the confirmation of a stop"),
    ],
)
def test_each_supposed_consent_permits_what_it_should(consent, more, exit_code):
    assert check(DENMARK, "--consent", consent, "--at", "2026-11-23T12:00Z", *more).exit_code == exit_code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param((DENMARK, "--at", "2026-11-23T12:00"), "time_without_zone", id="a time without a zone"),
        pytest.param((DENMARK, "--at", "noon"), "not_a_time", id="no time at all"),
        pytest.param(("0612345678",), "phone_needs_country", id="a national number"),
        pytest.param((), "no_number_given", id="no number"),
        pytest.param(
            (DENMARK, "--brand-country", "Denmark"), "unknown_brand_country", id="a country in words"
        ),
    ],
)
def test_a_question_that_makes_no_sense_exits_with_two_and_says_why(arguments, code):
    result = check(*arguments, "--consent", "express", "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["error"] == code


def test_for_people_the_answer_is_a_tree():
    result = check(FLORIDA, "--consent", "none", "--at", "2026-11-22T12:00-05:00")
    assert result.exit_code == 4
    assert "Decided: Refuse." in result.output
    assert "The person never agreed to these texts." in result.output


def test_the_tree_tells_the_question_the_place_and_each_rule_that_was_asked():
    lines = check(
        FLORIDA, "--consent", "express_written", "--at", "2026-11-22T20:30-05:00"
    ).output.splitlines()
    assert lines[1:5] == [
        "├─ To +1 ••••••• 678.",
        "└─ Kind of text: campaign. Class: promotional.",
        "Where the person may be",
        "└─ Florida: It is 20:30 there (America/New_York), presumed from the number's area code.",
    ]
    assert "├─ decided: us-fl.ftsa.tm · Fla. Stat. 501.616" in lines
    assert "│     us-fl.ftsa.cs · Fla. Stat. 501.059(8)" in lines


def test_what_it_tells_programs_has_the_same_in_stable_keys():
    found = answer(FLORIDA, "--consent", "express_written", "--at", "2026-11-22T20:30-05:00")
    assert found["number"] == "+1 ••••••• 678"
    assert found["asked"] == {"program": None, "class": "promotional", "kind": "campaign", "categories": []}
    assert [(each["region"], each["evidence"], each["local"]) for each in found["places"]] == [
        ("US-FL", "area_code", "2026-11-22T20:30:00-05:00")
    ]
    outcomes = {each["rule"]: each["outcome"] for each in found["rules"]}
    assert outcomes["us-fl.ftsa.tm"] == "decided"
    assert outcomes["us-fl.ftsa.cs"] == "met"
    assert outcomes["house.naming"] == "not_asked"


def test_no_number_stands_in_the_answer():
    for more in ((), ("--json",)):
        assert FLORIDA[2:] not in check(FLORIDA, "--consent", "none", *more).output


def test_a_supposed_consent_needs_no_django():
    program = (
        "import sys; from yesword.cli.check import command; "
        "command(['+4520123456', '--consent', 'none'], standalone_mode=False)"
    )
    probe = f"import atexit, sys; atexit.register(lambda: sys.stderr.write(str('django' in sys.modules))); {program}"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "False")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(["--program", "club"], id="a supposed consent and a program at once"),
        pytest.param(["--at", "9999-12-31T23:59Z"], id="a time that no calendar reaches"),
        pytest.param(["--at", "0001-01-01T00:00+14:00"], id="a time before the first"),
        pytest.param(["--brand-country", "XX"], id="a country that is none"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(more):
    result = check(DENMARK, "--consent", "express", *more)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


# --- what a question may say besides --------------------------------------------------------------------------


def answered(*arguments: str) -> dict:
    result = check(*arguments, "--json")
    return {**json.loads(result.output), "exit_code": result.exit_code}


def test_an_address_or_a_postcode_adds_a_place_and_the_hour_has_to_be_lawful_there_too():
    question = ("+12125550123", "--consent", "express_written", "--at", "2026-11-23T20:30-05:00")
    assert answered(*question)["verdict"] == "send"
    for stated in (("--region", "US-FL"), ("--postcode", "33101")):
        found = answered(*question, *stated)
        assert (found["verdict"], found["reasons"][0]["rule"]) == ("wait", "us-fl.ftsa.tm")


def test_a_chosen_zone_is_the_hour():
    question = ("+31612345678", "--consent", "express_written", "--at", "2026-11-23T12:00Z")
    assert answered(*question)["verdict"] == "send"
    assert answered(*question, "--zone", "Pacific/Auckland")["verdict"] == "wait"


def test_a_sender_that_says_where_it_is_registered_is_held_to_it():
    question = (
        "+34612345678",
        "--consent",
        "express_written",
        "--at",
        "2026-11-23T12:00+01:00",
        "--sender",
        "Acme",
    )
    assert "registration" in answered(*question)["skipped"]
    assert answered(*question, "--registered", "tcr")["reasons"][0]["rule"] == "es.sr"
    assert answered(*question, "--registered", "cnmc-alias")["verdict"] == "send"


def test_a_number_of_no_country_is_answered_and_not_complained_of():
    found = answered("+881612345678", "--consent", "express_written")
    assert (found["verdict"], found["reasons"][0]["rule"]) == ("refuse", "house.place_unknown")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param(("--region", "US-ZZ"), "place_unknown_region", id="a region that is none"),
        pytest.param(("--postcode", "abc"), "place_bad_postcode", id="a postcode that is none"),
        pytest.param(("--zone", "Mars/Base"), "place_unknown_zone", id="a zone that is none"),
        pytest.param(("--sender", " "), "no_sender_given", id="a sender without a name"),
    ],
)
def test_what_is_stated_has_to_exist(more, code):
    found = answered("+12125550123", "--consent", "express", *more)
    assert (found["exit_code"], found["error"]) == (2, code)


def test_where_somebody_is_the_store_knows_itself(tmp_path):
    found = answered("+12125550123", "--program", "club", "--region", "US-FL", "--data", str(tmp_path))
    assert (found["exit_code"], found["error"]) == (2, "known_to_the_store")
