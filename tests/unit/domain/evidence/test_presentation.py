"""What a probe says for or against the wording having been shown as it should be."""

import colorsys
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.evidence.presentation import check_probe, contrast, shown_contrast
from yesword.domain.evidence.probe import Box, Click, Probe, Rendering
from yesword.domain.evidence.sentences import render
from yesword.domain.linting.finding import Severity

TEXT = "Yes, text me the club's offers."
DIGEST = sha256(TEXT.encode()).hexdigest()


def probe(*, was_ticked=False, is_trusted=True, **rendering) -> Probe:
    shown = {
        "text": TEXT,
        "sha256": DIGEST,
        "language": "en",
        "font_tenths_px": 160,
        "colour": "#000000",
        "background": "#ffffff",
        "contrast_hundredths": 2100,
        "box": Box(x=0, y=0, width=300, height=80),
        "visible_ms": 5000,
        "is_covered": False,
        "opacity_percent": 100,
        "display": "block",
        "button_distance_px": 20,
        **rendering,
    }
    return Probe(
        form_version="a" * 64,
        nonce="bm9uY2UtZm9yLW9uY2U",
        url="https://example.org/",
        rendering=Rendering(**shown),
        click=Click(was_ticked=was_ticked, is_trusted=is_trusted),
    )


def told(found: Probe) -> dict[str, Severity]:
    return {each.code: each.severity for each in check_probe(found, DIGEST)}


def test_nothing_is_said_against_a_wording_that_was_shown_well():
    assert told(probe()) == {}
    assert told(probe(was_ticked=None)) == {}


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        pytest.param({"text": TEXT + " "}, "other_wording", id="another wording by a space"),
        pytest.param({"sha256": "b" * 64}, "other_wording", id="a digest that the browser made up"),
        pytest.param({"display": "none"}, "not_shown", id="not displayed"),
        pytest.param({"box": Box(x=0, y=0, width=300, height=0)}, "not_shown", id="without height"),
        pytest.param({"box": Box(x=0, y=0, width=0, height=80)}, "not_shown", id="without width"),
        pytest.param({"opacity_percent": 0}, "transparent", id="transparent"),
        pytest.param({"visible_ms": 0}, "never_in_view", id="below the edge of the window"),
        pytest.param({"is_covered": True}, "covered", id="behind a banner"),
        pytest.param({"was_ticked": True}, "ticked_at_first", id="ticked beforehand"),
        pytest.param({"is_trusted": False}, "click_by_program", id="sent by a program"),
    ],
)
def test_some_findings_say_that_nobody_agreed_to_these_words(shown, code):
    found = {each.code: each for each in check_probe(probe(**shown), DIGEST)}
    assert found[code].is_contradiction
    assert found[code].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("shown", "findings"),
    [
        pytest.param({"font_tenths_px": 119}, {"font_small": Severity.ERROR}, id="11.9 px"),
        pytest.param({"font_tenths_px": 120}, {"font_smallish": Severity.WARNING}, id="12 px"),
        pytest.param({"font_tenths_px": 159}, {"font_smallish": Severity.WARNING}, id="15.9 px"),
        pytest.param({"visible_ms": 999}, {"seen_briefly": Severity.ERROR}, id="in view for 999 ms"),
        pytest.param({"visible_ms": 1000}, {}, id="in view for a second"),
        pytest.param(
            {"button_distance_px": 101}, {"far_from_button": Severity.ERROR}, id="far from the button"
        ),
        pytest.param({"button_distance_px": 100}, {}, id="beside the button"),
        pytest.param(
            {"colour": "#777777", "contrast_hundredths": 447},
            {"contrast_low": Severity.ERROR},
            id="4.48 to 1",
        ),
        pytest.param({"colour": "#767676", "contrast_hundredths": 454}, {}, id="4.54 to 1"),
        pytest.param(
            {"colour": "#999999", "contrast_hundredths": 2100},
            {"contrast_low": Severity.ERROR, "contrast_misreported": Severity.WARNING},
            id="a browser that says more than its colours",
        ),
        pytest.param({"opacity_percent": 40}, {"contrast_low": Severity.ERROR}, id="black, at 40 percent"),
        pytest.param(
            {"colour": "#00000066", "contrast_hundredths": 285},
            {"contrast_low": Severity.ERROR},
            id="the same by its colour",
        ),
    ],
)
def test_other_findings_make_it_weaker(shown, findings):
    assert told(probe(**shown)) == findings
    assert not any(each.is_contradiction for each in check_probe(probe(**shown), DIGEST))


def test_the_gravest_comes_first():
    found = check_probe(probe(font_tenths_px=100, was_ticked=True, contrast_hundredths=500), DIGEST)
    assert [each.code for each in found] == ["ticked_at_first", "font_small", "contrast_misreported"]


def test_a_ratio_is_cut_and_never_rounded_up_to_enough():
    low = next(each for each in check_probe(probe(colour="#777777"), DIGEST) if each.code == "contrast_low")
    assert render(low.sentence) == "The contrast of the wording was 4.47 to 1. It should be 4.5 at least."


# --- contrast, against figures that WCAG's own pages and tools give ------------------------------------------


@pytest.mark.parametrize(
    ("colour", "background", "ratio"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="black on white"),
        pytest.param("#ffffff", "#000000", 21.0, id="white on black"),
        pytest.param("#ffffff", "#ffffff", 1.0, id="white on white"),
        pytest.param("#777777", "#ffffff", 4.48, id="grey that just fails"),
        pytest.param("#767676", "#ffffff", 4.54, id="grey that just does"),
        pytest.param("#ff0000", "#ffffff", 4.0, id="red on white"),
        pytest.param("#0000ff", "#ffffff", 8.59, id="blue on white"),
        pytest.param("#333333", "#ffffff", 12.63, id="dark grey on white"),
        pytest.param("#7f7f7f", "#ffffff", 4.0, id="the grey in the middle"),
        pytest.param("#00000080", "#ffffff", 4.0, id="black, half to be seen through, is that grey"),
    ],
)
def test_the_contrast_is_that_of_wcag(colour, background, ratio):
    assert contrast(colour, background) == pytest.approx(ratio, abs=0.005)


levels = st.integers(0, 255)
opaque = st.builds(lambda red, green, blue: f"#{red:02x}{green:02x}{blue:02x}", levels, levels, levels)


@given(opaque, opaque)
def test_contrast_goes_from_1_to_21_and_does_not_ask_which_is_which(one, other):
    assert 1 <= contrast(one, other) <= 21.000001
    assert contrast(one, other) == pytest.approx(contrast(other, one))


@given(opaque)
def test_a_colour_has_no_contrast_to_itself_and_none_when_it_is_transparent(colour):
    assert contrast(colour, colour) == pytest.approx(1)
    assert contrast(f"{colour}00", "#ffffff") == pytest.approx(1)
    assert shown_contrast(colour, "#123456", 0) == pytest.approx(1)


@given(st.floats(0, 1), levels, levels)
def test_of_greys_the_darker_has_more_contrast_to_white(hue, one, other):
    darker, lighter = sorted((one, other))
    red, green, blue = (round(each) for each in colorsys.hsv_to_rgb(hue, 0, darker))
    assert contrast(f"#{red:02x}{green:02x}{blue:02x}", "#ffffff") >= contrast(
        f"#{lighter:02x}{lighter:02x}{lighter:02x}", "#ffffff"
    )
