"""Consent, whatever happens in whatever order, against a record kept the naive way: which stops stand, and since when."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from factories.events import at, event
from yesword.domain.events import (
    FREE_TEXT,
    LINK,
    REPLY,
    SLIP,
    Actor,
    Basis,
    EventKind,
    Grade,
    Preferences,
)
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.state import EMPTY, ConsentState, apply, fold

PROGRAMS = (ProgramId(1), ProgramId(2), ProgramId(3))
SCOPES = (None, *PROGRAMS)

scopes = st.sampled_from(SCOPES)
actors = st.sampled_from([Actor.HANDSET, *Actor])
bases = st.sampled_from([Basis.EXPRESS_WRITTEN, *Basis, None])
grades = st.sampled_from([Grade.A, *Grade, None])
delays = st.sampled_from([0, 0, 0, 1, 2, 5])  # minutes by which something reached us late
routes = st.sampled_from([REPLY, FREE_TEXT, FREE_TEXT, LINK, "agent"])
kinds_of_grant = st.sampled_from([EventKind.GRANTED, EventKind.RENEWED])


class Consent(RuleBasedStateMachine):
    """Events at random. The naive record holds, for each program and for the brand, the stops that stand."""

    def __init__(self):
        super().__init__()
        self.state = EMPTY
        self.events = []
        self.standing = {scope: {} for scope in SCOPES}  # stop → when it was received
        self.questions = {}  # scope → (request, lapses at)
        self.own_questions = {}  # the same, of those that the person's own act led to
        self.refused = set()  # scopes to which the person said no
        self.is_erased = False
        self.requests, self.stops, self.given = [], [], []
        self.stop_seqs = dict.fromkeys(SCOPES, 0)

    def happen(self, kind, scope, delay=0, **fields):
        seq = len(self.events) + 1
        happened = event(kind, seq, scope, received_at=at(seq - delay), **fields)
        self.events.append(happened)
        # Each state is stored and read back before the next event, as in the database.
        self.state = apply(ConsentState.from_bytes(self.state.to_bytes()), happened)
        return happened

    def joined(self, happened):
        """The naive rule for a grant with evidence: the handset, after all that stands in its way."""
        scope, is_from_handset = happened.scope.program, happened.actor is Actor.HANDSET
        if happened.basis is None or happened.grade in (None, Grade.E):
            return
        if not is_from_handset and scope in self.refused:
            return
        if any(
            not is_from_handset or happened.received_at <= since for since in self.standing[scope].values()
        ):
            return
        self.given.append(happened)
        if not is_from_handset:
            return
        for lifted in SCOPES if scope is None else (scope,):
            stops = self.standing[lifted].items()
            self.standing[lifted] = {stop: since for stop, since in stops if since >= happened.received_at}
        self.questions.pop(scope, None)
        self.refused.discard(scope)
        self.is_erased = False

    def stopped(self, happened):
        scope = happened.scope.program
        for ended in SCOPES if scope is None else (scope,):
            self.standing[ended][happened.id] = happened.received_at
            self.questions.pop(ended, None)
        self.stops.append(happened)

    @rule(kind=kinds_of_grant, scope=scopes, actor=actors, basis=bases, grade=grades, delay=delays)
    def grant(self, kind, scope, actor, basis, grade, delay):
        before = self.state
        happened = self.happen(kind, scope, delay, actor=actor, basis=basis, grade=grade)
        if kind is EventKind.RENEWED and actor is Actor.SYSTEM:
            assert self.state == replace(before, seq=happened.seq), "a reminder of nothing does nothing"
            return
        self.joined(happened)
        if actor is not Actor.HANDSET:
            assert self.state.withdrawals == before.withdrawals, "only the handset lifts a stop"
        if self.given and self.given[-1] is happened and actor is Actor.HANDSET and scope is not None:
            assert _ended(self.state, scope) == set(), "what was joined again is not left for START"

    @precondition(lambda self: self.state.grants)
    @rule(data=st.data(), scope=scopes, basis=bases, grade=grades, delay=delays)
    def remind(self, data, scope, basis, grade, delay):
        """Whatever the event says of itself, it dates one consent anew."""
        before = self.state
        reminded = data.draw(st.sampled_from(before.grants))
        fields = {"actor": Actor.SYSTEM, "basis": basis, "grade": grade, "answers": reminded.event}
        happened = self.happen(EventKind.RENEWED, scope, delay, **fields)
        dated = tuple(
            replace(each, renewed_at=happened.occurred_at) if each.event == reminded.event else each
            for each in before.grants
        )
        assert self.state == replace(before, grants=dated, seq=happened.seq)

    @rule(scope=scopes, actor=actors, minutes=st.sampled_from([None, 1, 30]))
    def ask(self, scope, actor, minutes):
        lapses_at = None if minutes is None else at(len(self.events) + 1 + minutes)
        happened = self.happen(EventKind.REQUESTED, scope, actor=actor, lapses_at=lapses_at)
        self.requests.append(happened)
        is_own = actor in (Actor.HANDSET, Actor.PERSON)
        question = self.questions.get(scope)
        if (
            not is_own
            and question
            and question == self.own_questions.get(scope)
            and not self.has_expired(question)
        ) and happened.received_at <= question[1]:
            return  # what an import or an API asks does not take the place of the person's own question
        if lapses_at is not None and (actor is Actor.HANDSET or not self.is_erased):
            self.questions[scope] = (happened.id, lapses_at)
            if is_own:
                self.own_questions[scope] = self.questions[scope]

    def has_expired(self, question):
        return question[0] in {each.answers for each in self.events if each.kind is EventKind.EXPIRED}

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), scope=scopes, actor=actors, grade=grades, delay=delays)
    def confirm(self, data, scope, actor, grade, delay):
        request = data.draw(st.sampled_from([*self.requests, self.requests[-1]]))
        scope = data.draw(st.sampled_from([request.scope.program, scope]))
        fields = {"actor": actor, "basis": Basis.EXPRESS_WRITTEN, "grade": grade, "answers": request.id}
        before = self.state
        happened = self.happen(EventKind.CONFIRMED, scope, delay, **fields)
        open_request, lapses_at = self.questions.get(scope, (None, None))
        if open_request == request.id and happened.received_at <= lapses_at and actor is Actor.HANDSET:
            self.joined(happened)
        else:
            assert self.state == replace(before, seq=happened.seq), "only a yes to the open question counts"

    @rule(scope=scopes, actor=actors)
    def refuse(self, scope, actor):
        self.happen(EventKind.REFUSED, scope, actor=actor)
        self.questions.pop(scope, None)
        self.refused.add(scope)

    @rule(scope=scopes, actor=actors, route=routes, delay=delays)
    def withdraw(self, scope, actor, route, delay):
        before = self.state
        self.stopped(self.happen(EventKind.WITHDRAWN, scope, delay, actor=actor, route=route))
        for program in PROGRAMS:
            if scope in (None, program):
                # A stop of the brand ends a brand-wide grant whole, also for a program that it did not reach.
                reached = _held(before, program) if scope is None else _alive(before, program)
                expected = _ended(before, program) | reached
                assert _ended(self.state, program) == expected, "START brings back exactly what had ended"
            else:
                assert _ended(self.state, program) == _ended(before, program)
                assert _alive(self.state, program) == _alive(before, program), "another program goes on"

    @precondition(lambda self: self.stops)
    @rule(data=st.data(), actor=actors, reason=st.sampled_from([None, "they meant a shop"]))
    def correct(self, data, actor, reason):
        misread = data.draw(st.sampled_from(self.stops))
        before = self.state
        happened = self.happen(
            EventKind.CORRECTED, misread.scope.program, actor=actor, reason=reason, answers=misread.id
        )
        is_slip = (
            misread.route == LINK
            and misread.received_at <= happened.received_at <= misread.received_at + SLIP
        )
        is_person = actor is Actor.HANDSET or (actor is Actor.PERSON and is_slip)
        is_agent = actor is Actor.AGENT and reason and misread.route == FREE_TEXT
        if misread.kind is EventKind.WITHDRAWN and (is_person or is_agent):
            for scope in SCOPES:
                self.standing[scope].pop(misread.id, None)
        else:
            assert self.state.withdrawals == before.withdrawals
        for program in PROGRAMS:
            was, kept = (_held(each, program) | _ended(each, program) for each in (before, self.state))
            assert kept <= was, "nothing is invented"
            for lost in was - kept:
                assert any(self.took_the_place(each, lost) for each in kept), "nothing is lost"

    def took_the_place(self, new, old):
        """Of a yes that had been narrowed to a program by its stop: a later one, as strong, to the program itself."""
        later, earlier = (next(each for each in self.given if each.id == event) for event in (new, old))
        weakest_last = list(Basis)
        is_as_strong = (
            weakest_last.index(later.basis) <= weakest_last.index(earlier.basis)
            and later.grade.value <= earlier.grade.value
        )
        return later.seq > earlier.seq and is_as_strong and later.scope.program is not None

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def expire(self, data):
        over = data.draw(st.sampled_from(self.given))
        self.happen(EventKind.EXPIRED, over.scope.program, actor=Actor.SYSTEM, answers=over.id)
        for program in PROGRAMS:
            assert over.id not in _held(self.state, program) | _ended(self.state, program)

    @rule(kind=st.sampled_from([EventKind.INVALIDATED, EventKind.ERASED]), delay=delays)
    def end_everything(self, kind, delay):
        self.stopped(self.happen(kind, None, delay, actor=Actor.SYSTEM))
        self.is_erased = self.is_erased or kind is EventKind.ERASED
        if kind is EventKind.ERASED:
            self.refused.clear()
        for program in PROGRAMS:
            assert _held(self.state, program) | _ended(self.state, program) == set()

    @rule(scope=scopes, count=st.integers(1, 9))
    def prefer(self, scope, count):
        self.happen(EventKind.PREFERRED, scope, preferences=Preferences(count=count, window_days=30))
        assert self.state.preferences_for(scope).count == count

    @invariant()
    def the_stops_that_stand_are_the_naive_ones(self):
        for scope in SCOPES:
            assert (self.state.withdrawal_for(scope) is not None) == bool(self.standing[scope])

    @invariant()
    def no_grant_covers_what_is_stopped(self):
        for scope in SCOPES:
            if self.standing[scope]:
                assert self.state.grant_for(scope) is None

    @invariant()
    def every_grant_was_given_with_evidence(self):
        given = {happened.id for happened in self.given}
        for grant in self.state.grants:
            assert grant.grade is not Grade.E
            assert grant.event in given

    @invariant()
    def an_open_question_is_the_naive_one(self):
        found = {request.scope.program: (request.event, request.lapses_at) for request in self.state.requests}
        for scope, (request, lapses_at) in self.questions.items():
            if request not in {each.answers for each in self.events if each.kind is EventKind.EXPIRED}:
                assert found[scope] == (request, lapses_at)
        assert set(found) <= set(self.questions)

    @invariant()
    def the_place_of_a_stop_never_goes_down(self):
        for scope in SCOPES:
            place = self.state.stop_seq_for(scope)
            assert place >= self.stop_seqs[scope]
            covering = [stop.seq for stop in self.stops if None in (scope, stop.scope.program)]
            own = [stop.seq for stop in self.stops if stop.scope.program == scope]
            assert place == max([*covering, *own], default=0)
            self.stop_seqs[scope] = place

    @invariant()
    def it_can_be_folded_again(self):
        assert fold(self.events) == self.state


TestConsent = Consent.TestCase
TestConsent.settings = settings(max_examples=100, stateful_step_count=20)


@st.composite
def histories(draw, actors=actors, kinds=tuple(EventKind)):
    """A history of events that answer each other, as any mixture of callers might write it."""
    history = []
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        kind = draw(st.sampled_from(kinds))
        history.append(
            event(
                kind,
                seq,
                draw(scopes),
                actor=draw(actors),
                received_at=at(seq - draw(delays)),
                basis=draw(bases),
                grade=draw(grades),
                route=draw(routes),
                lapses_at=at(seq + 30),
                answers=EventId(1000 + draw(st.integers(0, seq))),
                reason="they meant a shop",
            )
        )
    return history


# What expired is named by its event, which a wider stop may have kept from ever becoming a grant.
unexpiring = tuple(kind for kind in EventKind if kind is not EventKind.EXPIRED)


@settings(max_examples=200)
@given(histories(kinds=(*unexpiring, EventKind.GRANTED, EventKind.WITHDRAWN)), st.data())
def test_a_wider_stop_never_allows_more(history, data):
    narrow_stops = [
        place
        for place, each in enumerate(history)
        if each.kind is EventKind.WITHDRAWN and each.scope.program is not None
    ]
    assume(narrow_stops)
    place = data.draw(st.sampled_from(narrow_stops))
    stop = history[place]
    wider = [*history]
    wider[place] = replace(stop, scope=replace(stop.scope, program=None))
    narrow_state, wide_state = fold(history), fold(wider)
    for scope in SCOPES:
        if wide_state.grant_for(scope) is not None:
            assert narrow_state.grant_for(scope) is not None
        assert wide_state.stop_seq_for(scope) >= narrow_state.stop_seq_for(scope)


not_handsets = st.sampled_from([actor for actor in Actor if actor is not Actor.HANDSET])
uncorrecting = tuple(kind for kind in EventKind if kind is not EventKind.CORRECTED)


@given(histories(), histories(not_handsets, uncorrecting), scopes)
def test_nothing_but_the_handset_lifts_a_stop(before, after, scope):
    stop = event(EventKind.WITHDRAWN, len(before) + 1, scope)
    later = [replace(each, id=EventId(5000 + each.seq), seq=stop.seq + each.seq) for each in after]
    state = fold([*before, stop, *later])
    for program in PROGRAMS:
        if scope in (None, program):
            assert state.grant_for(program) is None
            assert state.withdrawal_for(program) is not None


@given(histories(), histories(not_handsets), scopes, routes.filter(lambda route: route != FREE_TEXT))
def test_nothing_but_the_person_undoes_an_exact_stop(before, after, scope, route):
    """Whatever events agents, lists and programs write, corrections among them; nor the person, but for a link's slip."""
    stop = event(EventKind.WITHDRAWN, len(before) + 1, scope, route=route, id=EventId(4000))
    later = [
        replace(each, id=EventId(5000 + each.seq), seq=stop.seq + each.seq, answers=stop.id)
        for each in after
        if each.actor is not Actor.PERSON or route != LINK
    ]
    state = fold([*before, stop, *later])
    for program in PROGRAMS:
        if scope in (None, program):
            assert state.grant_for(program) is None
            assert state.withdrawal_for(program) is not None


def _alive(state, program):
    """The grants that let a text of the program go."""
    return set() if state.withdrawal_for(program) is not None else _held(state, program)


def _held(state, program):
    return {grant.event for grant in state.grants if grant.scope.program in (None, program)}


def _ended(state, program):
    """What START for the program would bring back."""
    return {
        grant.event
        for stop in state.withdrawals
        if stop.covers(program)
        for grant in stop.ended
        if grant.scope.program in (None, program)
    }
