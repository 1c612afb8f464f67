"""How a golden case is written: what each key means, when it is run, and what is complained of."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.books import book, law, rule
from yesword.domain.events import Basis, Grade
from yesword.domain.facts import Listed
from yesword.domain.golden import USUAL, Golden, GoldenError, read_cases
from yesword.domain.ids import ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, RecipientKind, SenderTrait
from yesword.domain.places import PlaceEvidence

HOURS = rule(hours={"classes": ["promotional"], "every_day": ["08:00-20:00"]}, severity="hold")
NEW_YORK = 'places = ["XX America/New_York"]'
MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        pytest.param("breezy = 1", "nobody knows breezy", id="a key nobody knows"),
        pytest.param('verdict = "maybe"', "maybe", id="a verdict that is none"),
        pytest.param('kind = "letter"', "letter", id="a kind that is none"),
        pytest.param('brand_traits = ["nice"]', "nice", id="a trait that is none"),
        pytest.param('text = "bad"', "bad", id="a text that is none"),
        pytest.param('places = ["XX"]', "not enough values", id="a place without a zone"),
    ],
)
def test_a_case_that_is_not_understood_is_refused_with_its_name(case, problem):
    with pytest.raises(GoldenError, match=f'xx.toml, case "a case": .*{problem}'):
        only(case)


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
    ],
)  # fmt: skip
def test_a_case_that_the_gate_answers_otherwise_is_complained_of(case, complaint):
    packs = book(law(HOURS))
    for moment in cases(case):
        found = moment.complaint(packs)
        assert (found is None) if complaint is None else complaint in (found or "")


def test_a_case_of_its_own_goes_before_what_is_usual():
    (found,) = cases('at = 2026-11-22T15:00:00Z\nbrand_country = "NL"', f'{NEW_YORK}\nbrand_country = "DE"')
    assert found.facts.brand.country == "NL"
    assert "brand_country" in USUAL
