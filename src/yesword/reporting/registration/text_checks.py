"""Checks of the texts: what the automatic ones say, what the samples show, and the words that they are answered to."""

import re
from collections.abc import Iterator
from typing import Final

from yesword.domain.composing import has_way_out
from yesword.domain.linting import links, selling
from yesword.domain.linting.parts import Wording, names, says
from yesword.domain.programs import OptIn, Program
from yesword.domain.rules.model.content import Part
from yesword.reporting.registration.fields import Collected, has_phone_number, links_in
from yesword.reporting.registration.findings import Finding, found
from yesword.reporting.registration.tables import LANGUAGE, Kind, limits, use_cases

_SAID: Final = (
    (
        "optin_message",
        (
            ("optin_brand", Part.BRAND),
            ("optin_frequency", Part.FREQUENCY),
            ("optin_rates", Part.RATES),
            ("optin_help", Part.HELP),
            ("optin_stop", Part.STOP),
        ),
    ),
    ("optout_message", (("optout_brand", Part.BRAND), ("optout_confirmed", Part.CONFIRMED_OUT))),
    ("help_message", (("help_brand", Part.BRAND), ("help_contact", Part.CONTACT))),
)
_CONFIRMATION: Final = (
    (Part.BRAND, "the brand"),
    (Part.PROGRAM, "the program"),
    (Part.RATES, "that message and data rates may apply"),
    (Part.HELP, "HELP"),
    (Part.STOP, "STOP"),
)
_KEYWORD: Final = re.compile(r"[A-Za-z0-9]+")
# Words that nearly every English text of a few words has one of, and that no other language we have texts in writes.
_ENGLISH: Final = frozenset(
    {
        "the",
        "your",
        "you",
        "to",
        "and",
        "our",
        "with",
        "reply",
        "this",
        "off",
        "new",
        "please",
        "now",
        "has",
        "are",
    }
)
_FEWEST_WORDS: Final = 4  # of fewer, nothing can be told
_WORDS: Final = re.compile(r"[^\W\d_]+")


def check_texts(kind: Kind, program: Program, fields: Collected) -> Iterator[Finding]:
    for field, parts in _SAID:
        said = Wording.of(getattr(fields, field), fields.language, program)
        for check, part in parts:
            if not says(part, said):
                yield found(kind, check, field, brand=program.brand_name, frequency=said.frequency)
    if program.opt_in is OptIn.DOUBLE:
        said = Wording.of(fields.optin_message, fields.language, program)
        lacking = [words for part, words in _CONFIRMATION if not says(part, said)]
        if lacking:
            yield found(kind, "confirmation_incomplete", "optin_message", what=", ".join(lacking))
    for field in ("optin_keywords", "optout_keywords", "help_keywords"):
        for keyword in getattr(fields, field):
            if not _KEYWORD.fullmatch(keyword):
                yield found(kind, "keyword_format", field, keyword=keyword)


def check_samples(kind: Kind, program: Program, fields: Collected, wanted: int) -> Iterator[Finding]:
    """`wanted` is the number of use cases that each need one."""
    field = "samples"
    fewest = max(limits(kind)[field].fewest or 1, wanted)
    if len(fields.samples) < fewest:
        yield found(kind, "samples_few", field, count=len(fields.samples), fewest=fewest)
    for place, sample in enumerate(fields.samples, start=1):
        if not names(sample, program.brand_name):
            yield found(kind, "sample_brand", field, place=place, brand=program.brand_name)
        if not has_way_out(sample):
            yield found(kind, "sample_stop", field, place=place)
        for span in links.shortened(sample):
            yield found(kind, "sample_shortener", field, place=place, host=links.host(sample[slice(*span)]))
    yield from _use_case(kind, fields)


def _use_case(kind: Kind, fields: Collected) -> Iterator[Finding]:
    use_case = use_cases().get(fields.use_case)
    if use_case is None or use_case.is_mixed:
        return
    sells = [bool(selling.sells(each, fields.language)) for each in fields.samples]
    if use_case.sells and sells and not any(sells):
        yield found(kind, "sample_use_case", "samples", what="No sample sells", use_case=use_case.code)
    for place, is_selling in enumerate(sells, start=1):
        if is_selling and not use_case.sells:
            what = f"Sample {place} sells"
            yield found(kind, "sample_use_case", "samples", what=what, use_case=use_case.code)


def check_flags(kind: Kind, fields: Collected, *, link: bool, phone: bool) -> Iterator[Finding]:
    """Whether what is said of the texts is what the samples show."""
    shown = (
        ("flag_link", "embedded_link", link, bool(links_in(fields.samples))),
        ("flag_phone", "embedded_phone", phone, has_phone_number(fields.samples)),
    )
    for check, field, is_said, is_shown in shown:
        if is_said is not is_shown:
            yield found(kind, check, field, said=_some(is_said), shown=_some(is_shown))


def _some(is_so: bool) -> str:  # noqa: FBT001
    return "some" if is_so else "no"


def check_english(kind: Kind, fields: Collected, own: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    """`own` are the operator's own texts, each with the field that it is in."""
    if fields.language != LANGUAGE:
        yield found(kind, "english", "message_flow", what="The program's texts are")
    for field, text in own:
        if not reads_as_english(text):
            yield found(kind, "english", field, what=f'"{text[:40].rstrip()}…" is')


def reads_as_english(text: str) -> bool:
    words = [word.casefold() for word in _WORDS.findall(links.without_links(text))]
    return len(words) < _FEWEST_WORDS or any(word in _ENGLISH for word in words)
