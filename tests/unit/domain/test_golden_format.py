"""How a golden case is written: what each key means, when it is run, and what is complained of."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.books import book, law, rule
from yesword.domain.events import Basis, Grade
from yesword.domain.facts import Listed
from yesword.domain.golden import USUAL, Golden, GoldenError, read_cases
from yesword.domain.golden_schema import KEYS
from yesword.domain.ids import ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, RecipientKind, SenderTrait
from yesword.domain.places import PlaceEvidence

HOURS = rule(hours={"classes": ["promotional"], "every_day": ["08:00-20:00"]}, severity="hold")
NEW_YORK = 'places = ["XX America/New_York"]'
AT = "at = 2026-11-22T15:00:00Z"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEW = rule(mixed={"is_promotional": True}, id="xx.new", effective_from=date(2026, 1, 1))


def cases(case: str, usual: str = NEW_YORK) -> list[Golden]:
    head = 'name = "a case"\nrule = "xx.hours"\nverdict = "send"\n'
    given = {line.split("=")[0].strip() for line in case.splitlines()}
    kept = [line for line in head.splitlines() if line.split("=")[0].strip() not in given]
    return list(read_cases(f"[usual]\n{usual}\n[[case]]\n" + "\n".join([*kept, case]), "xx.toml"))


def only(case: str, usual: str = NEW_YORK) -> Golden:
    (found,) = cases(f"at = 2026-11-22T15:00:00Z\n{case}", usual)
    return found


# --- moments --------------------------------------------------------------------------------------------------


def test_a_moment_is_run_once_and_told_in_utc():
    (found,) = cases(
        'at = 2026-11-22T20:30:00-05:00\nnot_before = 2026-11-23T08:00:00-05:00\nverdict = "wait"'
    )
    assert found.at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert found.not_before == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_local_time_is_run_in_summer_in_winter_and_around_each_change():
    found = cases('local = "20:00"\nuntil = "08:00"\nverdict = "wait"')
    assert [f"{case.at:%m-%d %H:%M} {case.not_before:%m-%d %H:%M}" for case in found] == [
        "07-07 00:00 07-07 12:00",
        "01-12 01:00 01-12 13:00",
        "03-14 01:00 03-14 12:00",
        "03-15 00:00 03-15 12:00",
        "11-07 00:00 11-07 13:00",
        "11-08 01:00 11-08 13:00",
    ]


def test_where_the_clocks_never_change_it_is_run_twice():
    assert len(cases('local = "09:00"', 'places = ["XX Asia/Kolkata"]')) == 2


def test_a_weekday_is_kept_to():
    found = cases(
        'local = "19:00"\nweekday = "sun"\nuntil = "09:00"\nuntil_weekday = "tue"\nverdict = "wait"'
    )
    assert {f"{case.at:%a}" for case in found} == {"Mon", "Sun"}, "19:00 in winter is the next day in UTC"
    assert {f"{case.not_before:%a}" for case in found} == {"Tue"}
    assert len(found) == 4, "summer, winter, and the two Sundays of the changes"


# --- facts ----------------------------------------------------------------------------------------------------


def test_who_is_not_described_agreed_in_writing_and_confirmed_it_yesterday():
    found = only("").facts
    (grant,) = found.contact.state.grants
    assert (grant.basis, grant.is_confirmed) == (Basis.EXPRESS_WRITTEN, True)
    assert grant.since == only("").at - timedelta(days=1)
    assert found.brand.country == "ZZ"
    assert found.contact.registries == found.sender.registrations == ()


@pytest.mark.parametrize(
    ("case", "read", "expected"),
    [
        ('kind = "survey"', lambda each: each.message.kind, MessageKind.SURVEY),
        ('kind = "survey"', lambda each: each.message.message_class, MessageClass.INFORMATIONAL),
        ('class = "service"', lambda each: each.message.message_class, MessageClass.SERVICE),
        ("is_mixed = true", lambda each: each.message.is_mixed, True),
        ('occasion = "cart"', lambda each: each.message.occasion, "cart"),
        ("event_hours_ago = 2", lambda each: each.message.event_at.hour, 13),
        ('categories = ["shoes"]', lambda each: each.program.categories, ("shoes",)),
        ("may_invite = true", lambda each: each.program.may_invite, True),
        ('brand_traits = ["charity"]', lambda each: each.brand.traits, (SenderTrait.CHARITY,)),
        ('brand_region = "US-TX"', lambda each: each.brand.region, "US-TX"),
        ('recipient = "company"', lambda each: each.contact.recipient, RecipientKind.COMPANY),
        ('evidence = "area_code"', lambda each: each.contact.places[0].evidence, PlaceEvidence.AREA_CODE),
        ('number_country = "DE"', lambda each: each.contact.country, "DE"),
        ("asked_before = 2", lambda each: each.contact.requests_before, 2),
        ("sent_hours_ago = [3, 1]", lambda each: [sent.at.hour for sent in each.contact.recent], [12, 14]),
        ('sender = "alphanumeric"', lambda each: (each.sender.address, each.sender.can_receive), ("Acme", False)),
        ('sender_address = "SG-Acme"', lambda each: each.sender.address, "SG-Acme"),
        ('registered = ["tcr"]', lambda each: each.sender.registrations, ("tcr",)),
        ('provider = "acme"', lambda each: each.sender.provider, "acme"),
        ('text = "nameless"', lambda each: each.text.names_brand, False),
        ('text = "without way out"', lambda each: each.text.has_way_out, False),
        ('text = "two segments"', lambda each: each.text.segments, 2),
        ('text = "reconfirming"', lambda each: each.text.reconfirms, True),
        ('labels = ["AD"]', lambda each: each.text.labels, ("AD",)),
        ('contains = ["link"]', lambda each: each.text.elements, ("link",)),
        ("characters = 161", lambda each: each.text.characters, 161),
    ],
)  # fmt: skip
def test_a_key_becomes_a_fact(case, read, expected):
    assert read(only(case).facts) == expected


@pytest.mark.parametrize(
    ("case", "read", "expected"),
    [
        ('consent = "express"', lambda grant: grant.basis, Basis.EXPRESS),
        ('grade = "C"', lambda grant: grant.grade, Grade.C),
        ("is_confirmed = false", lambda grant: grant.is_confirmed, False),
        ("any_hour = true", lambda grant: grant.scope.at_any_hour, True),
        ("granted_days_ago = 3", lambda grant: grant.since.day, 19),
    ],
)
def test_a_key_becomes_a_fact_of_the_grant(case, read, expected):
    (grant,) = only(case).facts.contact.state.grants
    assert read(grant) == expected


def test_a_relation_is_told_with_its_conditions():
    case = 'relation = { origin = "enquiry", days_ago = 30, told = false, same_entity = false, categories = ["bags"] }'
    (grant,) = only(f'consent = "customer"\n{case}').facts.contact.state.grants
    told = grant.relation
    assert (told.origin, told.was_told, told.is_same_entity) == (Origin.ENQUIRY, False, False)
    assert (told.at, told.categories) == (only("").at - timedelta(days=30), ("bags",))


def test_a_registry_says_whether_when_and_since_when():
    (found,) = only(
        "registries.dnc = { listed = true, days_ago = 3, since_days_ago = 100 }"
    ).facts.contact.registries
    at = only("").at
    assert (found.registry, found.listed) == ("dnc", Listed.YES)
    assert (found.checked_at, found.since) == (at - timedelta(days=3), at - timedelta(days=100))


def test_an_emergency_is_proclaimed_for_a_place():
    told = (
        'proclaimed = { cause = "emergency", place = "XX-N", from = 2026-11-20T00:00:00-05:00, '
        'to = 2026-11-25T00:00:00-05:00, name = "flood" }'
    )
    (found,) = only(told).facts.proclamations
    assert (found.country, found.region, found.name) == ("XX", "XX-N", "flood")
    assert found.starts_at == datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_stop_of_another_program_leaves_this_one_granted():
    state = only("stopped_program = true\nstopped_s_ago = 86400").facts.contact.state
    assert state.withdrawal_for(ProgramId(2)) is not None
    assert state.withdrawal_for(ProgramId(1)) is None


# --- what is complained of ------------------------------------------------------------------------------------


def refused(text: str) -> list[GoldenError]:
    with pytest.raises(GoldenError) as first:
        read_cases(text, "xx.toml")
    assert first.value.fields["file"] == "xx.toml"
    return [first.value, *first.value.others]


CASE = """# A comment, with a name = "that is none".
[usual]
places = ["XX America/New_York"]

[[case]]
name = "first"
rule = "xx.hours"
at = 2026-11-22T15:00:00Z
verdict = "send"

[[case]]
name = "second"
rule = "xx.hours"
at = 2026-11-22T15:00:00Z
verdict = "send"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        pytest.param("verdict", "breezy = 1\nverdict", 9, 'case "first" says breezy, which nobody knows', id="a key"),
        pytest.param('places = ["XX America/New_York"]', "", 6, 'case "first" has no places', id="no places"),
        pytest.param('["XX America/New_York"]', "[]", 6, 'case "first" has no places', id="an empty list of places"),
        pytest.param("at = 2026-11-22T15:00:00Z", "", 6, "Expected at, a moment with its offset, or local", id="no at"),
        pytest.param('verdict = "send"', "", 6, 'case "first" has no verdict. Expected .* send, wait', id="no verdict"),
        pytest.param('rule = "xx.hours"', "", 6, 'case "first" has no rule', id="no rule"),
        pytest.param('name = "first"', "", 5, "a case without a name has no name", id="no name"),
        pytest.param('"first"', '""', 6, "name to be a string that says something", id="an empty name"),
        pytest.param('"first"', '"second"', 12, 'case "second" stands twice', id="a name that stands twice"),
        pytest.param("15:00:00Z", "15:00:00", 8, "at = 2026-11-22T15:00:00. .* with its offset", id="no offset"),
        pytest.param("2026-11-22T15:00:00Z", "2026-11-22", 8, "at to be a moment", id="a day"),
        pytest.param("2026-", "0001-", 8, "at to be a moment", id="a moment before there were phones"),
        pytest.param('"send"', '"maybe"', 9, "verdict to be one of send, wait, refuse", id="a verdict that is none"),
        pytest.param("verdict", 'local = "20:00"\nverdict', 9, "has at and local. Expected one", id="at and local"),
        pytest.param("verdict", 'until = "20:00"\nverdict', 9, "until without local", id="until what"),
        pytest.param("verdict", "is_reached = false\nverdict", 9, None, id="outside the pack's reach, and sent"),
        pytest.param('"send"', '"wait"\nis_reached = false', 10, 'verdict = "send" with it', id="outside, and held"),
        pytest.param("[usual]", "[usual]\nkind = 1", 3, "what is usual has kind = 1", id="in what is usual"),
        pytest.param("[usual]", "[[usual]]", 2, "one table .usual.", id="what is usual, as a list"),
        pytest.param("[usual]", "[common]", 2, "nobody knows common. Expected the tables", id="another table"),
        pytest.param('rule = "xx.hours"', "rule = xx.hours", 7, "Expected valid TOML", id="broken TOML"),
        pytest.param('verdict = "send"\n\n', 'verdict = "send', 9, "Expected valid TOML", id="a string without end"),
    ],
)  # fmt: skip
def test_a_case_that_breaks_the_schema_is_refused_with_its_line(old, new, line, told):
    text = CASE.replace(old, new, 1)
    if told is None:
        assert read_cases(text, "xx.toml")
        return
    first = refused(text)[0]
    assert first.fields["line"] == line
    assert re.search(told, first.message), first.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param('kind = "letter"', "kind to be one of campaign, reminder", id="a kind that is none"),
        pytest.param('class = "ad"', "class to be one of promotional", id="a class that is none"),
        pytest.param('consent = "yes"', "consent to be one of express_written", id="a consent that is none"),
        pytest.param('brand_traits = ["nice"]', "a list of traits, each one of charity", id="a trait that is none"),
        pytest.param('text = "bad"', "text to be one of good, nameless", id="a text that is none"),
        pytest.param('sender = "pigeon"', "sender to be one of short_code", id="a sender that is none"),
        pytest.param('contains = ["glitter"]', "a list of elements, each one of link", id="an element that is none"),
        pytest.param('places = ["XX"]', "a list of places, each a place with its time zone", id="no zone"),
        pytest.param('places = "XX Etc/UTC"', "places to be a list of places", id="one place, in no list"),
        pytest.param('places = ["XX Mars/Olympus"]', "a time zone of the tz database", id="a zone that is none"),
        pytest.param('places = ["US-ZZ America/New_York"]', "each one of .*US-NY", id="a state that is none"),
        pytest.param('brand_region = "US-XX"', "brand_region to be one of .*US-NY", id="a brand's state"),
        pytest.param('brand_country = "Exland"', "a two-letter code of a country", id="a country in words"),
        pytest.param('noted = "yes"', "noted to be true or false", id="a claim in words"),
        pytest.param('granted_days_ago = "1"', "a number from 0", id="a number in words"),
        pytest.param("granted_days_ago = true", "a number from 0", id="a claim for a number"),
        pytest.param("granted_days_ago = nan", "a number from 0", id="a number that is none"),
        pytest.param("granted_days_ago = 9999999", "a number from 0 to 36,525", id="an age ago"),
        pytest.param("characters = 1.5", "a whole number", id="half a character"),
        pytest.param("labels = [1]", "a list of strings", id="numbers for labels"),
        pytest.param("registries.dnc = {}", "registries.dnc to be a table with listed", id="not told whether listed"),
        pytest.param("registries.dnc = { listed = 1 }", "its listed to be true or false", id="listed, by a number"),
        pytest.param("registries = []", "a table of registries", id="a list of registries"),
        pytest.param("relation = { days_ago = 3 }", "a table with origin", id="a relation without an origin"),
        pytest.param(
            'relation = { origin = "sale", since = 3 }', "no more than origin, days_ago", id="a relation's key"
        ),
        pytest.param(
            'proclaimed = { cause = "emergency", place = "US-NY", from = 2026-11-20, to = 2026-11-21, name = "flood" }',
            "its from to be a moment with its offset",
            id="an emergency from a day",
        ),
    ],
)  # fmt: skip
def test_a_value_that_its_key_does_not_take_is_refused_in_words(value, expected):
    key = re.split(r"[ .]", value)[0]
    others = [] if key == "places" else [NEW_YORK]
    text = "\n".join(["[[case]]", 'name = "a"', 'rule = "r"', 'verdict = "send"', *others, value, AT])
    (error,) = refused(text)
    assert error.fields["line"] == text.splitlines().index(value) + 1
    assert re.search(f'case "a" has {key} = .*{expected}', error.message), error.message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("# nothing\n", id="a comment"),
        pytest.param(NEW_YORK.join(["[usual]\n", "\n"]), id="what is usual, and no more"),
        pytest.param(CASE.replace("[[case]]", "[[cases]]"), id="another word for them"),
        pytest.param("case = []", id="a list without cases"),
        pytest.param("[case]\nname = 'a'", id="one table"),
    ],
)
def test_a_file_without_a_case_is_refused(text):
    assert any(
        "there is no case. Expected each case as a table under [[case]]" in each.message
        for each in refused(text)
    )


def test_every_mistake_of_a_file_is_told():
    told = refused(CASE.replace('"send"', '"sent"').replace('rule = "xx.hours"\n', "", 1))
    assert [(each.fields["line"], str(each.fields["what"])) for each in told] == [
        (8, 'case "first" has verdict = "sent"'),
        (6, 'case "first" has no rule'),
        (14, 'case "second" has verdict = "sent"'),
    ]


def test_every_key_has_a_meaning_where_nothing_is_said():
    assert set(KEYS) == set(USUAL)


SCALARS = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.datetimes(), st.dates(), st.times(),
    st.datetimes(timezones=st.just(UTC)), st.sampled_from(["US-FL America/New_York", "sale", "fri", "20:00", "US-FL"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["origin", "listed", "days_ago", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(key=st.sampled_from(KEYS), value=VALUES)
@settings(max_examples=400)
def test_whatever_a_key_holds_it_is_read_or_refused_in_words(key, value):
    usual = {"name": "a", "rule": "r", "verdict": "send", "places": ["XX Etc/UTC"], "at": NOON}
    case = {**usual, key: value}
    try:
        told = [each.name for each in read_values({"case": [case]})]
    except GoldenError as error:
        told = [error.message]
    assert told
    assert not any("Error" in each or "object" in each for each in told)


def read_values(values: dict[str, Any]) -> tuple[Golden, ...]:
    """As if the file held these values: not every value has a text in TOML that reads back as it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yesword.domain.golden_schema.tomllib.loads", lambda _text: values)
        return read_cases("", "xx.toml")


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        pytest.param('local = "19:59"', None, id="as it should be"),
        pytest.param('local = "20:00"', "expected send, got wait until", id="another verdict"),
        pytest.param('local = "20:00"\nuntil = "08:00"\nverdict = "wait"', None, id="a wait"),
        pytest.param(
            'local = "20:00"\nuntil = "09:00"\nverdict = "wait"', "expected wait until", id="until another hour"
        ),
        pytest.param(
            'local = "20:00"\nuntil = "08:00"\nverdict = "wait"\nrule = "xx.cap"',
            "xx.cap is not among xx.hours",
            id="because of another rule",
        ),
        pytest.param(
            'local = "19:59"\nnoted = true', "xx.hours is not among nothing", id="a note that is not there"
        ),
        pytest.param(
            f'{AT}\nplaces = ["YY Etc/UTC"]', "the pack xx does not speak to this text", id="a text elsewhere"
        ),
        pytest.param(f'{AT}\nplaces = ["YY Etc/UTC"]\nis_reached = false', None, id="elsewhere, and so it says"),
        pytest.param(f"{AT}\nis_reached = false", "the pack xx speaks to this text", id="not elsewhere at all"),
        pytest.param('at = 2020-01-01T00:00:00Z\nplaces = ["YY Etc/UTC"]\nrule = "xx.new"', None, id="before its day"),
    ],
)  # fmt: skip
def test_a_case_that_the_gate_answers_otherwise_is_complained_of(case, complaint):
    packs = book(law(HOURS, NEW))
    for moment in cases(case):
        found = moment.complaint(packs)
        assert (found is None) if complaint is None else complaint in (found or "")


def test_a_case_of_its_own_goes_before_what_is_usual():
    (found,) = cases('at = 2026-11-22T15:00:00Z\nbrand_country = "NL"', f'{NEW_YORK}\nbrand_country = "DE"')
    assert found.facts.brand.country == "NL"
    assert "brand_country" in USUAL
