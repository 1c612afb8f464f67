"""Texts that answer a page: "YES 4821". The handset itself acts, so this grants, also where a stop stood in the way.

What the page showed is in the evidence beside the text. How codes are given out is in `collect.reversing`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from yesword.collect import one_person, reversing, rewards
from yesword.collect.backing import files_evidence
from yesword.collect.reversing import Meant
from yesword.consent import grant
from yesword.domain import composing
from yesword.domain.collecting.codes import digits_in
from yesword.domain.events import Grade
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.understanding import Intent, Kind
from yesword.sending import asking_on
from yesword.sending.thread import Thread
from yesword.store import contacts, tallies
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

ANSWERS_PAGE: Final = Intent(kind=Kind.CONFIRM, confidence=1.0, rule="keyword:page_code")


def page_meant(
    store: Store,
    session: Session,
    sender: int,
    here: Sequence[Program],
    text: str,
    number: PhoneNumber,
    at: datetime,
) -> Meant | None:
    """The page that the text answers, if it is nothing but a code that a page is showing now."""
    words = {word for program in here for _, texts in program.texts for word in texts.confirm_words}
    digits = digits_in(text, words)
    return None if digits is None else reversing.find(store, session, sender, digits, number.e164, at)


def answer_page(thread: Thread, meant: Meant) -> str:
    """Join the program that the page was about, with what it showed and what was typed there as evidence."""
    program = meant.program
    if not thread.contact.may_text:
        thread.reply(program, "unknown_keyword")
        return "cannot_text"
    if thread.state.grant_for(program.id) is not None:
        thread.reply(program, "already_in")
        reversing.use(thread.session, meant, thread.at)
        return "already_in"
    act = reversing.shown_act(thread.act, meant)
    typed = reversing.details(thread.store, meant, str(thread.contact.number))
    wording = act.wording or composing.disclosure(program, act.language)
    what = (thread.store, thread.session, thread.contact, typed.files, disclosure_digest(wording), thread.at)
    act = reversing.with_items(act, files_evidence(*what))
    context = {**(act.context or {}), **dict(typed.said)}
    act = replace(act, categories=typed.categories, gift=_gift(thread, meant), context=context)
    verb = (thread.store, thread.session, thread.brand, thread.contact, program, act)
    granted = grant(*verb, Grade.A, thread.sender.id, thread.at)
    if granted is None:
        return "reply_cap"
    contacts.learn(thread.store, thread.session, thread.contact, typed.name, dict(typed.attributes))
    if typed.said_age is not None:
        contacts.learn_age(thread.store, thread.session, thread.contact, typed.said_age)
    if meant.point is not None:
        event = granted.events[-1].id
        tallies.joined(thread.session, meant.point.id, meant.source, event, thread.contact.id, thread.at)
    reversing.use(thread.session, meant, thread.at)
    one_person.put_together(thread.store, thread.session, thread.contact, thread.at)
    asking_on.ask_what_was_noted(
        thread.store, thread.session, thread.contact, thread.state, thread.act, meant.shown_at, thread.at
    )
    return "granted"


def _gift(thread: Thread, meant: Meant) -> str:
    if meant.point is None:
        return ""
    return rewards.gift_for(thread.session, thread.contact, meant.point, meant.language)
