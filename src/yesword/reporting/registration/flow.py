"""How people come to say yes, in plain English: the message flow of a campaign, and the page that goes beside it.

English, because that is what the reviewers read; where people read another language, their wording is shown as it stands.
"""

from typing import Final

from yesword.domain.programs import OptIn, Program
from yesword.reporting.registration.details import BusinessDetails, Collection, Method
from yesword.reporting.registration.tables import LANGUAGE

_TITLES: Final = {
    Method.WEB_FORM: "Web form",
    Method.KEYWORD: "Keyword",
    Method.QR_CODE: "QR code",
    Method.PAPER_FORM: "Paper form",
    Method.VERBAL: "Asked aloud",
    Method.IMPORT: "Asked elsewhere before",
}


def told(
    program: Program,
    details: BusinessDetails,
    collections: tuple[Collection, ...],
    wordings: tuple[str, ...],
) -> str:
    """The message flow: every way in with its address and what people read there, what follows, and the way out."""
    ways = [
        f'{place}. {sentence(program, each)} People read: "{wording}"'
        for place, (each, wording) in enumerate(zip(collections, wordings, strict=True), start=1)
    ]
    return " ".join((*ways, then(program), _links(program, details)))


def page(
    program: Program,
    details: BusinessDetails,
    collections: tuple[Collection, ...],
    wordings: tuple[str, ...],
    confirmation: str,
    question: str,
) -> str:
    """The same as a page in Markdown, with what each way in looks like."""
    lines = [f"# How people join {program.name} of {program.brand_name}", ""]
    if not collections:
        lines += ["No way in is known yet.", ""]
    for place, (each, wording) in enumerate(zip(collections, wordings, strict=True), start=1):
        lines += [f"## {place}. {_TITLES[each.method]}", "", sentence(program, each), ""]
        lines += ["What people read:", "", *_quoted(wording), ""]
        if each.script:
            lines += ["What is said:", "", *_quoted(each.script), ""]
        if each.pictures:
            lines += ["Pictures of it:", "", *(f"- {picture}" for picture in each.pictures), ""]
    lines += ["## What follows", ""]
    if program.opt_in is OptIn.DOUBLE:
        lines += ["First we ask, and nobody gets anything before they agree:", "", *_quoted(question), ""]
        lines += ["Who agrees gets:", "", *_quoted(confirmation), ""]
    else:
        lines += ["Who joins gets at once:", "", *_quoted(confirmation), ""]
    lines += [
        "## How people leave",
        "",
        "By replying STOP to any text. One text confirms it, and no more come.",
        "",
    ]
    lines += ["## Privacy and terms", "", _links(program, details), ""]
    return "\n".join(lines)


def sentence(program: Program, way: Collection) -> str:
    """What people do on one way in."""
    where = f" ({way.where})" if way.where else ""
    at = f" at {way.url}" if way.url else ""
    keyword = program.keywords[0] if program.keywords else ""
    match way.method:
        case Method.WEB_FORM:
            door = ", which stands behind a sign-in," if way.is_public is False else ""
            box = " and tick a box that is not ticked beforehand" if way.box_is_ticked is False else ""
            return f"On a web form{where}{at}{door} people type their own number{box}."
        case Method.KEYWORD:
            return f"People text {keyword} to {program.sender}, as it is advertised{where}{at}."
        case Method.QR_CODE:
            return f"People scan a QR code{where}{at} that writes the text {keyword} to {program.sender}; they send it."
        case Method.PAPER_FORM:
            return f"People fill in a paper form{where}{at} with their own number, and sign it."
        case Method.VERBAL:
            return f"A member of staff asks aloud{where}{at}, by a fixed script, and notes the answer."
        case Method.IMPORT:
            return f"People agreed elsewhere before{where}{at}; the record of it was brought along."


def then(program: Program) -> str:
    """What follows on every way in."""
    if program.opt_in is OptIn.DOUBLE:
        _, texts = program.texts_in(LANGUAGE)
        return (
            f"A first text then asks them to confirm; only who answers {texts.confirm_words[0]} is joined, "
            "and a welcome says so."
        )
    return "A welcome text then says what they joined."


def _links(program: Program, details: BusinessDetails) -> str:
    shared = (
        " It says that opt-in data are not shared with others."
        if details.privacy_policy_says_not_shared
        else ""
    )
    return f"Privacy policy: {program.privacy_url}.{shared} Terms: {program.terms_url}."


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.splitlines()] or [">"]
