"""From a template to the very text: a program's own words filled in, the person's values, the way out where it is due."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
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
# The same for the one question of a sender that nobody can answer: see `store.confirm_links`.
CONFIRM_LINK: Final = "https://link.example/y/xxxxxxxxxxx"
_BY_LINK: Final = "[Unsubscribe]"
_LEAVE_LINKS: Final = re.compile(r"https?://\S+/u/")
_CONFIRM_LINKS: Final = re.compile(r"https?://\S+/y/\w")
# Where to send the word, from whatever sender the text is: "STOP au 36111", "STOP to 800123".
_SENT_ELSEWHERE: Final = re.compile(
    r"(?<!\w)[^\W\d_]{2,}(?:\s*:|\s+(?:sms|par sms))?(?:\s+(?:au|to|naar|an|til|till|al|a|para|na|numeroon))?\s+\+?\d{4,15}(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
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
    said = texts.way_out
    is_answerable = _NUMBER.search(said) is not None or "/u/" in said
    return said if not is_one_way(program) or is_answerable else _BY_LINK


def is_one_way(program: Program) -> bool:
    """Whether the program texts from a name, which nobody can answer."""
    return any(each.isalpha() for each in program.sender)


def question_of(program: Program, language: str) -> str:
    """The text that asks whoever has signed up, as a template. From a name it is answered by its link."""
    found, texts = program.texts_in(language)
    return (
        shipped_texts.shipped_or_english(found).ask_by_link if is_one_way(program) else texts.consent_request
    )


def question(program: Program, language: str) -> str:
    """The same as somebody reads it of whom nothing is known."""
    _, texts = program.texts_in(language)
    return compose(question_of(program, language), program, texts, ASKING)


# What only a question has.
ASKING: Final[Mapping[str, str]] = MappingProxyType({"confirm": CONFIRM_LINK})


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


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalText:
    """A template with all that is the program's in it: only the person's own fields are left. Made once for many people."""

    template: templates.Template
    way_out: str  # that follows it; empty where the template says one itself
    said: str  # as it reads for anybody, with the way out
    fields: tuple[str, ...]  # that are left

    def text(self, person: Mapping[str, str]) -> str:
        """As one person will read it. Fields that are not known fall back as the template says."""
        text = templates.render(self.template, person)
        return f"{text} {self.way_out}" if self.way_out else text

    def pieces(self, person: Mapping[str, str]) -> tuple[str, ...]:
        """What the text is made of: as it reads for anybody, and each value of the person's in it."""
        return (self.said, *dict.fromkeys(person[field] for field in self.fields if person.get(field)))


def personal(source: str, program: Program, texts: Texts) -> PersonalText:
    """Whether the template says a way out is asked of itself: somebody whose name is Stop must get the way out too."""
    values = program_values(program, texts)
    template = templates.filled(_parsed(source), values)
    known = tuple(values.items())
    said = _said_by_program(source, known)
    way_out = "" if _says_way_out(source, known) else compose(way_out_of(program, texts), program, texts)
    return PersonalText(
        template=template,
        way_out=way_out,
        said=f"{said} {way_out}" if way_out else said,
        fields=templates.fields(template),
    )


def with_way_out(source: str, program: Program, texts: Texts, person: Mapping[str, str] | None = None) -> str:
    """The text as one person will read it, with the program's way out unless the template says one itself."""
    return personal(source, program, texts).text(person or {})


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
    is_said = _says_way_out(source, tuple(program_values(program, texts).items()))
    why = why_it_comes(program, found, said_yes, says_way_out=is_said)
    return f"{compose(source, program, texts, person)} {why}"


def why_it_comes(program: Program, language: str, said_yes: date, *, says_way_out: bool = False) -> str:
    """The line that reconfirms. Raises `NoShippedTextError` where neither program nor language has one.

    One way out is enough: the text's own where it `says_way_out`, or else the link where the program has people leave
    by it.
    """
    line = about_consent("reconfirm", program, language, said_yes)
    _, texts = program.texts_in(language)
    way_out = "" if says_way_out else compose(way_out_of(program, texts), program, texts)
    if not says_way_out and (texts.reconfirm or LEAVE_LINK not in way_out):
        return line
    why = _without_way_out(line)
    return f"{why} {way_out}".strip() if why else line


def _without_way_out(text: str) -> str:
    """Without the sentences that say how to stop, and a question that one of them answers: "Stop? Reply STOP."."""
    kept: list[str] = []
    for each in _SENTENCE_END.split(text):
        if not has_way_out(each):
            kept.append(each)
        elif kept and kept[-1].endswith("?"):
            kept.pop()
    return " ".join(kept)


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
    return compose(_source_about(key, program, found, texts), program, texts, values)


def _source_about(key: str, program: Program, language: str, texts: Texts) -> str:
    """The program's own words, or what ships; from a name, with the link in the place of the word to answer."""
    words = shipped_texts.words_in(language)
    by_link = _WITHOUT_ANSWER.get(key)
    if is_one_way(program) and words is not None and by_link is not None and not getattr(texts, key):
        return str(getattr(words, by_link))
    return shipped_texts.source_of(key, program.key, language, texts)


_WITHOUT_ANSWER: Final = {"reconfirm": "why_by_link", "renewal_notice": "notice_by_link"}


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


def has_way_out_elsewhere(text: str) -> bool:
    """Whether one of the ways out needs no answer to the sender: a link, or a word that goes to a number."""
    return says_where_to_send(text) or _LEAVE_LINKS.search(text) is not None


def says_where_to_send(text: str) -> bool:
    """Whether a word that stops has a number with it, to which it goes."""
    if _NUMBER.search(text) is None:
        return False  # as most texts, and this is quickly seen
    return any(has_way_out(match[0]) for match in _SENT_ELSEWHERE.finditer(text))


def asks_by_link(text: str) -> bool:
    """Whether a question can be answered by a link of its own."""
    return _CONFIRM_LINKS.search(text) is not None


def _names(text: str, brand_name: str) -> bool:
    """Whether a word begins as the brand does: "Olas erbjudanden" names Ola, "Cola" does not."""
    return re.search(rf"(?<!\w){re.escape(brand_name.casefold())}", text.casefold()) is not None


@lru_cache(maxsize=256)  # a campaign that names nobody says the same to everybody
def text_facts(
    text: str,
    brand_name: str,
    labels: tuple[tuple[str, str], ...] = (),
    made_of: tuple[str, ...] = (),
) -> TextFacts:
    """What the gate has to know of a text. `labels` are those that rules ask about, with their positions.

    `made_of` are its pieces, see `PersonalText`, where they are known. What a text contains is then looked for in each, which is quick:
    the first is the same for a whole campaign, and the rest are short. Whether the text reconfirms is not looked for:
    that takes longer, and few are asked.
    """
    measured = measure(text)
    carried = labels_in(text, labels) if labels else ()
    return TextFacts(
        encoding=measured.encoding.value,
        segments=measured.segments,
        names_brand=_names(text, brand_name),
        has_way_out=has_way_out(text),
        characters=len(text),
        labels=carried,
        elements=_elements(made_of or (text,)),
        # A label may be a way out by itself, such as STOP 36 with the number that follows.
        has_way_out_elsewhere=has_way_out_elsewhere(text) or any(has_way_out(each) for each in carried),
        asks_by_link=asks_by_link(text),
    )


def _elements(made_of: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({element for piece in made_of for element in elements_in(piece)}))
