"""From a template to the very text: a program's own words filled in, the person's values, the way out where it is due."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from yesword.domain import templates
from yesword.domain.facts import TextFacts
from yesword.domain.programs import Program, Texts
from yesword.domain.text import measure

# What a way out looks like whatever the language: a word that stops, in capitals as the trade writes it, or a link.
_WAY_OUT: Final = re.compile(r"\b(STOPP?|AFMELD|AVMELD|END|ARRET|BAJA)\b|https?://\S+/u/")


def program_values(program: Program, texts: Texts) -> dict[str, str]:
    """The fields that every text of the program may use."""
    return {
        "brand": program.brand_name,
        "program": program.name,
        "frequency": texts.frequency,
        "keyword": program.keywords[0] if program.keywords else "",
        "code": program.sender,
        "stop": "STOP",
        "help": "HELP",
        "support": program.support,
        "terms": program.terms_url,
        "privacy": program.privacy_url,
    }


def compose(source: str, program: Program, texts: Texts, person: Mapping[str, str] | None = None) -> str:
    """The text as one person will read it. Fields that are not known fall back as the template says."""
    return templates.render(_parsed(source), {**(person or {}), **program_values(program, texts)})


@lru_cache(maxsize=512)
def _parsed(source: str) -> templates.Template:
    return templates.parse(source)


def person_values(name: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """A contact's own fields, under the names that templates use; empty ones are left to the fallback."""
    values = {templates.field_name(key): value for key, value in attributes.items() if value}
    values |= {f"attribute:{key}": value for key, value in values.items()}
    if name:
        values |= {"customer name": name, "first name": name.split(maxsplit=1)[0]}
    return values


def disclosure(program: Program, language: str) -> str:
    """The wording as shown when asking: what a disclosure's digest is made of."""
    _, texts = program.texts_in(language)
    return compose(texts.disclosure, program, texts)


def with_way_out(text: str, program: Program, texts: Texts) -> str:
    return text if _WAY_OUT.search(text) else f"{text} {compose(texts.way_out, program, texts)}"


def text_facts(text: str, brand_name: str) -> TextFacts:
    measured = measure(text)
    return TextFacts(
        encoding=measured.encoding,
        segments=measured.segments,
        names_brand=brand_name.casefold() in text.casefold(),
        has_way_out=_WAY_OUT.search(text) is not None,
    )
