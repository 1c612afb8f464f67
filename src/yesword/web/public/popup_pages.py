"""How a pop-up looks: what its template is given, whether a visitor sees it, its author, or whoever looks at the evidence."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from yesword.collect.reversing import Code
from yesword.domain.collecting.points import PointDefinition
from yesword.domain.collecting.popups import Audience, PopupOptions, ReaderWords, Way, read_options
from yesword.domain.programs import Program
from yesword.web import languages, qr
from yesword.web.paths import STATIC_FOLDER
from yesword.web.public import form_pages
from yesword.web.public.form_pages import NOTHING, Typed, accent_style

_FOLDER: Final = STATIC_FOLDER / "yesword"
_SAMPLE: Final = "••••"  # in place of a code, where none was given out


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """What sites load, whole: it loads nothing else."""

    body: bytes
    packed: bytes
    digest: str


@cache
def script() -> Script:
    styles = json.dumps((_FOLDER / "popup.css").read_text("utf-8"), ensure_ascii=False)
    parts = [(_FOLDER / name).read_text("utf-8") for name in ("probe.js", "popup.js")]
    # In a room of its own, so that the page's other scripts find no name of it and it none of theirs.
    body = "(() => {{\n{}\n}})();\n".format("\n".join(parts)).replace("__STYLES__)", f"{styles})").encode()
    # Without a time, so that each process serves the same bytes.
    return Script(body=body, packed=gzip.compress(body, 9, mtime=0), digest=hashlib.sha256(body).hexdigest())


def context_of(
    definition: PointDefinition,
    program: Program,
    language: str,
    audience: Audience,
    typed: Typed = NOTHING,
) -> dict[str, Any]:
    """All that it shows of its point. Call it with the language of the page active."""
    options = read_options(definition)
    context = form_pages.context_of(definition, program, language, typed)
    words = context["words"]
    if audience is Audience.READER:
        for_readers = options.words_for_readers(language)
        words = replace(
            words,
            title=for_readers.title or words.title,
            benefit=for_readers.benefit or words.benefit,
        )
    if options.way is Way.TEXT and not definition.wording_in(language).button:
        words = replace(words, button=_("Sign up by text"))
    return {**context, "words": words, "way": options.way.value}


def code_context(code: Code) -> dict[str, Any]:
    """The code that a person texts: as words, as a link and for a camera."""
    label = _("Text %(text)s to %(sender)s") % {"text": code.text, "sender": code.sender}
    return {
        "text": code.text,
        "sender": code.sender,
        "link": qr.text_link(code.sender, code.text),
        "drawing": qr.drawing(qr.text_code(code.sender, code.text), label),
    }


def look_of(options: PopupOptions, definition: PointDefinition, language: str) -> Mapping[str, str]:
    """What the script draws the dialog by."""
    return {
        "language": language,
        "direction": languages.direction_of(language),
        "theme": options.theme.value,
        "position": options.position.value,
        "style": accent_style(definition.accent).replace(":root", ":host"),
    }


def sample(definition: PointDefinition, program: Program, language: str, audience: Audience) -> str:
    """What stands in the dialog, as its author sees it: it sends nothing, and gives out no code."""
    with translation.override(language if language in languages.CODES else "en"):
        context = context_of(definition, program, language, audience)
        context |= _sample_code(program, language)
        return render_to_string("public/popup.html", {**context, "is_preview": True})


def kept_page(definition: PointDefinition, program: Program, language: str) -> str:
    """All that it may say, as one file that loads nothing, to be kept and pictured when a version is published."""
    styles = (_FOLDER / "popup.css").read_text("utf-8") + accent_style(definition.accent)
    return _whole(definition, program, language, styles)


def preview_page(definition: PointDefinition, program: Program, language: str) -> str:
    """The same for its author while writing; within a page of ours, where a style has to be a file."""
    return _whole(definition, program, language, "")


def _whole(definition: PointDefinition, program: Program, language: str, styles: str) -> str:
    options = read_options(definition)
    audiences = [Audience.NOBODY]
    if options.words_for_readers(language) != ReaderWords():
        audiences.append(Audience.READER)
    context = {
        "language": language,
        "direction": languages.direction_of(language),
        "styles": styles,
        "accent": definition.accent.lstrip("#"),
        "theme": options.theme.value,
        "title": definition.name,
        # Rendered by our own templates a line above.
        "parts": [mark_safe(sample(definition, program, language, each)) for each in audiences],  # noqa: S308
    }
    return render_to_string("public/popup_kept.html", context)


def _sample_code(program: Program, language: str) -> dict[str, Any]:
    _found, texts = program.texts_in(language)
    return {"text": f"{texts.confirm_words[0].upper()} {_SAMPLE}", "sender": program.sender, "drawing": ""}
