"""What holds for the gate whatever it is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from factories.questions import (
    AMSTERDAM,
    CLUB,
    EVENTS,
    HOUSTON,
    MIAMI,
    PENSACOLA,
    PROGRAM,
    grant,
    granted,
    message,
    place,
    question,
    requested,
    sent,
    service,
    stopped,
)
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Limits, Preferences, Scope
from yesword.domain.facts import GateFacts
from yesword.domain.gate import decide
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Frequency
from yesword.domain.rules import RuleBook
from yesword.domain.rules.loader import read_pack, shipped_packs

BOOK = RuleBook.load()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 10, 23, tzinfo=UTC)  # the clocks change in Europe and in America within these days

moments = st.integers(0, 15 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
PLACES = [
    AMSTERDAM,
    MIAMI,
    PENSACOLA,
    HOUSTON,
    place("US", "Pacific/Honolulu"),
    place("DE", "Europe/Berlin"),
    place("DK", "Europe/Copenhagen"),
    place("IN", "Asia/Kolkata"),
    place("CA", "America/St_Johns", "CA-NL"),
]
STATE_PACK = """
[pack]
id = "us-tx"
name = "Texas"
parent = "us"
region = "US-TX"
[pack.defaults]
layer = "statute"
verified_on = 2026-11-22
source = "made up"
citation = "Act 1"
[[rule]]
id = "us-tx.tm"
severity = "{severity}"
confidence = "{confidence}"
status = "{status}"
merge = "strictest"
[rule.hours]
classes = ["promotional"]
every_day = ["{start:02}:00-{end:02}:00"]
sun = ["{sunday:02}:00-{end:02}:00"]
[[rule]]
id = "us-tx.fq"
severity = "hold"
confidence = "{confidence}"
merge = "strictest"
[rule.cap]
classes = ["promotional", "informational"]
count = {count}
seconds = {seconds}
key = "program"
[[rule]]
id = "us-tx.cs"
severity = "block"
confidence = "{confidence}"
merge = "strictest"
[rule.consent]
class = "promotional"
standard = "{standard}"
"""


@st.composite
def state_packs(draw):
    start = draw(st.integers(0, 20))
    text = STATE_PACK.format(
        severity=draw(st.sampled_from(["hold", "block", "warn"])),
        confidence=draw(st.sampled_from(["found", "known", "unverified"])),
        status=draw(st.sampled_from(["in_force", "contested", "stayed", "proposed"])),
        start=start,
        end=draw(st.integers(start + 1, 24)),
        sunday=start,
        count=draw(st.integers(1, 4)),
        seconds=draw(st.sampled_from([3600, 86400, 7 * 86400])),
        standard=draw(st.sampled_from(["none", "implied", "express", "express_written"])),
    )
    return read_pack(text, "us-tx.toml", {"us": BOOK.pack("us")})


@st.composite
def states(draw, at: datetime):
    program = draw(st.sampled_from([CLUB, CLUB, CLUB, EVENTS, None]))
    grants = granted(
        grant(
            program,
            basis=draw(
                st.sampled_from([Basis.EXPRESS_WRITTEN, Basis.EXPRESS_WRITTEN, Basis.EXPRESS, Basis.CUSTOMER])
            ),
            since=at - draw(st.sampled_from([DAY, 364 * DAY + 20 * HOUR, 800 * DAY])),
            limits=Limits(ends_at=draw(st.sampled_from([None, None, at + 5 * HOUR]))),
            is_confirmed=draw(st.booleans()),
        )
    )
    request = requested(at - HOUR, lapses_at=at + 6 * HOUR, from_handset=draw(st.booleans()))
    return draw(st.sampled_from([grants, grants, grants, request, stopped(at - MINUTE)]))


@st.composite
def questions(draw, at: datetime, places=None) -> GateFacts:
    asked = draw(
        st.sampled_from(
            [
                message(),
                message(),
                message(subject="shoes"),
                message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL),
                message(
                    MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL, trigger="appointment"
                ),
                message(
                    MessageKind.REPLY,
                    message_class=MessageClass.CONVERSATIONAL,
                    conversation_at=at - 20 * HOUR,
                ),
                service(MessageKind.CONSENT_REQUEST),
                service(MessageKind.STOP_REPLY, answers=2),
            ]
        )
    )
    recent = draw(st.lists(st.integers(1, 10 * 24 * 60), max_size=6))
    return question(
        asked=replace(asked, send_by=draw(st.sampled_from([None, None, at + 3 * HOUR, at + 12 * DAY]))),
        state=draw(states(at)),
        places=tuple(
            draw(
                st.lists(
                    st.sampled_from(PLACES) if places is None else places, min_size=1, max_size=3, unique=True
                )
            )
        ),
        contact={
            "recent": tuple(sorted((sent(at - each * MINUTE) for each in recent), key=lambda each: each.at))
        },
        program=replace(
            PROGRAM, frequency=Frequency(count=draw(st.integers(1, 5)), days=draw(st.integers(1, 10)))
        ),
        preferences=draw(st.sampled_from([None, None, Preferences(paused_until=at + 30 * HOUR)])),
    )


asked_at = moments.flatmap(lambda at: st.tuples(questions(at), st.just(at)))
STRICTNESS = {Verdict.SEND: 0, Verdict.WAIT: 1, Verdict.REFUSE: 2}


@given(asked_at)
def test_the_order_of_the_packs_changes_nothing(asked):
    facts, at = asked
    assert decide(facts, RuleBook(reversed(shipped_packs())), at) == decide(facts, BOOK, at)


@settings(deadline=None, max_examples=150)
@given(asked_at)
def test_a_wait_ends_at_the_first_minute_that_the_gate_allows(asked):
    facts, at = asked
    decision = decide(facts, BOOK, at)
    if decision.verdict is not Verdict.WAIT:
        return
    assert decision.not_before is not None
    assert decide(facts, BOOK, decision.not_before).verdict is Verdict.SEND
    minute = at.replace(second=0, microsecond=0) + MINUTE
    while minute < decision.not_before:
        assert decide(facts, BOOK, minute).verdict is not Verdict.SEND, f"{minute} was allowed"
        minute += MINUTE * 7 if decision.not_before - minute > 7 * MINUTE else MINUTE


@given(
    pack=state_packs(),
    asked=moments.flatmap(
        lambda at: st.tuples(
            questions(at, st.sampled_from([HOUSTON, place("US", "America/Denver")])), st.just(at)
        )
    ),
)
def test_adding_a_state_pack_never_allows_more(pack, asked):
    facts, at = asked
    before, after = decide(facts, BOOK, at), decide(facts, BOOK.with_packs([pack]), at)
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]
    if before.not_before is not None and after.not_before is not None:
        assert after.not_before >= before.not_before


@given(asked_at, st.sampled_from(PLACES))
def test_another_place_where_the_person_may_be_never_allows_more(asked, other):
    facts, at = asked
    before = decide(facts, BOOK, at)
    wider = replace(facts, contact=replace(facts.contact, places=tuple({*facts.contact.places, other})))
    after = decide(wider, BOOK, at)
    assert STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


@given(moments, st.sampled_from([MessageKind.CAMPAIGN, MessageKind.SURVEY, MessageKind.WELCOME]), st.data())
def test_the_scope_of_one_program_never_permits_another(at, kind, data):
    others = [grant(EVENTS), grant(EVENTS, basis=Basis.EXPRESS), grant(EVENTS, scope=Scope(program=EVENTS))]
    state = granted(*data.draw(st.lists(st.sampled_from(others), min_size=1, max_size=3)))
    decision = decide(question(asked=message(kind), state=state), BOOK, at)
    assert decision.verdict is Verdict.REFUSE
    assert decision.grant is None


@given(asked_at)
def test_a_stop_of_everything_allows_no_program_text(asked):
    facts, at = asked
    gone = stopped(at - MINUTE)
    decision = decide(replace(facts, contact=replace(facts.contact, state=gone)), BOOK, at)
    may_still_go = {MessageKind.STOP_REPLY}
    assert decision.verdict is Verdict.REFUSE or facts.message.kind in may_still_go


@given(asked_at)
def test_nothing_promotional_goes_without_express_consent(asked):
    facts, at = asked
    decision = decide(facts, BOOK, at)
    if facts.message.message_class is MessageClass.PROMOTIONAL and decision.verdict is not Verdict.REFUSE:
        permitted = next(each for each in facts.contact.state.grants if each.event == decision.grant)
        assert permitted.basis in {Basis.EXPRESS_WRITTEN, Basis.EXPRESS}
