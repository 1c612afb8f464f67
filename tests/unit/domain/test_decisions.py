from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from yesword.domain.codec import CodecError
from yesword.domain.decisions import Decision, GateVersions, NotApprovedError, Reason, Sentence, Verdict

EVENING = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
QUIET = Reason(
    code="quiet_hours",
    verdict=Verdict.WAIT,
    pack="us-fl",
    rule="us-fl.ftsa.hours",
    citation="Fla. Stat. § 501.616(6)",
    fact=Sentence.of("fact.local_time", zone="America/New_York", hour=20),
    sentence=Sentence.of("reason.quiet_hours", until=8),
    remedy=Sentence.of("remedy.wait"),
    not_before=EVENING + timedelta(hours=12),
)
WAIT = Decision(
    verdict=Verdict.WAIT,
    at=EVENING,
    not_before=QUIET.not_before,
    reasons=(QUIET,),
    notes=(replace(QUIET, verdict=Verdict.SEND, not_before=None),),
    skipped=("sender",),
    packs=("house", "us", "us-fl"),
    grant=4711,
)
VERSIONS = GateVersions(gate="1", packs="ab", tz="2026a", phone="9.0")


@pytest.mark.parametrize("decision", [WAIT, Decision(verdict=Verdict.SEND, at=EVENING)], ids=["full", "bare"])
def test_a_decision_is_read_back_as_it_was_made(decision):
    assert Decision.from_bytes(decision.to_bytes()) == decision


def test_the_bytes_are_canonical():
    assert Decision(verdict=Verdict.SEND, at=EVENING).to_bytes() == (
        b'["send",1772483400000000,null,[],[],[],[],null]'
    )


def test_the_same_decision_gives_the_same_bytes_whatever_the_zone_of_its_times():
    elsewhere = replace(WAIT, at=EVENING.astimezone(timezone(timedelta(hours=-5))))
    assert elsewhere.to_bytes() == WAIT.to_bytes()


def test_another_order_of_reasons_is_another_decision():
    first, second = QUIET, replace(QUIET, code="frequency")
    one, other = (replace(WAIT, reasons=order) for order in ((first, second), (second, first)))
    assert one.to_bytes() != other.to_bytes()


def test_a_torn_decision_is_refused():
    with pytest.raises(CodecError, match="Decision"):
        Decision.from_bytes(WAIT.to_bytes()[:-3])


def test_a_sentence_keeps_the_order_and_the_kinds_of_its_arguments():
    read = Decision.from_bytes(WAIT.to_bytes()).reasons[0].fact
    assert read.args == (("zone", "America/New_York"), ("hour", 20))


@pytest.mark.parametrize("name", [field.name for field in fields(GateVersions)])
def test_a_version_that_differs_is_named(name):
    assert VERSIONS.differing(replace(VERSIONS, **{name: "other"})) == (name,)


def test_equal_versions_differ_in_nothing():
    assert VERSIONS.differing(replace(VERSIONS)) == ()


def test_a_refused_hand_over_says_which_message_and_why():
    error = NotApprovedError(message_id="msg_7z", verdict=Verdict.WAIT)
    assert "msg_7z" in str(error)
    assert "wait" in str(error)
