"""What comes back by e-mail: a yes, a way out, a bounce, or a machine that says that somebody is on holiday.

A yes counts only from the address that was invited, at the address that was made for them alone; it is kept as evidence
and leads to one text that asks, or, where no number is known, to one letter with the page. Nobody gets a second one, so
that no two machines ever write to each other. To leave, the letter is enough, whoever sends it.
"""

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from yesword.collect import invitations as words
from yesword.collect import inviting, points
from yesword.collect.backing import files_evidence, form_evidence
from yesword.collect.invitations import Opens
from yesword.collect.joining import Joining, join
from yesword.collect.letters import said_yes_to, spoken
from yesword.collect.points import NoSuchPointError, Point
from yesword.collect.tickets import UsedTicketError
from yesword.consent import Act, note_request
from yesword.domain.collecting.asking import Course
from yesword.domain.collecting.points import Confirming
from yesword.domain.events import Actor
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import MediaError, MediaType
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.understanding import Context, Kind, PendingKind, understand
from yesword.domain.understanding.intent import SURE
from yesword.mail import addresses
from yesword.mail.reading import Bounce, ReadMail, UnreadableMailError, read
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.store import contacts, invitations, invitees, programs
from yesword.store.contacts import Contact
from yesword.store.invitations import Invitation, Step
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

ROUTE: Final = "email_reply"
_YES: Final = frozenset({Kind.OPT_IN, Kind.CONFIRM, Kind.KEYWORD})


class Became(enum.StrEnum):
    """What became of a letter that came in."""

    ASKED = "asked"  # a yes: one text asks the handset
    LINKED = "linked"  # a yes, and nobody knows the number: one letter leads to the page
    NOTED = "noted"  # a yes that changes nothing now: they are in, were asked already, or have to act from the handset
    LEFT = "left"  # no more letters
    BOUNCED = "bounced"
    DELAYED = "delayed"
    COMPLAINED = "complained"
    AUTOMATIC = "automatic"
    SOMEBODY_ELSE = "somebody_else"  # it came from another address than the one that was invited
    UNCLEAR = "unclear"  # a person should read it
    STRANGE = "strange"  # no answer to an invitation of ours


_NEEDS_A_PERSON: Final = frozenset({Became.UNCLEAR, Became.SOMEBODY_ELSE, Became.STRANGE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Letters as a mail server hands them on, for `mail.lmtp`. `sender`: the address that ours come from."""

    store: Store
    sender: str
    clock: Callable[[], datetime]

    def knows(self, recipient: str) -> bool:
        """Our own address, and those with a word that we made."""
        try:
            address = addresses.parse(recipient)
        except (addresses.BadAddressError, addresses.GatewayAddressError):
            return False
        if address.casefold() == self.sender.casefold():
            return True
        return words.read_word(self.store, addresses.word_of(address), Opens.REPLY) is not None

    def take(self, recipient: str, raw: bytes) -> bool:
        """Whether a program understood it. To which address it came, the envelope says."""
        delivered = f"Delivered-To: {addresses.parse(recipient)}\r\n".encode()
        return is_understood(take(self.store, delivered + raw, self.clock()))


def is_understood(became: Became) -> bool:
    """False: a person should read it."""
    return became not in _NEEDS_A_PERSON


def take(store: Store, raw: bytes, at: datetime) -> Became:
    """Do what a letter asks for. The same letter again does nothing more."""
    try:
        mail = read(raw)
    except UnreadableMailError:
        return Became.STRANGE
    invitation, is_for_them = _invitation(store, mail)
    with store.database.read() as session:
        row = None if invitation is None else invitations.read(session, invitation)
        person = None if row is None else contacts.read(store, session, row.contact)
    if row is None or person is None or person.erased_at is not None:
        return Became.STRANGE
    if mail.is_automatic:
        return _machine(store, row, mail.bounce, at)
    return _said(store, row, person, mail, raw, at, is_for_them=is_for_them)


def _invitation(store: Store, mail: ReadMail) -> tuple[int | None, bool]:
    """Which one it answers, and whether it came to the address that is known to nobody else."""
    for each in mail.recipients:
        found = words.read_word(store, addresses.word_of(each), Opens.REPLY)
        if found is not None:
            return found, True
    for each in mail.answers:
        local = each.strip("<>").partition("@")[0].removeprefix("a.")
        found = words.read_word(store, local, Opens.LETTER)
        if found is not None:
            return found, False
    return None, False


def _machine(store: Store, row: Invitation, bounce: Bounce | None, at: datetime) -> Became:
    match bounce:
        case Bounce.FAILED:
            words.end_letters(store, row.id, invitees.BOUNCED, at)
            return Became.BOUNCED
        case Bounce.COMPLAINT:
            words.end_letters(store, row.id, invitees.COMPLAINED, at)
            return Became.COMPLAINED
        case Bounce.DELAYED:
            return Became.DELAYED
        case _:
            return Became.AUTOMATIC


def _said(
    store: Store,
    row: Invitation,
    person: Contact,
    mail: ReadMail,
    raw: bytes,
    at: datetime,
    *,
    is_for_them: bool,
) -> Became:
    campaign = inviting.find(row.campaign)
    program = points.program_of(campaign.point)
    intent = understand(mail.words, (spoken(program, person.language),), _context(program))
    if intent.is_withdrawal or intent.kind is Kind.DECLINE:
        words.end_letters(store, row.id, invitees.LEFT, at)
        return Became.LEFT
    if intent.kind not in _YES or intent.confidence < SURE:
        return Became.UNCLEAR
    try:
        point = inviting.point_of(campaign)
    except NoSuchPointError:  # it was closed meanwhile: a person has to say so
        return Became.UNCLEAR
    with store.database.read() as session:
        own = invitees.mails(store, session, [row.contact]).get(row.contact)
        number = words.number_of(store, session, row)
    if not is_for_them or mail.sender != own:
        return Became.SOMEBODY_ELSE
    act = _act(point, person.language, at)
    file = _evidence(mail, raw)
    if number is None:
        return _link(store, row, person, point, act, file, at)
    return _ask(store, row, person, point, number, act, file, at)


def _context(program: Program) -> Context:
    return Context(
        pending=PendingKind.CONFIRM_CONSENT,
        program_keywords=tuple((each, program.key) for each in program.keywords),
        brands=(program.brand_name,),
    )


def _act(point: Point, language: str, at: datetime) -> Act:
    return Act(
        actor=Actor.PERSON,
        route=ROUTE,
        occurred_at=at,  # when it reached us: the date in a letter is what its sender likes it to be
        received_at=at,
        language=spoken(point.program, language),
        wording=said_yes_to(point, language),
    )


def _ask(
    store: Store,
    row: Invitation,
    person: Contact,
    point: Point,
    number: PhoneNumber,
    act: Act,
    file: AcceptedFile,
    at: datetime,
) -> Became:
    """One text asks, however sure the yes: whoever reads somebody's mail need not hold their telephone."""
    joining = Joining(
        brand=point.brand,
        program=point.program,
        number=number,
        act=act,
        confirming=Confirming.ASK,
        point=point,
        name=person.name,
        files=(file,),
        nonce=f"mail:{hashlib.sha256(file.data).hexdigest()}",
    )
    try:
        joined = join(store, joining, at)
    except UsedTicketError:  # taken before, by somebody who died before the box was told
        return Became.NOTED
    with store.database.write() as session:
        invitations.note(session, row.id, Step.REPLIED, at)
        invitations.note_signed_up(session, row.id, joined.contact, at)
        if joined.course is Course.CANNOT_TEXT:
            invitations.owe_answer(session, row.id, at)
            return Became.LINKED
    return Became.ASKED if joined.course is Course.ASK else Became.NOTED


def _link(
    store: Store, row: Invitation, person: Contact, point: Point, act: Act, file: AcceptedFile, at: datetime
) -> Became:
    """The yes goes onto the record of the address, where it permits no text; the page asks for a number."""
    with store.database.write() as session:
        invitations.note(session, row.id, Step.REPLIED, at)
        if not invitations.owe_answer(session, row.id, at):
            return Became.NOTED
        digest = disclosure_digest(act.wording or "")
        items = [form_evidence(point), *files_evidence(store, session, person, [file], digest, at)]
        act = replace(act, evidence=items)
        note_request(store, session, programs.brand(point.brand), person, point.program, act, at)
    return Became.LINKED


def _evidence(mail: ReadMail, raw: bytes) -> AcceptedFile:
    """The letter as it came; of one with films in it, what was said and who said it."""
    try:
        return accept(EvidenceKind.EMAIL, raw, MediaType.EML.value)
    except MediaError:
        short = EmailMessage(policy=SMTP)
        short["From"] = mail.sender
        short["To"] = mail.recipients[0]
        short["Subject"] = "(shortened)"
        short.set_content(mail.words)
        return accept(EvidenceKind.EMAIL, short.as_bytes(), MediaType.EML.value)
