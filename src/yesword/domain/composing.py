"""From a template to the very text: a program's own words filled in, the person's values, the way out where it is due."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from yesword.domain import shipped_texts, templates
from yesword.domain.facts import TextFacts
from yesword.domain.linting import asking
from yesword.domain.linting.measuring import elements_in, labels_in
from yesword.domain.linting.wordings import standard_way_out
from yesword.domain.programs import Program, Texts
from yesword.domain.text import measure

# What a way out looks like whatever the language: a link, or a word that stops, in capitals as the trade writes it.
# The word has to stand out: "THE END OF SUMMER", "NON-STOP SALE" and "STOP! Look here" offer none. Where a verb tells
# the person to send it, the words around it may be capitals too.
_STOP_WORDS: Final = (
    *("STOP", "STOPP", "END", "AFMELDEN", "AFMELD", "AFMELDING", "FRAMELD", "AVMELD", "AVSLUTA", "ABMELDEN"),
    *("ARRET", "ARRÊT", "ARRETER", "DESABONNER", "BAJA", "SAIR", "PARE", "PARAR", "CANCELAR", "CANCELLA"),
    *(
        "DISISCRIVI",
        "LOPETA",
        "WYPISZ",
        "REZYGNUJE",
        "무료수신거부",
        "수신거부",
        "停止",
        "STOP2QUIT",
        "STOP2quit",
    ),
)
# These count only where a verb tells the person to send them: on their own they are ordinary words.
_SENT_WORDS: Final = (
    *(
        "UNSUBSCRIBE",
        "UNSUB",
        "QUIT",
        "CANCEL",
        "OPTOUT",
        "UITSCHRIJVEN",
        "OPZEGGEN",
        "STOPPEN",
        "AVREGISTRERA",
    ),
    *("AVANMÄL", "ABBESTELLEN", "AFMELDING", "FRAMELDING", "AVMELD", "AVSLUTT", "DESUSCRIBIR", "SALIR"),
)
_SENDING: Final = (
    "reply|text|txt|send|sms|antwoord|stuur|svara|svar|skriv|skicka|antworte|antworten sie|sende"
    "|répondez|repondez|envoyez|responde|responda|rispondi|vastaa|odpisz"
)
_WORD: Final = rf"(?:{'|'.join(_STOP_WORDS)})"
_SENT: Final = rf"(?:{'|'.join((*_STOP_WORDS, *_SENT_WORDS))})"
_WAY_OUT: Final = re.compile(
    rf"(?i:\b(?:{_SENDING}))(?::|\s)\s*[\"'“”„«»]?{_SENT}\b"
    rf"|(?<!\w)(?<!\w[-\u2010\u2011])(?<![A-ZÀ-Þ][A-ZÀ-Þ]\s){_WORD}(?!\w|[-\u2010\u2011]\w|\s+[A-ZÀ-Þ]{{2}}|\s*!)"
    r"|https?://\S+/u/"
)

# Stands in a text for the link that it gets of its own when it is claimed: see `store.leave_links`.
LEAVE_LINK: Final = "https://link.example/u/xxxxxxxxxxx"
_BY_LINK: Final = "[Unsubscribe]"
_NUMBER: Final = re.compile(r"\d{4,}")  # somewhere to send the word to


def program_values(program: Program, texts: Texts) -> dict[str, str]:
    """The fields that every text of the program may use."""
    return {
        "brand": program.brand_name,
        "program": program.name,
        "frequency": texts.frequency,
        "keyword": program.keywords[0] if program.keywords else "",
        "code": program.sender,
        "stop": "STOP",
        "unsubscribe": _leave_words(_language_of(program, texts)),
        "help": "HELP",
        "support": program.support,
        "terms": program.terms_url,
        "privacy": program.privacy_url,
    }


def _language_of(program: Program, texts: Texts) -> str:
    return next((code for code, each in program.texts if each is texts), program.default_language)


@lru_cache(maxsize=64)
def _leave_words(language: str) -> str:
    return standard_way_out(language, LEAVE_LINK)


def way_out_of(program: Program, texts: Texts) -> str:
    """How the program's texts say how to stop, as a template. Nobody can answer a name: then it is a link."""
    is_name = any(each.isalpha() for each in program.sender)
    said = texts.way_out
    is_answerable = _NUMBER.search(said) is not None or "/u/" in said
    return said if not is_name or is_answerable else _BY_LINK


def compose(source: str, program: Program, texts: Texts, person: Mapping[str, str] | None = None) -> str:
    """The text as one person will read it. Fields that are not known fall back as the template says."""
    return templates.render(_parsed(source), {**(person or {}), **program_values(program, texts)})


@lru_cache(maxsize=512)
def _parsed(source: str) -> templates.Template:
    return templates.parse(source)


def person_values(name: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """A contact's own fields, under the names that templates use; empty ones are left to the fallback."""
    named = {
        templates.field_name(key).removeprefix(templates.ATTRIBUTE): value
        for key, value in attributes.items()
    }
    known = {key: value for key, value in named.items() if value}
    # A person's own word for a date or a brand is no fact of the sender, and would go out as it came.
    values = {key: value for key, value in known.items() if key not in templates.SENDER_FIELDS}
    values |= {f"{templates.ATTRIBUTE}{key}": value for key, value in known.items()}
    if name := name.strip():
        values |= {"customer name": name, "first name": name.split(maxsplit=1)[0]}
    return values


def disclosure(program: Program, language: str) -> str:
    """The wording as shown when asking: what a disclosure's digest is made of."""
    _, texts = program.texts_in(language)
    return _said_by_program(texts.disclosure, tuple(program_values(program, texts).items()))


def with_way_out(source: str, program: Program, texts: Texts, person: Mapping[str, str] | None = None) -> str:
    """The text as one person will read it, with the program's way out unless the template says one itself.

    Whether it does is asked of the template: somebody whose name is Stop must get the way out too.
    """
    text = compose(source, program, texts, person)
    if _says_way_out(source, tuple(program_values(program, texts).items())):
        return text
    return f"{text} {compose(way_out_of(program, texts), program, texts)}"


def reconfirming(
    source: str,
    program: Program,
    language: str,
    said_yes: date,
    person: Mapping[str, str] | None = None,
) -> str:
    """The text as one person will read it, with why it comes and how to leave in the place of the way out.

    `said_yes` is the day of the person's own consent.
    """
    found, texts = program.texts_in(language)
    return f"{compose(source, program, texts, person)} {why_it_comes(program, found, said_yes)}"


def why_it_comes(program: Program, language: str, said_yes: date) -> str:
    """The line that reconfirms. Raises `NoShippedTextError` where neither program nor language has one."""
    return about_consent("reconfirm", program, language, said_yes)


def about_consent(
    key: str, program: Program, language: str, said_yes: date, ends_on: date | None = None
) -> str:
    """A text about the person's own consent: `key` is one of `shipped_texts.SHIPPED`."""
    found, texts = program.texts_in(language)
    values = {
        "since": shipped_texts.day_in(found, said_yes),
        "until": "" if ends_on is None else shipped_texts.day_in(found, ends_on),
        "yes": texts.confirm_words[0],
    }
    return compose(shipped_texts.source_of(key, program.key, found, texts), program, texts, values)


def pieces(source: str, program: Program, texts: Texts, person: Mapping[str, str]) -> tuple[str, ...]:
    """What a personal text is made of: the text as it reads for anybody, and each value of the person's in it."""
    said = _said_with_way_out(
        source, way_out_of(program, texts), tuple(program_values(program, texts).items())
    )
    return (said, *dict.fromkeys(person[field] for field in _fields(source) if person.get(field)))


@lru_cache(maxsize=512)
def _said_with_way_out(source: str, way_out: str, values: tuple[tuple[str, str], ...]) -> str:
    said = _said_by_program(source, values)
    return said if has_way_out(said) else f"{said} {_said_by_program(way_out, values)}"


@lru_cache(maxsize=512)
def _fields(source: str) -> tuple[str, ...]:
    return templates.fields(_parsed(source))


@lru_cache(maxsize=512)
def _says_way_out(source: str, values: tuple[tuple[str, str], ...]) -> bool:
    return has_way_out(_said_by_program(source, values))


@lru_cache(maxsize=512)
def _said_by_program(source: str, values: tuple[tuple[str, str], ...]) -> str:
    """A text as it reads when nothing is known of the person."""
    return templates.render(_parsed(source), dict(values))


def has_way_out(text: str) -> bool:
    """Whether the text says how to stop. "Reply CANCEL to cancel it" does not: it asks for an answer."""
    return any(not asking.is_answer(text, match.span()) for match in _WAY_OUT.finditer(text))


def _names(text: str, brand_name: str) -> bool:
    """Whether a word begins as the brand does: "Olas erbjudanden" names Ola, "Cola" does not."""
    return re.search(rf"(?<!\w){re.escape(brand_name.casefold())}", text.casefold()) is not None


def text_facts(
    text: str,
    brand_name: str,
    labels: tuple[tuple[str, str], ...] = (),
    made_of: tuple[str, ...] = (),
) -> TextFacts:
    """What the gate has to know of a text. `labels` are those that rules ask about, with their positions.

    `made_of` are its `pieces`, where they are known. What a text contains is then looked for in each, which is quick:
    the first is the same for a whole campaign, and the rest are short. Whether the text reconfirms is not looked for:
    that takes longer, and few are asked.
    """
    measured = measure(text)
    return TextFacts(
        encoding=measured.encoding.value,
        segments=measured.segments,
        names_brand=_names(text, brand_name),
        has_way_out=has_way_out(text),
        characters=len(text),
        labels=labels_in(text, labels) if labels else (),
        elements=_elements(made_of or (text,)),
    )


def _elements(made_of: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({element for piece in made_of for element in elements_in(piece)}))
