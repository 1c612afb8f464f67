"""Texts that enter a contest: kept as entries, and answered within the conversation that they began.

An entry permits nothing. A yes does: in a separate answer to the question that the receipt puts (see `invitations`), or as
a word of its own behind the answer, where the terms spell it. What people leave with, ask for help with, or claim their
rights with always comes first, whatever the contest calls its answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.collect import contests as running
from yesword.collect.backing import form_evidence, page_evidence
from yesword.collect.contests import HEARD, Contest
from yesword.consent import grant
from yesword.consent.answering import Answer, queue
from yesword.domain import composing
from yesword.domain.ages import SaidAge
from yesword.domain.collecting import contest_words
from yesword.domain.collecting.contests import (
    Answering,
    Entry,
    first_word,
    is_right,
    read_age,
    read_entry,
)
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Grade
from yesword.domain.ids import BrandId, ContactId, MessageId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.shipped_texts import day_in
from yesword.domain.triage import kinds_said
from yesword.domain.understanding import Intent, Kind
from yesword.sending.invitations import may_be_invited
from yesword.sending.thread import Thread
from yesword.store import contacts, contests, tallies
from yesword.store.contacts import Contact
from yesword.store.contests import EntryRow
from yesword.store.database import Session

ROUTE: Final = "contest_entry"  # of a yes behind the answer
ENTERS: Final = Intent(kind=Kind.OTHER, confidence=1.0, rule="contest")
SUSPECTED: Final = "suspected"  # of a text that somebody should look at, though it ends nothing
_FIRST: Final = frozenset({Kind.HELP, Kind.PRIVACY_REQUEST, Kind.COMPLAINT, Kind.WRONG_NUMBER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """The contest that a text is about. `entry`: it tells the age that this entry waits for."""

    contest: Contest
    entry: EntryRow | None = None
    years: int = 0

    @property
    def brand(self) -> BrandId:
        return self.contest.brand


def contest_meant(
    session: Session,
    sender: int,
    here: Sequence[Program],
    known: Mapping[BrandId, ContactId | None],
    text: str,
    at: datetime,
) -> Meant | None:
    """The contest that the text would enter, or whose question for an age it answers."""
    brands = {each.brand for each in here}
    word = first_word(text)
    found = [running.by_id(each) for each in contests.heard(session, sender, word)]
    heard = [each for each in found if each.brand in brands and at <= each.closes_at + HEARD]
    if heard:
        still_open = [each for each in heard if at <= each.closes_at]
        return Meant(contest=(still_open or heard)[0])
    if not any(letter.isdigit() for letter in text):
        return None
    for contact in known.values():
        meant = None if contact is None else _age_told(session, contact, sender, text, at)
        if meant is not None:
            return meant
    return None


def _age_told(session: Session, contact: ContactId, sender: int, text: str, at: datetime) -> Meant | None:
    waiting = [each for each in contests.of_contact(session, contact) if each.state == contests.AGE]
    for entry in reversed(waiting):
        contest = running.by_id(entry.contest)
        if contest.sender != sender or at > contest.closes_at:
            continue
        years = read_age(text, contest.definition, at.date())
        if years is not None:
            return Meant(contest=contest, entry=entry, years=years)
    return None


def reading(text: str, read: Callable[[str], Intent]) -> Intent:
    """How a text to a contest is understood: as a whole, and behind its keyword, for a stop is one wherever it stands."""
    whole = read(text)
    _, _, rest = text.strip().partition(" ")
    if gives_way(whole) or not rest.strip():
        return whole
    behind = read(rest)
    if behind.is_withdrawal:
        return replace(behind, span=None)  # its places are counted in the rest
    return whole if whole.rule.startswith(SUSPECTED) else ENTERS


def gives_way(intent: Intent) -> bool:
    """Whether the text is for somebody else than a contest: whoever leaves, asks for help or claims a right."""
    return intent.is_withdrawal or intent.right is not None or not _FIRST.isdisjoint(kinds_said(intent))


def answer_contest(thread: Thread, meant: Meant) -> str:
    """Enter it, or say why not. What became of it."""
    contest = meant.contest
    if not thread.contact.may_text:
        # The gate refuses this answer and says why: nobody can read a text on this number.
        thread.reply(contest.program, "unknown_keyword")
        return "cannot_text"
    contests.hold(thread.session, contest.id)
    words = contest_words.words_in(thread.act.language)
    when = thread.act.received_at
    if when < contest.definition.opens_at:
        day = day_in(thread.act.language, contest.definition.opens_at.date())
        _say(thread, contest, words.not_open.replace("{day}", day))
        return "contest_not_open"
    if when > contest.closes_at or contests.commitment(thread.session, contest.id) is not None:
        _say(thread, contest, words.closed)
        return "contest_closed"
    if meant.entry is not None:
        return _with_age(thread, contest, meant.entry, meant.years)
    entry = read_entry(thread.text, contest.definition, contest.yes_words)
    if entry is None:
        _say(thread, contest, contest_words.not_understood(contest.definition, thread.act.language))
        return "contest_not_understood"
    return _enter(thread, contest, entry)


def _enter(thread: Thread, contest: Contest, entry: Entry) -> str:
    before = contests.of_contact(thread.session, thread.contact.id, contest.id)
    words = contest_words.words_in(thread.act.language)
    if len(before) >= contest.definition.entries_each:
        if before[-1].state == contests.AGE:
            _ask_age(thread, contest)
            return "contest_asked_age"
        _say(thread, contest, words.entered_already)
        if entry.says_yes:
            _join(thread, contest, before[-1])
        return "contest_entered_already"
    waits = not _is_old_enough(thread.contact, contest, thread.act.received_at)
    row = contests.enter(
        thread.store,
        thread.session,
        contest.id,
        contest.key,
        thread.contact.id,
        thread.inbound,
        entry.answer,
        thread.act.received_at,
        is_choice=contest.definition.answering is Answering.OPTIONS,
        is_right=is_right(entry.answer, contest.definition),
        state=contests.AGE if waits else contests.IN,
        said_yes=contests.BY_ENTRY if entry.says_yes and not waits else "",
    )
    if waits:
        _ask_age(thread, contest)
        return "contest_asked_age"
    may_ask = contest.definition.asks_after
    return _receive(thread, contest, row, says_yes=entry.says_yes, may_ask=may_ask)


def _receive(thread: Thread, contest: Contest, row: EntryRow, *, says_yes: bool, may_ask: bool) -> str:
    """The receipt of an entry; and the question, where the contest asks one and nobody has answered it before."""
    words = contest_words.words_in(thread.act.language)
    said = words.received.replace("{ref}", row.digest[: contest_words.REF_LETTERS])
    if says_yes:
        _say(thread, contest, said)
        _join(thread, contest, row)
        return "contest_entered"
    program = contest.program
    if may_ask and may_be_invited(thread.state, program.id):
        language, _ = program.texts_in(thread.act.language)
        question = composing.question(program, language).replace("[", "[[")
        message = _say(thread, contest, f"{said} {words.counts_anyway} {question}")
        if message is not None:
            contests.note_question(thread.session, row, message)
        return "contest_entered"
    _say(thread, contest, said)
    return "contest_entered"


def _join(thread: Thread, contest: Contest, row: EntryRow) -> None:
    """The yes behind the answer. What it means is what the terms say, in the version that the contest pinned."""
    point, program = contest.point, contest.program
    if point is None or thread.state.grant_for(program.id) is not None:
        return
    language, _ = program.texts_in(thread.act.language)
    if language not in contest.definition.languages:
        language = contest.definition.languages[0]
    act = replace(
        thread.act,
        route=ROUTE,
        language=language,
        wording=consent_text(point.definition, program, language),
        evidence=[*thread.act.evidence, form_evidence(point), *page_evidence(point, language)],
        context={
            **(thread.act.context or {}),
            "contest": {"terms": point.key, "entry": row.digest, "yes": contests.BY_ENTRY},
        },
    )
    verb = (thread.store, thread.session, thread.brand, thread.contact, program, act)
    granted = grant(*verb, Grade.A, thread.sender.id, thread.at)
    if granted is not None:
        contests.note_yes(thread.session, row.id, contests.BY_ENTRY)
        event = granted.events[-1].id
        tallies.joined(thread.session, point.id, "", event, thread.contact.id, thread.at)


# --- ages ----------------------------------------------------------------------------------------------------


def _is_old_enough(person: Contact, contest: Contest, at: datetime) -> bool:
    minimum = contest.definition.minimum_age
    if not minimum:
        return True
    said = [person.said_age] if person.said_age is not None else []
    if person.adult_since is not None:
        said.append(SaidAge(years=18, on=person.adult_since))
    return any(each.is_at_least(minimum, at) for each in said)


def _ask_age(thread: Thread, contest: Contest) -> None:
    words = contest_words.words_in(thread.act.language)
    _say(thread, contest, words.ask_birth_date if contest.definition.is_by_birth_date else words.ask_age)


def _with_age(thread: Thread, contest: Contest, entry: EntryRow, years: int) -> str:
    """Let in who is old enough; of who is not, nothing of the entry is kept."""
    minimum = contest.definition.minimum_age or 0
    if years < minimum:
        contests.drop(thread.session, entry.id)
        words = contest_words.words_in(thread.act.language)
        _say(thread, contest, words.too_young.replace("{age}", str(minimum)))
        return "contest_too_young"
    said = SaidAge(years=minimum, on=thread.act.received_at)
    contacts.learn_age(thread.store, thread.session, thread.contact, said)
    contests.let_in(thread.session, entry)
    # A yes in the text that entered came before anybody knew how old they are: it is asked for once more.
    return _receive(thread, contest, entry, says_yes=False, may_ask=contest.definition.asks)


def _say(thread: Thread, contest: Contest, source: str) -> MessageId | None:
    """One text within the conversation; which one it is, unless the number has had its share of them."""
    name = contest.definition.wording_in(thread.act.language).title.replace("[", "[[")
    seq = contacts.standings(thread.session, [thread.contact.id])[thread.contact.id].seq
    what = Answer(kind=MessageKind.REPLY, source=source.replace("{contest}", name))
    verb = (thread.store, thread.session, thread.contact, contest.program, thread.act, thread.sender.id)
    return queue(*verb, seq, what, thread.at)
