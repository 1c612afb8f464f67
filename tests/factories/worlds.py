"""A small brand on a real store, its carrier in memory and a clock that only moves when told: for tests of the send path."""

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from factories.statements import sql
from yesword.channels.memory import MemoryCarrier
from yesword.channels.ports import Channel, InboundText
from yesword.consent import Draft, append_many, meet
from yesword.domain import phone
from yesword.domain.events import Actor, Basis, EventKind, Grade, Scope
from yesword.domain.ids import BrandId, ContactId, MessageId
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.domain.programs import Frequency, OptIn, Program, Texts
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState
from yesword.sending import campaigns, handing, inbound
from yesword.sending.claiming import Claim, claim
from yesword.sending.fates import Claimant
from yesword.sending.inbound import Handled
from yesword.sending.weighing import Scales
from yesword.store import contacts, models, outgoing, programs
from yesword.store.contacts import Contact, NewContact
from yesword.store.opening import Store
from yesword.worker.dispatcher import Dispatcher, dispatching

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday; 13:00 in Amsterdam
CLUB, EVENTS = "800123", "555888"
ANNA = "+31612345678"
RULES = RuleBook.load()

TEXTS = Texts(
    disclosure="[Brand] texts you offers, up to 4 a month. Rates may apply. STOP to stop, HELP for help.",
    consent_request="[Brand]: reply YES to join [Program].",
    welcome="[Brand]: welcome to [Program].",
    help="[Brand]: help.",
    stop="[Brand]: no more messages.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: you are in already.",
    lapsed="[Brand]: that came too late.",
    declined="[Brand]: fine, we ask no more.",
    unknown_keyword="[Brand]: we do not know that word.",
    confirm_words=("YES",),
    frequency="up to 4 a month",
    way_out="Reply STOP to stop.",
)


@dataclass(kw_only=True)
class World:
    store: Store
    carrier: MemoryCarrier
    account: models.Account
    club: Program  # double opt-in, promotional
    events: Program  # single opt-in, on a sender of its own
    dispatcher: Dispatcher
    now: list[datetime]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(10_000_000))
    _texts: Iterator[int] = field(default_factory=itertools.count)

    @property
    def at(self) -> datetime:
        return self.now[0]

    @property
    def scales(self) -> Scales:
        return self.dispatcher.scales

    def wait(self, **span: float) -> None:
        self.now[0] += timedelta(**span)

    def settle(self) -> None:
        """Let the dispatcher do all that is due."""
        self.dispatcher.settle(limit=2000)

    # --- people -----------------------------------------------------------------------------------------------

    def receive(
        self, number: str, body: str, *, to: str = CLUB, ref: str | None = None, at: datetime | None = None
    ) -> Handled:
        """A text from a handset, stored and acted on, but not acknowledged."""
        text = InboundText(
            account=self.account.key,
            provider_id=ref or f"in-{next(self._texts)}",
            sender_number=number,
            to_address=to,
            text=body,
            received_at=at or self.at,
        )
        return inbound.receive(self.store, self.account.pk, text, self.at)

    def text(self, number: str, body: str, **more: Any) -> str:
        """A text from a handset, and all that follows from it. What became of it."""
        self.wait(seconds=20)
        handled = self.receive(number, body, **more)
        assert inbound.may_acknowledge(self.store, handled)
        self.settle()
        return handled.what

    def join(self, number: str = ANNA) -> None:
        assert self.text(number, "SAVEMORE") == "asked"
        assert self.text(number, "yes") == "confirmed"

    def shown(self, number: str = ANNA) -> list[str]:
        """What the phone got, oldest first."""
        return [each.text for each in self.carrier.handset(number) if each.by == "sender"]

    def members(
        self, count: int, program: Program | None = None, *, numbers: Sequence[str] = (), **person: Any
    ) -> list[ContactId]:
        """People who granted the program from their handsets."""
        numbers = numbers or [f"+316{next(self._numbers)}" for _ in range(count)]
        ids = self.strangers(numbers, **person)
        self.grant(ids, program or self.club)
        return ids

    def strangers(self, numbers: Sequence[str], **person: Any) -> list[ContactId]:
        """People whom the brand knows, without a word of consent."""
        # One by one, as most people come: whoever is prepared with others shares their bucket.
        keys = [
            each for number in numbers for each in contacts.prepare(self.store, self.club.brand, [number])
        ]
        people = [
            NewContact(
                id=each,
                seal=seal,
                number=phone.parse(number, country=None),
                brand=self.club.brand,
                **{"language": "en", **person},
            )
            for (each, seal), number in zip(keys, numbers, strict=True)
        ]
        with self.store.database.write() as session:
            brand = programs.brand(self.club.brand)
            assert len(meet(self.store, session, brand, people, self.at)) == len(numbers)
        return [each for each, _ in keys]

    def grant(
        self, ids: Iterable[ContactId], program: Program, actor: Actor = Actor.HANDSET, grade: Grade = Grade.A
    ) -> None:
        draft = Draft(
            kind=EventKind.GRANTED,
            scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
            actor=actor,
            route="keyword",
            occurred_at=self.at,
            received_at=self.at,
            program=program,
            basis=Basis.EXPRESS_WRITTEN,
            grade=grade,
            language="en",
        )
        with self.store.database.write() as session:
            people = contacts.read_many(self.store, session, ids)
            append_many(
                self.store,
                session,
                programs.brand(program.brand),
                [(each, [draft]) for each in people.values()],
                self.at,
            )

    def contact(self, number: str = ANNA) -> Contact:
        with self.store.database.read() as session:
            found = contacts.find(self.store, session, self.club.brand, number)
            assert found is not None
            person = contacts.read(self.store, session, found)
        assert person is not None
        return person

    def state(self, who: ContactId | str = ANNA) -> ConsentState:
        contact = self.contact(who).id if isinstance(who, str) else who
        with self.store.database.read() as session:
            return contacts.standings(session, [contact])[contact].state

    def kinds(self, number: str = ANNA) -> list[str]:
        """The kinds of the person's consent events, oldest first."""
        return [
            row[0]
            for row in self.sql(
                "SELECT kind FROM consent_event WHERE contact_id = %s ORDER BY seq", self.contact(number).id
            )
        ]

    # --- texts ------------------------------------------------------------------------------------------------

    def campaign(
        self,
        template: str = "[Brand]: 20% off.",
        *,
        program: Program | None = None,
        is_started: bool = True,
        **more: Any,
    ) -> models.Campaign:
        program = program or self.club
        row = campaigns.create(
            campaigns.NewCampaign(
                brand=program.brand, program=program.id, name="Spring", template=template, **more
            )
        )
        if is_started:
            campaigns.start(row.pk, self.at)
        return row

    def plan(
        self, contact: ContactId, body: str = "Linde & Loom: hello. Reply STOP to stop.", **more: Any
    ) -> MessageId:
        """One text put into the queue by hand."""
        program = more.pop("program", self.club)
        usual = outgoing.Plan(
            brand=program.brand,
            contact=contact,
            program=program.id,
            program_version=program.version,
            sender=programs.sender_of(program).id,
            message_class=program.message_class,
            kind=MessageKind.CAMPAIGN,
            planned_seq=self.state(contact).seq,
            due_at=self.at,
            language="en",
            country="NL",
            body=body,
        )
        with self.store.database.write() as session:
            (made,) = outgoing.insert(
                self.store,
                session,
                [replace(usual, **more)],
                dict(self.store.vault.seals([contact])),
                self.at,
            )
        return made

    def claim(self, limit: int = 1000) -> Claim:
        """What the dispatcher would take now. On PostgreSQL one claim looks at one group of buckets."""
        return claim(
            self.store, self.scales, Claimant(owner=self.dispatcher.owner, token=next_token()), self.at, limit
        )

    def claim_all(self) -> list[Claim]:
        """Every claim that takes something now."""
        taken = []
        for _ in range(100):
            one = self.claim()
            if not one.seen:
                break
            taken.append(one)
        return [each for each in taken if each.claimed]

    def hand_over(self, taken: Claim) -> handing.Told:
        outcomes = handing.hand_over_claim(self.store, self.dispatcher.channels, taken, self.at)
        return handing.record(self.store, taken, outcomes, self.at)

    def message(self, message: MessageId) -> tuple[MessageState, str]:
        ((state, reason),) = self.sql("SELECT state, reason FROM message WHERE id = %s", message)
        return MessageState(state), reason

    def states(self, campaign: models.Campaign) -> dict[MessageState, int]:
        with self.store.database.read() as session:
            rows = session.rows("message_states_of_campaign", campaign_id=campaign.pk)
        return {MessageState(state): count for state, count in rows}

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return sql(statement, *values)


_tokens = itertools.count(1)


def next_token() -> int:
    return next(_tokens)


def publish(brand: models.Brand, sender: models.Sender, **changes: Any) -> Program:
    usual = Program(
        id=0,
        version=0,
        brand=BrandId(brand.pk),
        brand_name=brand.name,
        brand_country=brand.country,
        key="club",
        name="Club",
        purpose="offers",
        categories=("shoes",),
        message_class=MessageClass.PROMOTIONAL,
        frequency=Frequency(count=4, days=30),
        opt_in=OptIn.DOUBLE,
        keywords=("SAVEMORE",),
        sender=sender.address,
        default_language="en",
        texts=(("en", TEXTS),),
        support="help@example.org",
        terms_url="https://example.org/terms",
        privacy_url="https://example.org/privacy",
    )
    return programs.publish(replace(usual, **changes), sender)


@contextlib.contextmanager
def world(store: Store, *, channel: Channel | None = None, **behaviour: Any) -> Iterator[World]:
    """`channel` stands in for the carrier's own where a test wants one that misbehaves."""
    brand = models.Brand.objects.create(
        key="demo", name="Linde & Loom", country="NL", origin="example.org/ledger/demo"
    )
    account = models.Account.objects.create(key="simulator", channel="simulator")
    one, two = (
        models.Sender.objects.create(account=account, address=address, kind="short_code")
        for address in (CLUB, EVENTS)
    )
    club = publish(brand, one)
    events = publish(
        brand,
        two,
        key="events",
        name="Events",
        purpose="events",
        categories=("concerts",),
        opt_in=OptIn.SINGLE,
        keywords=("EVENTS",),
    )
    carrier = MemoryCarrier(**behaviour)
    now = [NOON]
    with ExitStack() as stack:
        own = channel or carrier.channel(account=account.key)
        dispatcher = stack.enter_context(dispatching(store, {account.pk: own}, RULES, clock=lambda: now[0]))
        yield World(
            store=store,
            carrier=carrier,
            account=account,
            club=club,
            events=events,
            dispatcher=dispatcher,
            now=now,
        )


def elsewhere(store: Store, job: Callable[[], None]) -> None:
    """Do it in a thread of its own, which has its own connections, and pass on what it raises."""
    at_once(store, [job])


def at_once(store: Store, jobs: Sequence[Callable[[], None]]) -> None:
    """Do them all at the same time, each with its own connections."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(with_own_connections, store, job) for job in jobs]:
            done.result()


def with_own_connections(store: Store, job: Callable[[], None]) -> None:
    try:
        job()
    finally:
        store.database.close()
        store.vault.close()
