"""What a presentation probe says for or against the wording having been shown as it should be.

The thresholds are the house's, after the yardsticks of consent certificates and WCAG 2.2. No law names a font size
here, so a small one makes the evidence weaker and permits or refuses nothing by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yesword.domain.decisions import Argument, Sentence
from yesword.domain.evidence.probe import ENOUGH_VISIBLE_MS, Probe
from yesword.domain.linting.finding import Severity

LEAST_FONT_TENTHS_PX: Final = 120
GOOD_FONT_TENTHS_PX: Final = 160
LEAST_CONTRAST: Final = 4.5  # WCAG 2.2, success criterion 1.4.3, level AA, for text of a usual size
FARTHEST_BUTTON_PX: Final = 100  # of a button that stands beside the wording
_CONTRAST_APART: Final = 0.1  # rounding explains no more than this


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    code: str  # stable, e.g. "font_small"
    severity: Severity  # an error weakens the evidence, a warning or advice does not
    sentence: Sentence
    is_contradiction: bool = (
        False  # by this, nobody agreed to these words: they were others, unseen, or ticked for them
    )


def check_probe(probe: Probe, disclosure: str) -> tuple[Finding, ...]:
    """Gravest first. `disclosure` is the SHA-256 of the wording that the consent is said to be to."""
    found = (*_contradictions(probe, disclosure), *_weaknesses(probe))
    return tuple(sorted(found, key=lambda each: (not each.is_contradiction, _ORDER[each.severity])))


_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}


def _contradictions(probe: Probe, disclosure: str) -> Iterator[Finding]:
    rendering, click = probe.rendering, probe.click
    if probe.sha256 != disclosure or rendering.sha256 != disclosure:
        yield _against("other_wording")
    if rendering.display == "none" or rendering.box.width == 0 or rendering.box.height == 0:
        yield _against("not_shown")
    elif rendering.opacity_percent == 0:
        yield _against("transparent")
    elif rendering.visible_ms == 0:
        yield _against("never_in_view")
    if rendering.is_covered:
        yield _against("covered")
    if click.was_ticked:
        yield _against("ticked_at_first")
    if not click.is_trusted:
        yield _against("click_by_program")


def _weaknesses(probe: Probe) -> Iterator[Finding]:
    rendering = probe.rendering
    font = f"{rendering.font_tenths_px / 10:g}"
    if rendering.font_tenths_px < LEAST_FONT_TENTHS_PX:
        yield _finding("font_small", Severity.ERROR, font=font, least=LEAST_FONT_TENTHS_PX // 10)
    elif rendering.font_tenths_px < GOOD_FONT_TENTHS_PX:
        yield _finding("font_smallish", Severity.WARNING, font=font, good=GOOD_FONT_TENTHS_PX // 10)
    measured = shown_contrast(rendering.colour, rendering.background, rendering.opacity_percent)
    if measured < LEAST_CONTRAST:
        yield _finding("contrast_low", Severity.ERROR, contrast=_ratio(measured), least=str(LEAST_CONTRAST))
    own, told = contrast(rendering.colour, rendering.background), rendering.contrast_hundredths / 100
    if abs(own - told) > _CONTRAST_APART:
        yield _finding("contrast_misreported", Severity.WARNING, told=_ratio(told), contrast=_ratio(own))
    if 0 < rendering.visible_ms < ENOUGH_VISIBLE_MS:
        yield _finding("seen_briefly", Severity.ERROR, shown_ms=rendering.visible_ms)
    if rendering.button_distance_px > FARTHEST_BUTTON_PX:
        yield _finding(
            "far_from_button",
            Severity.ERROR,
            distance=rendering.button_distance_px,
            farthest=FARTHEST_BUTTON_PX,
        )


def _finding(code: str, severity: Severity, **args: Argument) -> Finding:
    return Finding(code=code, severity=severity, sentence=Sentence.of(f"probe.{code}", **args))


def _against(code: str) -> Finding:
    return Finding(
        code=code, severity=Severity.ERROR, sentence=Sentence.of(f"probe.{code}"), is_contradiction=True
    )


def _ratio(value: float) -> str:
    """Cut, not rounded: 4.499 is not 4.5."""
    return f"{int(value * 100 + 1e-9) / 100:g}"


# --- contrast ------------------------------------------------------------------------------------------------

_Rgb = tuple[float, float, float]


def contrast(colour: str, background: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21. A colour may be #rrggbbaa; the background is opaque."""
    return shown_contrast(colour, background, 100)


def shown_contrast(colour: str, background: str, opacity_percent: int) -> float:
    """The same of letters that are themselves to be seen through: they are mixed with what lies behind them."""
    behind = _rgb(background)
    alpha = (int(colour[7:9], 16) / 255 if len(colour) == 9 else 1.0) * opacity_percent / 100
    red, green, blue = (
        alpha * front + (1 - alpha) * back for front, back in zip(_rgb(colour), behind, strict=True)
    )
    darker, lighter = sorted((_luminance((red, green, blue)), _luminance(behind)))
    return (lighter + 0.05) / (darker + 0.05)


def _rgb(colour: str) -> _Rgb:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def _luminance(rgb: _Rgb) -> float:
    """Relative luminance, as WCAG 2.2 defines it for sRGB."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (part / 255 for part in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
