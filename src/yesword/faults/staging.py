"""The scratch installation of a run: two programs on two numbers of one carrier, and a crowd that is in one or in both."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from yesword.bench.crowd import make_crowd, numbers
from yesword.channels.simulator.smsc import REFERENCE
from yesword.demo.brand import ACCOUNT, make_brand
from yesword.domain.ids import ContactId, MessageId
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Frequency, Program
from yesword.domain.thresholds import UNWATCHED
from yesword.reporting import thresholds
from yesword.store import account_secrets, contacts, leave_links, link_words, models, programs
from yesword.store.opening import Store
from yesword.worker import smpp_accounts

PROGRAMS: Final = ("club", "events")
_OFTEN: Final = Frequency(count=1_000_000, days=30)


@dataclass(frozen=True, kw_only=True)
class Person:
    place: int
    contact: ContactId
    number: str
    word: str  # of their link


@dataclass(frozen=True, kw_only=True)
class Stage:
    programs: tuple[Program, ...]
    people: tuple[Person, ...]

    def key(self, number: int) -> str:
        return f"{self.programs[number].brand_name.lower()}/{self.programs[number].key}"


def set_up(store: Store, people: int) -> Stage:
    """Texts are transactional, come as often as they may, and no share of stops pauses them: neither the hour nor how the
    crowd takes them is what is tried here.
    """
    demo = make_brand(store, carrier_settings={})
    thresholds.keep(demo.brand, UNWATCHED, None)
    club, events = (_published(demo.program(key)) for key in PROGRAMS)
    now, third = datetime.now(UTC), people // 3
    make_crowd(store, club, third, now)
    make_crowd(store, events, third, now, start=third)
    make_crowd(store, club, people - 2 * third, now, also=(events,), start=2 * third)
    with store.database.write() as session:
        crowd = []
        for place, number in enumerate(islice(numbers(), people)):
            contact = contacts.find(store, session, demo.brand, number.e164)
            assert contact is not None
            program = events if third <= place < 2 * third else club
            word = link_words.make()
            row = leave_links.row(
                store,
                word,
                brand=demo.brand,
                program=program.id,
                contact=contact,
                message=MessageId(0),  # of no text: it was not sent to them
                campaign=None,
                at=now,
            )
            session.run("insert_leave_link", **row)
            crowd.append(Person(place=place, contact=contact, number=number.e164, word=word))
    return Stage(programs=(club, events), people=tuple(crowd))


def _published(program: Program) -> Program:
    sender = models.Sender.objects.get(program__id=program.id)
    return programs.publish(
        replace(program, message_class=MessageClass.TRANSACTIONAL, frequency=_OFTEN), sender
    )


def speak(store: Store, port: int, token: str, *, per_s: float) -> None:
    """Have the account speak SMPP through the wire, and notice early that nobody answers."""
    account_secrets.set_one(store, ACCOUNT, smpp_accounts.PASSWORD, token)
    models.Account.objects.filter(key=ACCOUNT).update(
        channel=smpp_accounts.SMPP,
        settings={
            "host": "127.0.0.1",
            "port": port,
            "system_id": ACCOUNT,
            "window": 5,  # so that what is claimed often waits to be written, and a stop could come too late
            "max_per_second": per_s,
            "enquire_every_s": 2.0,
            "answer_timeout_s": 3.0,
            "connect_timeout_s": 1.0,
            "reference_tag": REFERENCE,
        },
    )
