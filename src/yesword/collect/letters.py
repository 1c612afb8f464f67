"""The letter that invites, and the one that answers a yes: what they say to one person, as plain text and as a page.

Pure but for the signed words in the links. What a yes means stands in each as the page has it, to the letter, because an
answer with one word is consent to exactly that.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from yesword.collect.invitation_errors import (
    BrokenSubjectError,
    EmptyLetterError,
    LetterFieldError,
    LongLetterError,
)
from yesword.collect.invitations import Opens, word
from yesword.collect.points import Point
from yesword.domain import composing, templates
from yesword.domain.collecting.invitation_words import FixedWords, fixed_words
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.programs import Program
from yesword.mail import addresses
from yesword.mail.sending import Letter
from yesword.store.opening import Store

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 8_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What the author wrote in one language. Both are templates, with the fields that texts have."""

    subject: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """From what letters come, and under which address pages stand."""

    address: str
    origin: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Links:
    page: str
    leave: str
    reply_to: str
    message_id: str
    picture: str = ""  # only where it is counted who opens a letter


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Reader:
    """To whom it goes."""

    mail: str
    name: str = ""
    language: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


def check(wording: Wording, program: Program, language: str) -> None:
    """Whether it can be sent to everybody as it is. Raises BadInvitationError."""
    if not wording.subject.strip() or not wording.body.strip():
        raise EmptyLetterError(language=language)
    if len(wording.subject) > LONGEST_SUBJECT or len(wording.body) > LONGEST_BODY:
        raise LongLetterError(language=language, subject=LONGEST_SUBJECT, body=LONGEST_BODY)
    if not all(each.isprintable() for each in wording.subject):
        raise BrokenSubjectError(language=language)
    try:
        for source in (wording.subject, wording.body):
            composing.compose(source, program, program.texts_in(language)[1])
    except templates.TemplateError as error:
        raise LetterFieldError(language=language, why=error) from error


def links(store: Store, invitation: int, point: Point, sender: Sender, *, measures_opens: bool) -> Links:
    domain = sender.address.rpartition("@")[2]
    leave = f"{sender.origin}/m/{word(store, invitation, Opens.WAY_OUT)}"
    picture = f"{sender.origin}/m/{word(store, invitation, Opens.PICTURE)}.gif" if measures_opens else ""
    return Links(
        page=f"{sender.origin}/f/{point.key}?i={word(store, invitation, Opens.PAGE)}",
        leave=leave,
        reply_to=addresses.plus(sender.address, word(store, invitation, Opens.REPLY)),
        message_id=f"<{word(store, invitation, Opens.LETTER)}@{domain}>",
        picture=picture,
    )


def said_yes_to(point: Point, language: str) -> str:
    """The consent wording that stands in the letter: what an answer agrees to."""
    return consent_text(point.definition, point.program, spoken(point.program, language))


def spoken(program: Program, language: str) -> str:
    """The language in which the program would speak to somebody of this one."""
    return program.texts_in(language)[0]


def invitation_letter(
    wordings: Mapping[str, Wording], point: Point, reader: Reader, where: Links, sender: Sender
) -> Letter:
    """In the reader's language where the author wrote in it, or else in the first that there is."""
    language = reader.language if reader.language in wordings else next(iter(wordings))
    program, wording, fixed = point.program, wordings[language], fixed_words(language)
    person = composing.person_values(reader.name, dict(reader.attributes))
    texts = program.texts_in(language)[1]
    subject = composing.compose(wording.subject, program, texts, person)
    body = composing.compose(wording.body, program, texts, person)
    consent = said_yes_to(point, language)
    where = replace(where, page=f"{where.page}&lang={language}")
    return Letter(
        sender=sender.address,
        sender_name=program.brand_name,
        to=reader.mail,
        to_name=templates.clean(reader.name),
        subject=" ".join(subject.split()),
        text=_text(body, consent, fixed, where, program.brand_name),
        html=_page(body, consent, fixed, where, program.brand_name, language),
        message_id=where.message_id,
        reply_to=where.reply_to,
        unsubscribe_url=where.leave,
        language=language,
    )


def step_letter(point: Point, reader: Reader, where: Links, sender: Sender) -> Letter:
    """The one answer to a yes from somebody whose number is not known. It asks no machine for an answer."""
    language = spoken(point.program, reader.language)
    fixed = fixed_words(language)
    return Letter(
        sender=sender.address,
        sender_name=point.program.brand_name,
        to=reader.mail,
        to_name=templates.clean(reader.name),
        subject=fixed.step_subject,
        text=f"{fixed.step}\n\n{where.page}\n\n{fixed.leave}: {where.leave}\n",
        message_id=where.message_id.replace("<", "<a.", 1),
        answers=where.message_id,
        reply_to=where.reply_to,
        unsubscribe_url=where.leave,
        language=language,
    )


def _text(body: str, consent: str, fixed: FixedWords, where: Links, brand: str) -> str:
    return "\n\n".join(
        [
            body.strip(),
            f"{fixed.button}:\n{where.page}",
            fixed.by_answer.format(word=fixed.word),
            f"{fixed.yes_means}\n{consent}",
            fixed.then,
            f"-- \n{fixed.why.format(brand=brand)}\n{fixed.leave}: {where.leave}\n{fixed.leave_means}\n",
        ]
    )


# A letter carries its looks with it: mail programs load no style sheets, and some drop them from the head.
_BODY: Final = "margin:0 auto;max-width:34rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:#1c1b19"
_BUTTON: Final = "display:inline-block;padding:.75rem 1.25rem;border-radius:.5rem;background:#1f5c46;color:#ffffff;font-weight:600;text-decoration:none"
_SMALL: Final = "font-size:14px;color:#57534c"


def _page(body: str, consent: str, fixed: FixedWords, where: Links, brand: str, language: str) -> str:
    mail = f"mailto:{where.reply_to}?subject={quote(fixed.word)}"
    paragraphs = "".join(
        f"<p>{html.escape(each.strip()).replace(chr(10), '<br>')}</p>"
        for each in body.split("\n\n")
        if each.strip()
    )
    picture = f'<img src="{html.escape(where.picture)}" alt="" width="1" height="1">' if where.picture else ""
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(brand)}</title></head>'
        f'<body style="{_BODY}">{paragraphs}'
        f'<p><a href="{html.escape(where.page)}" style="{_BUTTON}">{html.escape(fixed.button)}</a></p>'
        f'<p><a href="{html.escape(mail)}">{html.escape(fixed.by_answer.format(word=fixed.word))}</a></p>'
        f'<p style="{_SMALL}"><b>{html.escape(fixed.yes_means)}</b><br>{html.escape(consent)}</p>'
        f'<p style="{_SMALL}">{html.escape(fixed.then)}</p><hr>'
        f'<p style="{_SMALL}">{html.escape(fixed.why.format(brand=brand))}<br>'
        f'<a href="{html.escape(where.leave)}">{html.escape(fixed.leave)}</a>. {html.escape(fixed.leave_means)}</p>'
        f"{picture}</body></html>"
    )
