"""only-the-handset-lifts-a-stop: once withdrawn, only a fresh act from that handset grants again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.questions import NOON as GATE_NOON
from factories.questions import grant, question, stopped
from factories.worlds import ANNA, RULES, World, world
from yesword.domain.decisions import Verdict
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.gate import decide
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageState
from yesword.domain.state import fold
from yesword.privacy.codes import Purpose, ask_for_code, prove
from yesword.store.opening import Store


@pytest.fixture
def stopped_anna(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as here:
        here.join()
        here.text(ANNA, "STOP")
        here.wait(days=1)
        yield here


@pytest.mark.parametrize("actor", [each for each in Actor if each is not Actor.HANDSET])
def test_only_the_handset_lifts_a_stop(stopped_anna: World, actor: Actor) -> None:
    here = stopped_anna
    shown = here.shown()
    here.grant([here.contact().id], here.club, actor)
    assert here.state().grants == ()
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {MessageState.REFUSED: 1}
    assert here.shown() == shown
    assert here.text(ANNA, "START") == "restarted"


def test_only_the_handset_lifts_a_stop_and_a_code_that_it_typed_in_lifts_none(stopped_anna: World) -> None:
    here = stopped_anna
    ask_for_code(here.store, here.contact(), here.club, Purpose.OWN_DATA, here.at)
    campaign = here.campaign()
    here.settle()
    code = here.shown()[-1][:6]
    assert prove(here.store, here.contact(), Purpose.OWN_DATA, code, here.at) is not None
    here.settle()
    assert here.states(campaign) == {MessageState.REFUSED: 1}
    assert here.state().grants == ()


@pytest.mark.parametrize("actor", [each for each in Actor if each is not Actor.HANDSET])
def test_only_the_handset_lifts_a_stop_so_nobody_else_may_have_it_asked(
    stopped_anna: World, actor: Actor
) -> None:
    from yesword.consent import Act, ask
    from yesword.store import programs

    here = stopped_anna
    shown = here.shown()
    act = Act(actor=actor, route="form", occurred_at=here.at, received_at=here.at, language="en")
    with here.store.database.write() as session:
        sender = programs.sender_of(here.club).id
        ask(
            here.store,
            session,
            programs.brand(here.club.brand),
            here.contact(),
            here.club,
            act,
            sender,
            here.at,
        )
    here.settle()
    assert here.shown() == shown
    assert here.sql("SELECT state, reason FROM message WHERE kind = 'consent_request' ORDER BY id DESC")[
        0
    ] == (
        MessageState.REFUSED,
        "withdrawn",
    )


@pytest.mark.parametrize("route", ["reply", "keyword", "link", "agent", "carrier_block"])
def test_only_the_handset_lifts_a_stop_so_no_colleague_corrects_an_exact_one(route: str) -> None:
    """A correction is no lift: it says that there was no stop. Of an exact word nobody but the person can say so."""
    exact = [replace(each, route=route) for each in stopped().withdrawals]
    correction = ConsentEvent(
        id=EventId(9),
        brand=1,
        contact=1,
        seq=3,
        kind=EventKind.CORRECTED,
        scope=Scope(),
        actor=Actor.AGENT,
        route="correction",
        occurred_at=GATE_NOON + timedelta(hours=1),
        received_at=GATE_NOON + timedelta(hours=1),
        answers=exact[0].event,
        reason="misread",
    )
    state = fold([correction], replace(stopped(), withdrawals=tuple(exact)))
    assert decide(question(state=state), RULES, GATE_NOON + timedelta(hours=2)).verdict is Verdict.REFUSE


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("actor", [each for each in Actor if each is not Actor.HANDSET])
def test_only_the_handset_lifts_a_stop_whatever_the_event_says(kind: EventKind, actor: Actor) -> None:
    """But for a correction: a stop that was misread is no stop."""
    if kind is EventKind.CORRECTED:
        return
    event = ConsentEvent(
        id=EventId(9),
        brand=1,
        contact=1,
        seq=3,
        kind=kind,
        scope=grant().scope,
        actor=actor,
        route="form",
        occurred_at=GATE_NOON + timedelta(hours=1),
        received_at=GATE_NOON + timedelta(hours=1),
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        answers=EventId(2),
        lapses_at=GATE_NOON + timedelta(days=1),
    )
    state = fold([event], stopped())
    asked = question(state=state)
    assert decide(asked, RULES, GATE_NOON + timedelta(hours=2)).verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("route", "minutes", "is_lifted"),
    [
        pytest.param("link", 15, True, id="of a link, within a quarter of an hour"),
        pytest.param("link", 16, False, id="of a link, later"),
        pytest.param("reply", 1, False, id="of a word that was texted"),
        pytest.param("free_text", 1, False, id="of what was read from free text"),
        pytest.param("carrier_block", 1, False, id="of a carrier's block"),
    ],
)
def test_only_the_handset_lifts_a_stop_but_for_a_slip_on_the_page_of_a_link(
    route: str,
    minutes: int,
    is_lifted: bool,  # noqa: FBT001
) -> None:
    """The one exception. That it is the same browser, and once, `tests/integration/web/leaving` shows."""
    state = fold(
        [
            _happening(1, EventKind.GRANTED, Actor.HANDSET, "keyword", 0),
            _happening(2, EventKind.WITHDRAWN, Actor.PERSON, route, 10),
            _happening(3, EventKind.CORRECTED, Actor.PERSON, "link", 10 + minutes, answers=EventId(2)),
        ]
    )
    verdict = decide(question(state=state), RULES, GATE_NOON).verdict
    assert verdict is (Verdict.SEND if is_lifted else Verdict.REFUSE)


def _happening(
    seq: int, kind: EventKind, actor: Actor, route: str, minute: int, answers: EventId | None = None
) -> ConsentEvent:
    at = GATE_NOON - timedelta(hours=2) + timedelta(minutes=minute)
    return ConsentEvent(
        id=EventId(seq),
        brand=1,
        contact=1,
        seq=seq,
        kind=kind,
        scope=grant().scope if kind is EventKind.GRANTED else Scope(),
        actor=actor,
        route=route,
        occurred_at=at,
        received_at=at,
        basis=Basis.EXPRESS_WRITTEN if kind is EventKind.GRANTED else None,
        grade=Grade.A if kind is EventKind.GRANTED else None,
        answers=answers,
    )
