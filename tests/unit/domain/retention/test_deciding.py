"""Proof is kept for as long as it may be asked for, on a ground that is told, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.evidence.sentences import render_from
from yesword.domain.retention import Ground, Override, Part, decide
from yesword.domain.retention.deciding import GOES_AT_ONCE, MOST_DAYS, PROOF, STAYS, BadRetentionError
from yesword.domain.retention.sentences import CATALOGUE, render
from yesword.domain.rules.model.envelope import Confidence

GRANTED = datetime(2025, 1, 10, 9, tzinfo=UTC)
USED = datetime(2025, 11, 20, 15, 30, tzinfo=UTC)
ASKED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(*jurisdictions, **more):
    given_ones = {
        "last_grant_at": GRANTED,
        "last_use_at": USED,
        "withdrawn_at": None,
        "asked_at": ASKED,
        **more,
    }
    return decide(jurisdictions=jurisdictions, **given_ones)


def years_after(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


@pytest.mark.parametrize(
    ("places", "policy", "until"),
    [
        pytest.param(["US"], "us-tsr", years_after(USED, 5), id="the United States: the longer of two"),
        pytest.param(["US-FL"], "us-tsr", years_after(USED, 5), id="a state"),
        pytest.param(["PR"], "us-tsr", years_after(USED, 5), id="a territory under its law"),
        pytest.param(["DE"], "de", years_after(USED, 5), id="Germany"),
        pytest.param(["DK"], "dk", years_after(USED, 2), id="Denmark"),
        pytest.param(["NL"], "eu", years_after(USED, 3), id="a member without a policy of its own"),
        pytest.param(["GB"], "gb", years_after(USED, 3), id="Great Britain"),
        pytest.param(["CA-ON"], "ca", years_after(USED, 3), id="Canada"),
        pytest.param(["HK"], "hk", years_after(ASKED, 3), id="Hong Kong, from the wish itself"),
        pytest.param(["BR"], "house", years_after(USED, 3), id="a place that was not looked up"),
        pytest.param(["XX"], "house", years_after(USED, 3), id="no place at all"),
        pytest.param([], "house", years_after(USED, 3), id="nobody knows where"),
        pytest.param(["DK", "DE", "NL"], "de", years_after(USED, 5), id="the longest of many"),
        pytest.param([" de "], "de", years_after(USED, 5), id="carelessly written"),
    ],
)
def test_each_place_has_its_period(places, policy, until):
    found = answer(*places)
    assert (found.policy, found.retain_until, found.erase_at) == (policy, until, until)
    assert found.is_kept


def test_a_period_that_is_over_keeps_nothing():
    found = answer("JP")
    assert (found.policy, found.retain_until, found.ground) == ("jp", None, None)
    assert found.erase_at == ASKED
    assert answer("JP", last_use_at=ASKED - timedelta(days=30)).retain_until == ASKED + timedelta(days=1)


@pytest.mark.parametrize(
    ("places", "grant", "use", "until"),
    [
        pytest.param(
            ["NL"], GRANTED, None, None, id="EU: no text was sent, so there is nothing to answer for"
        ),
        pytest.param(["DE"], GRANTED, None, years_after(GRANTED, 5), id="Germany: from the grant too"),
        pytest.param(["DE"], ASKED, USED, years_after(ASKED, 5), id="Germany: a grant after the last text"),
        pytest.param(
            ["US"], GRANTED, None, years_after(GRANTED, 5), id="US: from the grant where no text went"
        ),
        pytest.param(
            ["NL"], None, USED, years_after(USED, 3), id="a text without a consent is a claim to answer"
        ),
        pytest.param(
            ["US", "DE", "NL", "HK"], None, None, None, id="neither consent nor text: nothing to prove"
        ),
    ],
)
def test_it_counts_from_what_somebody_could_bring_a_claim_about(places, grant, use, until):
    assert answer(*places, last_grant_at=grant, last_use_at=use).retain_until == until


def test_a_stop_moves_only_what_counts_from_it():
    stopped = datetime(2025, 12, 1, tzinfo=UTC)
    assert answer("HK", withdrawn_at=stopped).retain_until == years_after(stopped, 3)
    assert answer("DE", withdrawn_at=stopped) == answer("DE")


def test_five_years_are_five_years_over_two_leap_days():
    used = datetime(2024, 2, 28, 15, tzinfo=UTC)
    assert answer("DE", last_grant_at=None, last_use_at=used).retain_until == datetime(
        2029, 2, 28, 15, tzinfo=UTC
    )


def test_a_year_from_a_leap_day_ends_on_the_first_of_march():
    used = datetime(2024, 2, 29, 15, tzinfo=UTC)
    assert answer("DK", last_use_at=used).retain_until == datetime(2026, 3, 1, 15, tzinfo=UTC)


def test_a_rule_that_was_not_yet_in_force_keeps_nothing():
    asked = datetime(2024, 10, 1, tzinfo=UTC)
    used = datetime(2024, 9, 1, tzinfo=UTC)
    found = answer("US", last_grant_at=used, last_use_at=used, asked_at=asked)
    assert (found.policy, found.retain_until) == ("us-tcpa", years_after(used, 4))


# --- what goes, what stays, and why --------------------------------------------------------------------------


def test_while_the_proof_is_kept_all_else_goes_at_once():
    found = answer("DE")
    assert {Part.CONTEXT, Part.REPLAY, Part.ADDRESS} <= set(found.purged)
    assert set(PROOF) <= set(found.kept)


def test_where_nothing_is_kept_only_what_nobody_can_read_stays():
    found = answer("NL", last_use_at=None)
    assert set(found.kept) == {Part.SUPPRESSION, Part.LEAF}
    assert set(PROOF) <= set(found.purged)


def test_the_person_is_told_until_when_and_on_what_ground():
    told = render(answer("DE").why)
    assert "20 November 2030" in told
    assert "GDPR art. 17(3)(e)" in told
    assert "UK GDPR art. 17(3)(e)" in render(answer("GB").why)
    assert "16 CFR 310.5" in render(answer("US").why)
    assert "17(3)" not in render(answer("US").why)
    assert "erased" in render(answer("NL", last_use_at=None).why)


def test_who_never_agreed_is_not_told_of_what_they_agreed_to():
    for place in ("DE", "US", "GB"):
        found = answer(place, last_grant_at=None)
        assert found.is_kept, "they were texted, so there is something to answer for"
        assert "agreed" not in render(found.why)
        assert "agreed" in render(answer(place).why)


def test_each_answer_says_how_sure_it_is():
    assert answer("DE").confidence is Confidence.FOUND
    assert answer("CA").confidence is Confidence.KNOWN
    assert answer("NL").confidence is Confidence.UNVERIFIED


# --- the operator --------------------------------------------------------------------------------------------


def test_an_operator_may_set_a_shorter_or_a_longer_period():
    short = answer(
        "DE", overrides=[Override(days=365, reason="our counsel's advice of May", jurisdiction="DE")]
    )
    assert short.retain_until == USED + timedelta(days=365)
    assert (short.policy, short.ground, short.confidence) == ("operator", Ground.OPERATOR, None)
    told = render(short.why)
    assert "our counsel's advice of May" in told
    assert "GDPR art. 17(3)(e)" in told
    assert answer("NL", overrides=[Override(days=3000, reason="x")]).retain_until == USED + timedelta(
        days=3000
    )


def test_an_operator_may_keep_nothing():
    assert not answer("DE", overrides=[Override(days=0, reason="we would rather not")]).is_kept


def test_what_is_set_for_a_place_goes_before_what_is_set_for_all_and_leaves_other_places_alone():
    german = Override(days=100, reason="x", jurisdiction="de")
    everywhere = Override(days=1000, reason="y")
    asked = USED + timedelta(days=1)
    assert answer("DE", overrides=[everywhere, german], asked_at=asked).retain_until == USED + timedelta(
        days=100
    )
    assert answer("DK", overrides=[everywhere, german], asked_at=asked).retain_until == USED + timedelta(
        days=1000
    )
    assert answer("DK", overrides=[german]) == answer("DK")


def test_what_is_set_for_a_country_holds_in_its_regions():
    american = Override(days=3000, reason="x", jurisdiction="US")
    assert answer("US-FL", overrides=[american]).retain_until == USED + timedelta(days=3000)


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        pytest.param(-1, "x", id="less than none"),
        pytest.param(MOST_DAYS + 1, "x", id="longer than any claim lives"),
        pytest.param(True, "x", id="true"),
        pytest.param(365, " ", id="without a reason"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(days, reason):
    with pytest.raises(BadRetentionError):
        Override(days=days, reason=reason)


# --- every person gets an answer -----------------------------------------------------------------------------

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
places = st.lists(
    st.sampled_from(["US", "US-FL", "DE", "DK", "NL", "GB", "JP", "HK", "CA", "BR"]) | st.text(), max_size=4
)
overrides = st.lists(
    st.builds(
        Override,
        days=st.integers(0, MOST_DAYS),
        reason=st.just("counsel"),
        jurisdiction=st.none() | st.sampled_from(["DE", "US"]),
    ),
    max_size=2,
)


@given(places, st.none() | moments, st.none() | moments, st.none() | moments, moments, overrides)
def test_everybody_gets_an_answer_that_accounts_for_every_part(where, granted, used, stopped, asked, own):
    found = decide(
        jurisdictions=where,
        last_grant_at=granted,
        last_use_at=used,
        withdrawn_at=stopped,
        asked_at=asked,
        overrides=own,
    )
    assert sorted((*found.purged, *found.kept)) == sorted(Part)
    assert found.erase_at >= asked
    assert found.is_kept == (found.ground is not None) == (found.retain_until is not None)
    assert render(found.why).endswith(".")
    assert found.citation


@given(places, places, moments, moments, moments)
def test_more_places_never_shorten_the_time(some, more, granted, used, asked):
    facts = {"last_grant_at": granted, "last_use_at": used, "withdrawn_at": None, "asked_at": asked}
    # The house speaks only where no place is known.
    one, both = (decide(jurisdictions=each, **facts) for each in (some, [*some, *more]))
    assert not some or both.erase_at >= one.erase_at


@given(places, moments, moments, moments)
def test_who_asks_later_is_not_kept_longer_but_where_the_wish_itself_counts(where, granted, used, asked):
    facts = {
        "jurisdictions": where,
        "last_grant_at": granted,
        "last_use_at": used,
        "withdrawn_at": granted,
    }
    now, later = (decide(**facts, asked_at=at) for at in (asked, asked + timedelta(days=1)))
    # A rule that comes into force between the two may add to it.
    if asked.date() != datetime(2024, 10, 14, tzinfo=UTC).date():
        assert later.erase_at <= max(now.erase_at, asked + timedelta(days=1))


def test_every_ground_and_every_part_has_its_words():
    assert {f"part.{each}" for each in Part} == {each for each in CATALOGUE if each.startswith("part.")}
    assert {f"ground.{each}" for each in Ground} == {each for each in CATALOGUE if each.startswith("ground.")}
    whys = {
        f"why.{who}{each}{more}"
        for who in ("", "never_agreed.")
        for each in Ground
        for more in ("", ".exception")
    }
    whys.add("why.erased")
    assert whys == {each for each in CATALOGUE if each.startswith("why.")}
    assert set(Part) == {*PROOF, *GOES_AT_ONCE, *STAYS}


def test_a_day_is_written_as_the_reader_writes_it():
    told = render_from(CATALOGUE, answer("DE").why, day=lambda day: f"{day:%d-%m-%Y}")
    assert "20-11-2030" in told
