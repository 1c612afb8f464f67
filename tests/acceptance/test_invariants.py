"""The invariants of the design, each under its name. A change that breaks one does not go in."""

import ast
import contextlib
import functools
import queue
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError

import yesword
from factories.dumps import dump
from factories.questions import NOON as GATE_NOON
from factories.questions import grant, granted, place, question, service, stopped
from factories.worlds import ANNA, CLUB, RULES, World, at_once, next_token, publish, world
from yesword.channels.memory import MemoryCarrier, MemoryChannel
from yesword.channels.ports import HandOver, InboundText, Outcome
from yesword.domain import codec
from yesword.domain.decisions import Decision, NotApprovedError, Verdict
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.gate import decide
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageKind, MessageState
from yesword.domain.parties import Origin, Relation
from yesword.domain.programs import OptIn
from yesword.domain.rules import RuleBook
from yesword.domain.rules.loader import read_packs
from yesword.domain.state import fold
from yesword.ledger.checkpoint import verify_checkpoint
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import verify_inclusion
from yesword.ledger.tile_proofs import inclusion_path_from
from yesword.privacy.codes import Purpose, ask_for_code, prove
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.sending import campaigns, explaining, handing, inbound, recovery
from yesword.sending.claiming import Claimant, claim
from yesword.sending.weighing import Scales
from yesword.store import ledgers, models
from yesword.store.checking import check_store
from yesword.store.opening import Store, open_store
from yesword.worker import dispatcher as dispatching_module
from yesword.worker import receiver
from yesword.worker.dispatcher import dispatching

SOURCE = Path(yesword.__file__).parent
PEOPLE = [f"+3161111{number:04d}" for number in range(20)]
SECRET = "my grandmother wears size 37"


def busy(here: World) -> None:
    """A day on which everything happens once: joining, declining, lapsing, stopping, starting, campaigns, carrier blocks."""
    for each in PEOPLE[:6]:
        here.text(each, "SAVEMORE")
    for each in PEOPLE[:4]:
        here.text(each, "yes")
    here.text(PEOPLE[4], "no")
    here.text(PEOPLE[6], "EVENTS", to="555888")
    here.text(PEOPLE[7], "HELP")
    here.text(PEOPLE[8], SECRET)
    here.text(PEOPLE[0], "STOP")
    here.text(PEOPLE[1], "please take me off your list")
    here.text(PEOPLE[1], "START")
    here.grant(here.strangers(PEOPLE[9:12]), here.club, Actor.IMPORT, Grade.D)
    here.members(2, numbers=["+13052345678", "+18502345678"])
    here.campaign("[Brand]: hi [First name|there], 20% off.")
    here.settle()
    here.carrier.configure(errors={"opted_out": 1.0})
    here.plan(here.contact(PEOPLE[2]).id)
    here.settle()
    here.carrier.configure(errors={}, reports=1.0)
    here.now[0] = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    here.campaign("[Brand]: good night.")
    here.settle()
    here.wait(hours=30)
    here.text(PEOPLE[5], "yes")
    here.text(PEOPLE[3], "STOP")
    here.settle()


# --- one-gate -------------------------------------------------------------------------------------------------


def calls(name: str) -> set[tuple[str, str]]:
    """Every function of the source in which something of this name is called: its file, and its own name."""
    return all_calls()[name]


@functools.cache
def all_calls() -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path in SOURCE.rglob("*.py"):
        file = path.relative_to(SOURCE).as_posix()
        waiting: list[tuple[ast.AST, str]] = [(ast.parse(path.read_text()), "the module itself")]
        while waiting:
            node, function = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                function = node.name
            if isinstance(node, ast.Call) and (name := _name(node.func)) is not None:
                found[name].add((file, function))
            waiting += [(child, function) for child in ast.iter_child_nodes(node)]
    return found


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


NETWORK_SIDE = {"channels/simulator/carrier.py", "channels/memory.py"}  # where a text arrives
BENCH = "bench/engine.py"  # times the simulated carrier by itself, for the others' figures to stand beside


def test_one_gate() -> None:
    assert {each for each in calls("submit") if each[0] not in NETWORK_SIDE} == {
        ("sending/handing.py", "hand_over")
    }
    assert {path for path, _ in calls("hand_over")} <= {"sending/handing.py", BENCH}
    assert {path for path, _ in calls("HandOver")} <= {"sending/handing.py", BENCH}


def test_one_gate_alone_approves() -> None:
    assert {path for path, _ in calls("Decision")} <= {"domain/gate/decide.py", BENCH}


def test_one_gate_has_no_way_round_it_to_a_real_network() -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse((SOURCE / BENCH).read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yesword.channels")
        for alias in node.names
        if alias.name.endswith("Channel")
    }
    assert imported <= {"SimulatorChannel"}


@pytest.mark.parametrize("verdict", [Verdict.WAIT, Verdict.REFUSE])
def test_one_gate_takes_nothing_without_a_decision_to_send(verdict: Verdict) -> None:
    refusing = Decision(verdict=verdict, at=GATE_NOON)
    with pytest.raises(NotApprovedError):
        HandOver(message_id=1, attempt_id=1, sender=CLUB, number=ANNA, text="hello", decision=refusing)


# --- stop-is-final --------------------------------------------------------------------------------------------


class SlowChannel(MemoryChannel):
    """A carrier at a distance: it tells whose text it is about to write, and notes when it was written."""

    distance_s = 0.06

    def __init__(
        self, carrier: MemoryCarrier, written: list[tuple[float, str, str]], about_to: queue.SimpleQueue[str]
    ) -> None:
        super().__init__(carrier, account="simulator", takes_per_second=600, window=12, chunk=6)
        self._written = written
        self._about_to = about_to

    def _write(self, chunk: list[HandOver]) -> tuple[list[Outcome], str | None]:
        for each in chunk:
            self._about_to.put(each.number)
        time.sleep(self.distance_s)
        answer = super()._write(chunk)
        self._written += [(time.monotonic(), each.number, each.text) for each in chunk]
        return answer


def dispatch_until(here: World, channel: MemoryChannel, is_over: threading.Event) -> None:
    """A dispatcher as another process would run it."""
    scales, owner = Scales(RULES), recovery.new_owner()
    recovery.enrol(here.store, owner, here.at)
    while not is_over.is_set():
        taken = claim(here.store, scales, Claimant(owner=owner, token=next_token()), here.at, 30)
        outcomes = handing.hand_over_claim(here.store, {here.account.pk: channel}, taken, here.at)
        handing.record(here.store, taken, outcomes, here.at)
        campaigns.feed(here.store, here.at)
        if not taken.seen:
            time.sleep(0.005)


def test_stop_is_final(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of those who stop do so at the worst moment, while their own text is on its way; half whenever they like."""
    written: list[tuple[float, str, str]] = []
    acknowledged: dict[str, float] = {}
    about_to: queue.SimpleQueue[str] = queue.SimpleQueue()
    carrier = MemoryCarrier()
    with world(store, channel=SlowChannel(carrier, written, about_to)) as here:
        numbers = [f"+3162222{number:04d}" for number in range(100)]
        here.members(100, numbers=numbers)
        running = [here.campaign(f"[Brand]: offer {number}.") for number in range(3)]
        stopping: set[str] = set()
        is_over = threading.Event()
        later = here.at + timedelta(seconds=1)

        def stop(chance: random.Random) -> None:
            while len(stopping) < 45:
                number = chance.choice(numbers)
                if chance.random() < 0.5:
                    with contextlib.suppress(queue.Empty):
                        number = about_to.get(timeout=0.2)
                if number in stopping:
                    continue
                stopping.add(number)
                text = InboundText(
                    account="simulator",
                    provider_id=f"stop-{number}",
                    sender_number=number,
                    to_address=CLUB,
                    text="STOP",
                    received_at=later,
                )
                while receiver.take(store, here.account.pk, [text], lambda: later) != [True]:
                    pass
                acknowledged[number] = time.monotonic()

        def stop_all() -> None:
            at_once(store, [lambda seed=seed: stop(random.Random(seed)) for seed in range(3)])
            is_over.set()

        # A SQLite store has one dispatcher.
        dispatchers = 1 if store.database.vendor == "sqlite" else 2
        jobs = [lambda: dispatch_until(here, SlowChannel(carrier, written, about_to), is_over)] * dispatchers
        at_once(store, [*jobs, stop_all])
        monkeypatch.setattr(SlowChannel, "distance_s", 0)
        here.wait(seconds=2)
        here.settle()
        offers = [(at, number) for at, number, text in written if "offer" in text]
        assert set(acknowledged) == stopping
        assert [number for at, number in offers if at > acknowledged.get(number, float("inf"))] == []
        assert sum(at > min(acknowledged.values()) for at, _ in offers) > 30  # it was running all the while
        confirmed = Counter(number for _, number, text in written if "no more messages" in text)
        assert confirmed == Counter(stopping)
        for campaign in running:
            assert sum(here.states(campaign).values()) == 100


def test_stop_is_final_over_a_start_for_what_was_planned_before(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        here.join()
        campaign = here.campaign()
        here.dispatcher.chores()
        campaigns.pause(campaign.pk)
        here.text(ANNA, "STOP")
        here.text(ANNA, "START")
        campaigns.resume(campaign.pk)
        here.settle()
        assert here.states(campaign) == {MessageState.CANCELLED: 1}


# --- append-only ----------------------------------------------------------------------------------------------


def test_append_only(store: Store) -> None:
    with world(store) as here:
        busy(here)
        events: dict[int, list[ConsentEvent]] = {}
        for contact, body in here.sql("SELECT contact_id, body FROM consent_event ORDER BY contact_id, seq"):
            events.setdefault(contact, []).append(codec.loads(ConsentEvent, bytes(body)))
        assert len(events) > 10
        for contact, own in events.items():
            assert [each.seq for each in own] == list(range(1, len(own) + 1))
            assert fold(own) == here.state(contact)
        assert check_store(store).findings == []
        for statement in (
            "UPDATE consent_event SET kind = 'granted'",
            "DELETE FROM consent_event",
            "UPDATE decision SET verdict = 'send'",
        ):
            with pytest.raises(DatabaseError, match="append-only"), store.database.write():
                here.sql(statement)


# --- no-double-text -------------------------------------------------------------------------------------------


class Counting:
    """Counts what the network itself has taken, message by message."""

    def __init__(self, carrier: MemoryCarrier) -> None:
        self.taken: Counter[int] = Counter()
        self._submit = carrier._network.submit
        carrier._network.submit = self.submit

    def submit(self, rows: list) -> object:
        answers = self._submit(rows)
        self.taken.update(row[0] for _, row in answers.taken)
        return answers


def test_no_double_text(store: Store) -> None:
    with world(store) as here:
        counting = Counting(here.carrier)
        here.members(120)
        campaign = here.campaign()
        here.dispatcher.chores()
        faults = [
            {"disconnect_after": 7},
            {"disconnect_after": None, "throttle_per_s": 5},
            {"throttle_per_s": None, "errors": {"network_error": 0.3}},
            {"errors": {}, "silent": True},
        ]
        for fault in faults:
            here.carrier.configure(**fault)
            for _ in range(4 if store.database.vendor == "postgresql" else 1):
                one = claim(
                    store, here.scales, Claimant(owner=here.dispatcher.owner, token=next_token()), here.at, 20
                )
                here.hand_over(one)
            here.wait(seconds=2)
        here.carrier.configure(silent=False)
        here.carrier.is_up = False
        here.dispatcher.send_due()
        here.carrier.is_up = True
        for _ in range(5):
            here.wait(seconds=2)
            here.settle()
        ended = {row[0]: row[1] for row in here.sql("SELECT id, state FROM message")}
        assert max(counting.taken.values()) == 1
        assert {each for each, state in ended.items() if state == MessageState.SENT} <= set(counting.taken)
        assert {each for each, state in ended.items() if state == MessageState.FAILED}.isdisjoint(
            counting.taken
        )
        assert set(here.states(campaign)) == {MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN}
        assert len(ended) == 120


# --- nothing-lost ---------------------------------------------------------------------------------------------


class PowerCutError(Exception):
    pass


def cut(*_: object, **__: object) -> None:
    raise PowerCutError


def test_nothing_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was handed over and not recorded is shown as uncertain, and is not sent again."""
    with contextlib.suppress(PowerCutError), world(store) as here:
        here.members(20)
        campaign = here.campaign()
        here.dispatcher.chores()
        with monkeypatch.context() as patched:
            patched.setattr(dispatching_module.handing, "record", cut)
            here.dispatcher.send_due()
    handed_over = here.carrier.counts()["accepted"]
    assert handed_over > 0
    with dispatching(
        store, {here.account.pk: here.carrier.channel()}, RULES, clock=lambda: here.at
    ) as dispatcher:
        dispatcher.settle()
    assert here.states(campaign) == {
        state: count
        for state, count in {MessageState.UNCERTAIN: handed_over, MessageState.SENT: 20 - handed_over}.items()
        if count
    }
    assert here.carrier.counts()["accepted"] == 20


def test_nothing_lost_of_a_text_that_could_not_be_stored_whole(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(sqlite_store) as here:
        here.join()
        text = InboundText(
            account="simulator",
            provider_id="s1",
            sender_number=ANNA,
            to_address=CLUB,
            text="STOP",
            received_at=here.at,
        )
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "_settle", cut)
            assert receiver.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [False]
        assert here.kinds() == ["requested", "confirmed"]
        here.wait(seconds=1)
        assert receiver.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [True]
        assert here.kinds() == ["requested", "confirmed", "withdrawn"]
        here.settle()
        assert here.shown()[-1] == "Linde & Loom: no more messages."


def test_nothing_lost_of_a_stop_whose_process_died_before_its_drain(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(sqlite_store) as here:
        here.join()
        text = InboundText(
            account="simulator",
            provider_id="s1",
            sender_number=ANNA,
            to_address=CLUB,
            text="STOP",
            received_at=here.at,
        )
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "drain_all", cut)
            with pytest.raises(PowerCutError):
                receiver.take(sqlite_store, here.account.pk, [text], lambda: here.at)
        assert receiver.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [True]
        assert here.kinds() == ["requested", "confirmed", "withdrawn"]


# --- explained ------------------------------------------------------------------------------------------------


def test_explained(store: Store) -> None:
    with world(store) as here:
        busy(here)
    before = here.sql("SELECT id, body, facts, versions FROM decision ORDER BY id")
    store.close()
    again = open_store(store.folder, store.url)
    scales = Scales(RuleBook.load())
    rows = here.sql("SELECT id, body, facts, versions FROM decision ORDER BY id")
    again.close()
    assert [row[0] for row in rows] == [row[0] for row in before]
    verdicts = Counter()
    for _, body, facts, versions in rows:
        found = explaining.recompute(scales, bytes(body), bytes(facts), versions)
        assert found.again.to_bytes() == bytes(body)
        assert found.is_same
        assert found.differing == ()
        verdicts[found.stored.verdict] += 1
    assert min(verdicts[each] for each in Verdict) > 0
    # Every text that was ever given to a carrier has a decision to send.
    attempts = here.sql("SELECT count(*) FROM attempt")[0][0]
    assert verdicts[Verdict.SEND] == attempts


# --- proved ---------------------------------------------------------------------------------------------------


def test_proved(store: Store) -> None:
    with world(store) as here:
        busy(here)
        entries = "SELECT id, entry, leaf_hash FROM {}"
        events = here.sql(
            f"{entries.format('consent_event')} UNION ALL {entries.format('ledger_statement')} ORDER BY id"
        )
        waiting = here.sql("SELECT event_id, leaf_hash FROM ledger_outbox ORDER BY event_id")
        assert len(events) > 30
        assert [(each, bytes(leaf)) for each, _, leaf in events] == [
            (each, bytes(leaf)) for each, leaf in waiting
        ]
        assert all(leaf_hash(bytes(entry)) == bytes(leaf) for _, entry, leaf in events)

        Sequencer(store=store, clock=lambda: here.at).round()
        assert here.sql("SELECT count(*) FROM ledger_outbox") == [(0,)]
        places = here.sql("SELECT idx, event_id FROM ledger_entry ORDER BY idx")
        (tree,) = here.sql("SELECT id, size FROM ledger_log")
        assert {event for _, event in places} == {event for event, _, _ in events}
        assert [index for index, _ in places] == list(range(tree[1]))
        with store.database.read() as session:
            read = ledgers.tile_reader(session, tree[0])
            (log,) = ledgers.logs(session)
        head = verify_checkpoint(store.journal.head(log.id), logs.verifier_keys(store, log)[1])
        leaves = {event: bytes(leaf) for event, _, leaf in events}
        for index, event in places:
            path = inclusion_path_from(read, index, head.size)
            verify_inclusion(leaf=leaves[event], index=index, size=head.size, path=path, root=head.root)


# --- scoped ---------------------------------------------------------------------------------------------------


def test_scoped(sqlite_store: Store) -> None:
    """Of everything that is asked about somebody who joined one program, that program alone is granted."""
    with world(sqlite_store) as here:
        here.text(ANNA, "EVENTS", to="555888")
        other_brand = models.Brand.objects.create(
            key="other", name="Other", country="NL", origin="example.org/ledger/other"
        )
        sender = models.Sender.objects.create(account=here.account, address="111222", kind="short_code")
        theirs = publish(
            other_brand, sender, key="theirs", opt_in=OptIn.SINGLE, keywords=("THEIRS",), purpose="events"
        )
        text = "Linde & Loom: hello. Reply STOP to stop."
        found = {
            program.key: explaining.check(
                sqlite_store, here.scales, here.contact(), program, here.at, text=text
            ).decision
            for program in (here.club, here.events)
        }
        assert {key: decision.verdict for key, decision in found.items()} == {
            "club": Verdict.REFUSE,
            "events": Verdict.SEND,
        }
        here.campaign("Other: hello.", program=theirs)
        here.settle()
        assert here.sql("SELECT count(*) FROM message WHERE brand_id = %s", other_brand.pk) == [(0,)]


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(Scope(program=grant().scope.program, purposes=("surveys",)), id="another purpose"),
        pytest.param(Scope(program=grant().scope.program, categories=("hats",)), id="another category"),
        pytest.param(Scope(program=grant().scope.program, channels=("email",)), id="another channel"),
        pytest.param(Scope(program=ProgramId(99)), id="another program"),
    ],
)
def test_scoped_by_what_the_grant_names(scope: Scope) -> None:
    assert decide(question(), RULES, GATE_NOON).verdict is Verdict.SEND
    assert decide(question(state=granted(grant(scope=scope))), RULES, GATE_NOON).verdict is Verdict.REFUSE


# --- no number in the clear -----------------------------------------------------------------------------------


def test_no_number_in_the_clear(
    store: Store,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("DEBUG")
    with world(store) as here:
        busy(here)
        claimed = here.plan(here.contact(PEOPLE[6]).id, program=here.events)
        (taken,) = here.claim_all()
        spoken = repr((here.contact(PEOPLE[6]), taken, claimed))
        here.hand_over(taken)
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "_settle", cut)
            bad = InboundText(
                account="simulator",
                provider_id="x",
                sender_number=ANNA,
                to_address=CLUB,
                text=SECRET,
                received_at=here.at,
            )
            assert receiver.take(store, here.account.pk, [bad], lambda: here.at) == [False]
    out, err = capfd.readouterr()
    said = out + err + caplog.text + spoken + repr(bad)
    assert "inbound_text_not_stored" in said
    kept = dump(store)
    for secret in (*PEOPLE, ANNA, "+13052345678", SECRET, "hi there, 20% off"):
        for form in (secret, secret.lstrip("+"), secret.encode().hex()):
            assert form not in said
            if "20%" not in secret or form.startswith("+"):
                assert form not in kept


# --- only-the-handset-lifts-a-stop ----------------------------------------------------------------------------


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


# --- unverified-never-permits ---------------------------------------------------------------------------------

PERMISSIVE = """
[pack]
id = "xx"
name = "Hearsay"
countries = ["NL"]

[pack.defaults]
layer = "statute"
confidence = "known"
verified_on = 2026-11-22
source = "facts"
citation = "somebody said so"

[[rule]]
id = "xx.consent"
severity = "block"
[rule.consent]
class = "promotional"
standard = "none"

[[rule]]
id = "xx.hours"
severity = "hold"
[rule.hours]
classes = ["promotional"]
every_day = ["00:00-24:00"]

[[rule]]
id = "xx.confirmation"
severity = "block"
[rule.stop_confirmation]
is_allowed = true
max_latency_s = 864000

[[rule]]
id = "xx.customers"
severity = "block"
[rule.soft_opt_in]
classes = ["promotional"]
origins = ["sale"]
is_own_similar = false
is_same_entity = false
is_told = false
is_told_each_time = false

[[rule]]
id = "xx.staleness"
severity = "block"
[rule.expiry]
classes = ["promotional"]
anchor = "first_text"
days = 9999

[[rule]]
id = "xx.conversation"
severity = "block"
[rule.conversation]
reply_within_s = 9999999
"""

NIGHT = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)
LONG_AGO = GATE_NOON - timedelta(days=400)
BOUGHT = Relation(origin=Origin.SALE, at=GATE_NOON, was_told=True, categories=("shoes",))
NOWHERE_KNOWN = place("KE", "Africa/Nairobi")


@pytest.mark.parametrize(
    ("facts", "at"),
    [
        pytest.param(
            question(state=granted(grant(basis=Basis.CUSTOMER))), GATE_NOON, id="without express consent"
        ),
        pytest.param(
            question(state=granted(grant(basis=Basis.CUSTOMER, relation=BOUGHT)), places=(NOWHERE_KNOWN,)),
            GATE_NOON,
            id="to a customer where no verified law lets it",
        ),
        pytest.param(
            question(state=granted(grant(program=99))), GATE_NOON, id="on consent for another program"
        ),
        pytest.param(question(), NIGHT, id="at night"),
        pytest.param(question(state=granted(grant(since=LONG_AGO))), GATE_NOON, id="on a stale grant"),
        pytest.param(
            question(asked=service(MessageKind.REPLY, conversation_at=GATE_NOON - timedelta(days=3))),
            GATE_NOON,
            id="an answer after three days",
        ),
        pytest.param(
            question(state=stopped(), asked=service(MessageKind.STOP_REPLY, answers=EventId(2))),
            GATE_NOON + timedelta(hours=1),
            id="a confirmation after an hour",
        ),
    ],
)
def test_unverified_never_permits(facts: object, at: datetime) -> None:
    hearsay = RULES.with_packs(read_packs({"xx.toml": PERMISSIVE.replace('"NL"', '"NL", "KE"')}))
    as_it_is = decide(facts, RULES, at)
    assert as_it_is.verdict is not Verdict.SEND
    told_so = decide(facts, hearsay, at)
    assert (told_so.verdict, told_so.not_before) == (as_it_is.verdict, as_it_is.not_before)


def test_unverified_never_permits_what_the_same_rule_verified_would() -> None:
    """So that the test above can fail."""
    customer = question(state=granted(grant(basis=Basis.CUSTOMER, relation=BOUGHT)), places=(NOWHERE_KNOWN,))
    lawful = PERMISSIVE.replace('"known"', '"found"').replace('"NL"', '"KE"')
    assert (
        decide(customer, RULES.with_packs(read_packs({"xx.toml": lawful})), GATE_NOON).verdict is Verdict.SEND
    )
    verified = RULES.without("nl", "eu").with_packs(
        read_packs({"xx.toml": PERMISSIVE.replace('"known"', '"found"')})
    )
    assert decide(question(), verified, NIGHT).verdict is Verdict.SEND
