"""A real mail server for tests, on a port of its own, which keeps what it was given and can be told to misbehave."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from factories.ports import free_port
from factories.worlds import World
from yesword.collect import inviting
from yesword.collect.invitee_lists import reader
from yesword.collect.inviting import NewCampaign
from yesword.collect.letters import Sender, Wording
from yesword.collect.posting import Mailer, mailer
from yesword.mail.sending import posting
from yesword.mail.servers import Security, Server

FROM = "club@example.org"
ORIGIN = "https://texts.example.org"
WORDING = Wording(subject="Hello [First name|you]", body="Dear [First name|friend],\n\njoin [Program]?")


@dataclass(kw_only=True)
class Inbox:
    """What the server took, in order, and how it answers."""

    server: Server
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)  # recipient → answer
    during: Callable[[], str] = lambda: "250 OK"  # while it has a letter and has not answered

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(each, policy=default) for each in self.taken]

    def of(self, mail: str) -> EmailMessage:
        """The newest letter to somebody."""
        return next(each for each in reversed(self.letters) if mail in str(each["To"]))


class _Handler:
    def __init__(self) -> None:
        self.inbox: Inbox

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - named by aiosmtpd
        if address in self.inbox.refuses:
            return self.inbox.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - named by aiosmtpd
        self.inbox.taken.append(envelope.content)
        self.inbox.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
        answer = self.inbox.during()
        if not answer:  # it has the letter, and dies before it says so
            server.transport.close()
        return answer or "421 gone"


@contextlib.contextmanager
def smtp_server() -> Iterator[Inbox]:
    port = free_port()
    handler = _Handler()
    handler.inbox = Inbox(server=Server(host="127.0.0.1", port=port, security=Security.NONE, timeout_s=10))
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler.inbox
    finally:
        controller.stop()


@contextlib.contextmanager
def mailing(here: World, inbox: Inbox, **more: Any) -> Iterator[Mailer]:
    sender = Sender(address=FROM, origin=ORIGIN)
    with (
        posting(inbox.server) as post,
        mailer(here.store, post, sender, clock=lambda: here.at, **more) as made,
    ):
        yield made


def send(here: World, inbox: Inbox) -> int:
    with mailing(here, inbox) as made:
        return made.send_due()


def invitation(
    here: World, rows: str, *, key: str = "door", is_started: bool = True, **changes: Any
) -> inviting.InvitationCampaign:
    """A campaign to the people of a CSV, whose columns are email,name,language,phone,status."""
    new = {
        "point": key,
        "name": "Autumn",
        "wordings": {"en": WORDING},
        "permitted_by": "newsletter",
        **changes,
    }
    row = inviting.create(NewCampaign(**new))
    inviting.add_people(
        here.store, row, reader(f"email,name,language,phone,status\n{rows}".encode()), here.at
    )
    if is_started:
        inviting.start(row, here.at)
    return row


def answer(letter: EmailMessage, said: str, *, sender: str = "", **headers: str) -> bytes:
    """What the person's mail program sends back, quote and all."""
    reply = EmailMessage()
    reply["From"] = sender or str(letter["To"])
    reply["To"] = str(letter["Reply-To"])
    reply["Subject"] = f"Re: {letter['Subject']}"
    reply["Message-ID"] = "<own-1@mail.example.net>"
    reply["In-Reply-To"] = str(letter["Message-ID"])
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in letter.get_body(("plain",)).get_content().splitlines())
    reply.set_content(f"{said}\n\nOn Mon, 2 Mar 2026 at 12:00 Linde & Loom wrote:\n{quoted}\n")
    return reply.as_bytes()
