"""What holds for the gate whatever it is asked: waits, scopes, stops, and what it remembers."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from factories import events
from factories.books import HOUSE, book, law, rule
from factories.draws import HOUR, MINUTE, PARAMETERS, PLACES, asked_at, laws, moments, questions
from factories.questions import CLUB, EVENTS, grant, granted, message, question, service, stopped
from yesword.domain import codec
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.events import Basis, Preferences, Scope
from yesword.domain.facts import GateFacts
from yesword.domain.gate import decide
from yesword.domain.golden import shipped_cases
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.rules import RuleBook
from yesword.domain.state import fold

QUICK = settings(max_examples=120)
STRICTNESS = {Verdict.SEND: 0, Verdict.WAIT: 1, Verdict.REFUSE: 2}
exlands_law = laws("xx", countries=["XX"])


def allows_no_more(after: Decision, before: Decision) -> bool:
    if after.not_before is not None and before.not_before is not None:
        return after.not_before >= before.not_before
    return STRICTNESS[after.verdict] >= STRICTNESS[before.verdict]


# --- waits ----------------------------------------------------------------------------------------------------

HOURS = ("hours", "hours", "cap", "suspension", "asking_by_text", "conversation")
hours = PARAMETERS["hours"].map(lambda each: law(rule(hours=each, severity="hold"), pack="tm"))
about_hours = st.tuples(hours, laws("xx", HOURS, countries=["XX"]))


def may_wait(facts: GateFacts, at: datetime) -> GateFacts:
    """The same question about somebody to whom little else stands in the way."""
    state = granted(grant(since=at - timedelta(days=1)), *facts.contact.state.grants)
    usual = replace(facts.message, kind=MessageKind.CAMPAIGN, message_class=MessageClass.PROMOTIONAL)
    program = replace(facts.program, minimum_age=None)
    return replace(facts, message=usual, program=program, contact=replace(facts.contact, state=state))


waiting = asked_at.flatmap(lambda asked: st.sampled_from([asked, (may_wait(*asked), asked[1])]))


@settings(max_examples=200)
@given(about_hours, waiting, st.integers(1, 50))
def test_a_wait_ends_at_the_first_minute_that_the_gate_allows(packs, asked, step):
    facts, at = asked
    rules = book(HOUSE, *packs)
    decision = decide(facts, rules, at)
    if decision.verdict is not Verdict.WAIT:
        return
    assert decision.not_before > at
    assert decide(facts, rules, decision.not_before).verdict is Verdict.SEND
    assert decision.not_before == decision.not_before.replace(second=0, microsecond=0)
    minute = at.replace(second=0, microsecond=0) + MINUTE
    while minute < decision.not_before:
        assert decide(facts, rules, minute).verdict is not Verdict.SEND, f"{minute} was allowed"
        left = decision.not_before - minute
        minute += min(step * MINUTE, left - MINUTE) if left > MINUTE else left


@QUICK
@given(about_hours, waiting)
def test_asked_again_while_it_waits_the_gate_says_the_same(packs, asked):
    facts, at = asked
    rules = book(HOUSE, *packs)
    decision = decide(facts, rules, at)
    if decision.verdict is not Verdict.WAIT:
        return
    halfway = at + (decision.not_before - at) / 2
    assert decide(facts, rules, halfway).not_before == decision.not_before


@QUICK
@given(exlands_law, asked_at, st.sampled_from(PLACES))
def test_another_place_where_the_person_may_be_never_allows_more(xx, asked, other):
    facts, at = asked
    assume(facts.contact.places)
    rules = book(HOUSE, xx)
    wider = replace(facts, contact=replace(facts.contact, places=tuple({*facts.contact.places, other})))
    assert allows_no_more(decide(wider, rules, at), decide(facts, rules, at))


# --- stops and scopes -----------------------------------------------------------------------------------------


@st.composite
def stories(draw: st.DrawFn):
    """What happened before and after a stop of one program, and the stop itself, minutes apart."""
    build = st.sampled_from([events.granted, events.imported, events.requested])
    program = st.sampled_from([events.CLUB, events.CLUB, events.NEWS, None])
    before = [draw(build)(seq, draw(program)) for seq in range(1, draw(st.integers(2, 4)))]
    stop = events.withdrawn(5, draw(st.sampled_from([events.CLUB, events.NEWS])))
    after = [draw(build)(seq, draw(program)) for seq in range(6, 6 + draw(st.integers(0, 2)))]
    return before, stop, after


@QUICK
@given(exlands_law, asked_at, stories())
def test_a_stop_of_everything_allows_no_more_than_a_stop_of_one_program(xx, asked, story):
    facts, _ = asked
    before, stop, after = story
    at = events.at(200)
    rules = book(HOUSE, xx)
    program = replace(facts.program, id=events.CLUB)
    narrow, wide = (
        replace(
            facts,
            program=program,
            message=replace(facts.message, answers=stop.id, send_by=None),
            contact=replace(facts.contact, state=fold([*before, each, *after]), recent=()),
        )
        for each in (stop, replace(stop, scope=Scope()))
    )
    assert allows_no_more(decide(wide, rules, at), decide(narrow, rules, at))


@QUICK
@given(exlands_law, asked_at)
def test_after_a_stop_of_everything_goes_only_what_the_person_asks_for(xx, asked):
    facts, at = asked
    gone = replace(facts, contact=replace(facts.contact, state=stopped(at - MINUTE)))
    if decide(gone, book(HOUSE, xx), at).verdict is not Verdict.REFUSE:
        assert facts.message.kind in {MessageKind.STOP_REPLY, MessageKind.CODE}


foreign = st.sampled_from([ProgramId(70), ProgramId(80), EVENTS])  # of other brands, and another of this one


@QUICK
@given(exlands_law, asked_at, st.lists(foreign, min_size=1, max_size=3), st.data())
def test_what_was_said_about_other_programs_and_brands_permits_nothing(xx, asked, programs, data):
    facts, at = asked
    assume(KINDS[facts.message.kind].rests_on is Standing.GRANT and facts.message.trigger is None)
    grants = [
        grant(
            program,
            event=EventId(number),
            basis=data.draw(st.sampled_from(Basis)),
            scope=Scope(program=program, at_any_hour=True, purposes=("offers",)),
        )
        for number, program in enumerate(programs)
    ]
    state = granted(*grants, preferences=tuple((each, Preferences()) for each in set(programs)))
    decision = decide(replace(facts, contact=replace(facts.contact, state=state)), book(HOUSE, xx), at)
    assert decision.verdict is Verdict.REFUSE
    assert decision.grant is None


@QUICK
@given(exlands_law, asked_at, st.lists(foreign, min_size=1, max_size=3))
def test_a_yes_to_other_programs_loosens_nothing(xx, asked, programs):
    """It neither lifts hours nor makes consent stronger."""
    facts, at = asked
    rules = book(HOUSE, xx)
    mine = facts.contact.state
    elsewhere = tuple(
        grant(program, event=EventId(90 + number), scope=Scope(program=program, at_any_hour=True))
        for number, program in enumerate(programs)
    )
    more = replace(mine, grants=(*mine.grants, *elsewhere))
    after = decide(replace(facts, contact=replace(facts.contact, state=more)), rules, at)
    before = decide(facts, rules, at)
    assert (after.verdict, after.not_before) == (before.verdict, before.not_before)


@QUICK
@given(exlands_law, asked_at)
def test_nothing_promotional_goes_without_express_consent_or_a_verified_exception(xx, asked):
    facts, at = asked
    rules = book(HOUSE, xx)
    decision = decide(facts, rules, at)
    is_promotional = facts.message.message_class is MessageClass.PROMOTIONAL or facts.message.is_mixed
    if not is_promotional or decision.verdict is Verdict.REFUSE:
        return
    found = next((each for each in facts.contact.state.grants if each.event == decision.grant), None)
    if found is None:
        assert facts.message.kind is MessageKind.REPLY, "a text of the person, and a grant beside it"
        assert any(each.scope.program in (None, CLUB) for each in facts.contact.state.grants)
        return
    exceptions = [each for each in rules.pack("xx").rules if each.parameter.table == "soft_opt_in"]
    assert found.basis in {Basis.EXPRESS_WRITTEN, Basis.EXPRESS} or any(
        each.is_enforced and each.is_verified for each in exceptions
    )


@QUICK
@given(moments, st.sampled_from([MessageKind.CAMPAIGN, MessageKind.SURVEY, MessageKind.WELCOME]))
def test_who_agreed_to_nothing_gets_nothing(at, kind):
    asked = service(kind) if kind is MessageKind.WELCOME else message(kind)
    assert decide(question(asked=asked, state=stopped(at + HOUR)), book(HOUSE), at).verdict is Verdict.REFUSE


# --- what it remembers ----------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(about_hours, st.lists(waiting, min_size=2, max_size=5), st.data())
def test_a_book_that_has_answered_others_answers_as_one_that_has_not(packs, asked, data):
    texts = (HOUSE, *packs)
    used = book(*texts)
    # The same questions at each other's moments too: what is remembered is remembered by moment.
    crossed = [(facts, at) for facts, _ in asked for _, at in asked]
    for facts, at in data.draw(st.permutations(crossed)):
        assert decide(facts, used, at).to_bytes() == decide(facts, book(*texts), at).to_bytes()


@settings(max_examples=30)
@given(about_hours, moments, st.data())
def test_a_campaign_at_night_tells_each_person_their_own(packs, at, data):
    """One minute, one sort of text, many people: what was worked out for one is looked up for the next."""
    texts = (HOUSE, *packs)
    used = book(*texts)
    people = data.draw(st.lists(questions(at, PLACES[:1]), min_size=2, max_size=10))
    for number, person in enumerate(people):
        alike = replace(person, message=message(), sender=None, proclamations=())
        later = at + timedelta(seconds=number)
        assert decide(alike, used, later).to_bytes() == decide(alike, book(*texts), later).to_bytes()


@settings(max_examples=1)
@given(st.randoms(use_true_random=False))
def test_thousands_of_questions_leave_no_trace_in_the_packs_that_ship(random):
    cases = random.sample(shipped_cases(), min(1500, len(shipped_cases())))
    used = RuleBook(RuleBook.load().packs)
    for case in cases:
        decide(case.facts, used, case.at + timedelta(minutes=random.randrange(-20_000, 20_000)))
        decide(case.facts, used, case.at)
    for case in random.sample(cases, 60):
        at = case.at + random.choice(
            [timedelta(), timedelta(seconds=31), timedelta(hours=5), timedelta(days=70)]
        )
        unused = RuleBook(used.packs)
        assert decide(case.facts, used, at).to_bytes() == decide(case.facts, unused, at).to_bytes(), case


# --- the record -----------------------------------------------------------------------------------------------


@QUICK
@given(exlands_law, asked_at)
def test_facts_and_decision_survive_storage_and_come_out_the_same(xx, asked):
    facts, at = asked
    rules = book(HOUSE, xx)
    decision = decide(facts, rules, at)
    body = decision.to_bytes()
    assert Decision.from_bytes(body) == decision
    stored = codec.loads(GateFacts, codec.dumps(facts))
    assert stored == facts
    assert decide(stored, book(xx, HOUSE), at).to_bytes() == body
