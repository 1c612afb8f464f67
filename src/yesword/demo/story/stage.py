"""What the scenes stand on: a store, a carrier, a clock that is stepped, phones to type on, and claims to check."""

import contextlib
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from yesword.channels.memory import MemoryCarrier
from yesword.channels.ports import InboundText
from yesword.consent.capping import AN_HOUR
from yesword.demo.brand import Demo, make_brand, make_carrier_stop
from yesword.domain import phone
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.domain.state import EMPTY, ConsentState
from yesword.sending.taking import take
from yesword.store import contacts
from yesword.store.contacts import Contact
from yesword.store.opening import Store, open_store
from yesword.worker.channels import accounts
from yesword.worker.dispatcher import Dispatcher, dispatching

START: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)  # a Monday afternoon, before summer time
_WIDTH: Final = 96


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One thing that Yesword promises, with the ids of the mission that it serves."""

    scene: str
    text: str
    ids: tuple[str, ...]
    is_held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    claims: tuple[Claim, ...]

    @property
    def is_held(self) -> bool:
        return bool(self.claims) and all(claim.is_held for claim in self.claims)

    def as_json(self) -> dict[str, object]:
        return {
            "is_held": self.is_held,
            "claims": [
                {"scene": each.scene, "claim": each.text, "ids": list(each.ids), "is_held": each.is_held}
                for each in self.claims
            ],
        }


@dataclass(kw_only=True)
class Stage:
    store: Store
    carrier: MemoryCarrier
    demo: Demo
    carrier_stop: Demo
    say: Callable[[str], None]
    now: datetime = START
    scene: str = ""
    claims: list[Claim] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # number → who
    _sent: int = 0
    _dispatcher: list[Dispatcher] = field(default_factory=list)

    @property
    def dispatcher(self) -> Dispatcher:
        return self._dispatcher[0]

    def begin(self, title: str) -> None:
        self.scene = title
        self.say(f"\n{title}\n{'─' * len(title)}")

    def narrate(self, text: str) -> None:
        self.say("")
        for line in textwrap.wrap(text, _WIDTH):
            self.say(line)

    def step(self, **by: float) -> None:
        """Move the clock on, and send what is due by then."""
        self.now += timedelta(**by)
        self.dispatcher.settle()

    def call(self, name: str, number: str) -> str:
        self.names[number] = name
        return number

    def text(self, number: str, address: str, words: str, *, account: int | None = None) -> list[str]:
        """A person texts; what came back, as the phone shows it."""
        self.now += timedelta(seconds=20)
        before = len(self.received(number))
        self._sent += 1
        shown = words.replace("\n", " ⏎ ")
        self.say(f"  {self.now:%d %b %H:%M}  {self.names.get(number, 'somebody'):>8} ▸ {address}  {shown}")
        item = InboundText(
            account="simulator",
            provider_id=f"story-{self._sent}",
            sender_number=number,
            to_address=address,
            text=words,
            received_at=self.now,
        )
        assert take(self.store, account or self.demo.account, [item], lambda: self.now) == [True]
        self.now += timedelta(seconds=1)
        self.dispatcher.settle()
        answers = self.received(number)[before:]
        for answer in answers:
            self.show(number, answer, address)
        if not answers:
            self.say(f"{'':>16}{'':>8}   (no answer)")
        return answers

    def show(self, number: str, text: str, address: str = "") -> None:
        head = f"  {self.now:%d %b %H:%M}  {self.names.get(number, 'somebody'):>8} ◂ {address:<6}  "
        for index, line in enumerate(textwrap.wrap(text, _WIDTH - 20) or [""]):
            self.say((head if index == 0 else " " * len(head)) + line)

    def received(self, number: str) -> list[str]:
        return [text.text for text in self.carrier.handset(number) if text.by != "person"]

    def person(self, number: str) -> Contact | None:
        with self.store.database.read() as session:
            found = contacts.find(
                self.store, session, self.demo.brand, phone.parse(number, country=None).e164
            )
            return contacts.read(self.store, session, found) if found is not None else None

    def state(self, number: str) -> ConsentState:
        person = self.person(number)
        if person is None:
            return EMPTY
        with self.store.database.read() as session:
            return contacts.standings(session, [person.id])[person.id].state

    def is_in(self, number: str, program: Program) -> bool:
        return self.state(number).grant_for(program.id) is not None

    def claim(self, text: str, *ids: str, held: bool) -> None:
        self.claims.append(Claim(scene=self.scene, text=text, ids=ids, is_held=bool(held)))
        self.say(f"    {'✓' if held else '✗ BROKEN:'} {text}" + (f"  [{', '.join(ids)}]" if ids else ""))

    def let_replies_rest(self) -> None:
        """Past the window in which automatic answers are counted."""
        self.step(seconds=AN_HOUR.total_seconds() + 60)


@contextlib.contextmanager
def open_stage(folder: Path, say: Callable[[str], None] | None) -> Iterator[Stage]:
    store = open_store(folder, may_create=True)
    demo = make_brand(store, carrier_settings={})
    stage = Stage(
        store=store,
        carrier=MemoryCarrier(),
        demo=demo,
        carrier_stop=make_carrier_stop(store, demo, carrier_settings={}),
        say=say or (lambda _: None),
    )
    channels = {account.pk: stage.carrier.channel(account=account.key) for account in accounts()}
    with dispatching(store, channels, RuleBook.load(), clock=lambda: stage.now) as dispatcher:
        stage._dispatcher.append(dispatcher)  # noqa: SLF001 - the stage and its dispatcher need each other
        yield stage
    store.close()
