"""summary.pdf: the timeline and the wordings, to be read by people. It is drawn from summary.json, which is told from
the pack's other files; neither proves anything by itself.

The font ships with the package (SIL OFL 1.1). It has the letters of the languages that we speak; a character that it lacks,
such as an emoji, is shown by its code point, so that nothing that was shown to a person is passed over in silence.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from importlib import resources
from typing import Final

import fpdf
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from yesword.domain.decisions import Sentence
from yesword.domain.explain import FormatDay, Translate, english_day, identity
from yesword.proof.packs.sentences import render
from yesword.proof.packs.summary import Summary
from yesword.proof.packs.timeline import Line, Wording

_FONTS: Final = resources.files(__package__) / "fonts"
_FAMILY: Final = "hanken"
_FILES: Final = {"": "hanken-grotesk-regular.ttf", "B": "hanken-grotesk-bold.ttf"}

# Millimetres and points.
_MARGIN: Final = 20.0
_INDENT: Final = 6.0
_LABEL: Final = 28.0
_GAP: Final = 1.5
_TITLE: Final = 20
_HEADING: Final = 13
_TEXT: Final = 10
_SMALL: Final = 8.5
_INK: Final = (28, 28, 30)
_QUIET: Final = (95, 95, 100)
_RULE: Final = (205, 205, 210)
_PAPER: Final = (246, 246, 247)

Say = Callable[[Sentence], str]


MADE_WITH: Final = f"fpdf2 {fpdf.__version__}"


def write_summary(page: Summary, translate: Translate = identity, day: FormatDay = english_day) -> bytes:
    """The same summary gives the same bytes, with the same version of what draws it."""
    say = _saying(translate, day)
    sheet = _Sheet(page.pack)
    try:
        _draw(sheet, page, say)
        return bytes(sheet.output())
    finally:
        for font in sheet.fonts.values():  # which stay open where something else was drawn than a summary
            if isinstance(font, TTFFont):
                font.close()


def _draw(sheet: "_Sheet", page: Summary, say: Say) -> None:
    sheet.set_creation_date(page.made_at)
    sheet.set_title(sheet.drawable(say(Sentence.of("pack.title"))))
    sheet.set_lang("en")
    sheet.add_page()
    _head(sheet, page, say)
    at = page.timeline.at.astimezone(UTC)
    asked = Sentence.of("pack.state", day_on=at.date().isoformat(), time=at.strftime("%H:%M"))
    sheet.heading(say(asked))
    for sentence in page.timeline.state:
        sheet.words(say(sentence), size=_HEADING - 2)
    sheet.heading(say(Sentence.of("pack.timeline")))
    for line in page.timeline.lines:
        _line(sheet, line, say)
    if page.timeline.wordings:
        sheet.heading(say(Sentence.of("pack.wordings")))
    for wording in page.timeline.wordings:
        _wording(sheet, wording, say)
    sheet.heading(say(Sentence.of("pack.check")))
    for each in ("pack.check.offline", "pack.check.limits"):
        sheet.words(say(Sentence.of(each)))


def _saying(translate: Translate, day: FormatDay) -> Say:
    def say(sentence: Sentence) -> str:
        return render(sentence, translate, day)

    return say


def _head(sheet: "_Sheet", page: Summary, say: Say) -> None:
    sheet.words(say(Sentence.of("pack.title")), size=_TITLE, style="B")
    utc = page.made_at.astimezone(UTC)
    made = Sentence.of("pack.made", day_on=utc.date().isoformat(), time=utc.strftime("%H:%M"))
    purpose = Sentence.of(f"pack.purpose.{page.purpose}")
    sheet.words(f"{say(made)} {say(purpose)}", colour=_QUIET)
    sheet.ln(3)
    for label, value in page.facts():
        sheet.fact(say(label), value if isinstance(value, str) else say(value))


def _line(sheet: "_Sheet", line: Line, say: Say) -> None:
    sheet.need(30)
    sheet.ln(3)
    sheet.rule()
    sheet.words(f"{line.seq}   {say(line.title)}", size=_TEXT + 1, style="B")
    sheet.words(f"{say(line.at)}   {line.id}", colour=_QUIET, size=_SMALL)
    for sentence in line.facts:
        sheet.words(say(sentence))
    sheet.ln(_GAP)
    if line.grade is not None:
        sheet.words(say(Sentence.of("happened.grade", grade=line.grade.value)), style="B")
    for sentence in line.backing:
        sheet.words(say(sentence), indent=_INDENT)
    if line.unproved:
        sheet.words(say(Sentence.of("happened.unproved")), style="B", size=_SMALL)
    for sentence in line.unproved:
        sheet.words(say(sentence), indent=_INDENT, size=_SMALL, colour=_QUIET)
    sheet.ln(_GAP)
    for sentence in line.place:
        sheet.words(say(sentence), size=_SMALL)


def _wording(sheet: "_Sheet", wording: Wording, say: Say) -> None:
    is_own = bool(wording.version)
    told = Sentence.of(
        "pack.wording" if is_own else "pack.wording.own",
        number=wording.number,
        language=wording.language,
        **({"version": wording.version} if is_own else {}),
    )
    sheet.need(30)
    sheet.ln(2)
    sheet.words(say(told), style="B")
    sheet.words(f"SHA-256 {wording.sha256}", size=_SMALL, colour=_QUIET)
    sheet.quote(wording.text)


class _Sheet(FPDF):
    """A4, one column, with the pack's id and the page's number at the foot."""

    def __init__(self, pack: str) -> None:
        super().__init__(format="A4")
        self._pack = pack
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        for style, file in _FILES.items():
            with resources.as_file(_FONTS / file) as path:
                self.add_font(_FAMILY, style, path)
        self.set_font(_FAMILY, size=_TEXT)
        self._known = frozenset.intersection(*(frozenset(map(chr, each)) for each in self._maps()))

    def drawable(self, text: str) -> str:
        """With every character that the font lacks as its code point."""
        return "".join(
            char if char in self._known or char == "\n" else _stand_in(char)
            for char in text.replace("\r\n", "\n").replace("\r", "\n")
        )

    def _maps(self) -> Iterator[Iterable[int]]:
        """The code points that each face can draw."""
        for font in self.fonts.values():
            assert isinstance(font, TTFFont), "only our own faces were added"
            yield font.cmap

    def footer(self) -> None:
        self.set_y(-14)
        self._pen(_SMALL, "", _QUIET)
        self.cell(0, 5, f"{self._pack} · {self.page_no()}", align="R")

    def words(
        self,
        text: str,
        *,
        size: float = _TEXT,
        style: str = "",
        colour: tuple[int, int, int] = _INK,
        indent: float = 0.0,
    ) -> None:
        self._pen(size, style, colour)
        self.set_x(_MARGIN + indent)
        self.multi_cell(
            self.epw - indent, size * 0.5, self.drawable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def heading(self, text: str) -> None:
        self.need(30)
        self.ln(7)
        self.words(text, size=_HEADING, style="B")
        self.ln(1)

    def fact(self, label: str, value: str) -> None:
        self._pen(_TEXT, "", _QUIET)
        top = self.get_y()
        self.cell(_LABEL, _TEXT * 0.5, self.drawable(label))
        self.set_y(top)
        self.words(value, indent=_LABEL)

    def quote(self, text: str) -> None:
        """The text in its own lines, on a ground of its own."""
        self._pen(_TEXT, "", _INK)
        self.set_fill_color(*_PAPER)
        self.multi_cell(
            0,
            _TEXT * 0.52,
            self.drawable(text),
            align="L",
            fill=True,
            padding=3,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def rule(self) -> None:
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.ln(2)

    def need(self, height: float) -> None:
        """Begin a new page unless so much is left of this one."""
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()

    def _pen(self, size: float, style: str, colour: tuple[int, int, int]) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*colour)


def _stand_in(char: str) -> str:
    return " " if char.isspace() else f"[U+{ord(char):04X}]"
