"""Collection points for tests: published on a world's club, and what somebody sends from one."""

from dataclasses import replace
from typing import Any

from factories.worlds import ANNA, World
from yesword.collect import points
from yesword.collect.forms import Submission
from yesword.collect.points import Point
from yesword.domain import phone
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.evidence.probe import Box, Click, Device, Probe, Rendering
from yesword.store.programs import disclosure_digest

CONSENT = "Yes, [Brand] may text me offers, [Frequency]. Rates may apply. STOP to stop, HELP for help. [Terms] [Privacy]"


def definition(here: World, **changes: Any) -> PointDefinition:
    usual = PointDefinition(
        kind=PointKind.FORM,
        name="Shop door",
        program=here.club.id,
        program_version=here.club.version,
        confirming=Confirming.ASK,
        wordings=(("en", Wording(consent=CONSENT)),),
    )
    return replace(usual, **changes)


def published(here: World, key: str = "door", **changes: Any) -> Point:
    return points.publish(here.club.brand, key, definition(here, **changes))


def sent(point: Point, number: str = ANNA, nonce: str = "a-nonce-of-the-page", **more: Any) -> Submission:
    return Submission(
        point=point, language="en", number=phone.parse(number, country=None), nonce=nonce, **more
    )


def probe(point: Point, nonce: str = "a-nonce-of-the-page", **changes: Any) -> Probe:
    """What a browser tells of a page that shows the wording as it should."""
    text = consent_text(point.definition, point.program, "en")
    rendering = Rendering(
        text=text,
        sha256=disclosure_digest(text),
        language="en",
        font_tenths_px=160,
        colour="#1a1a1a",
        background="#ffffff",
        contrast_hundredths=1740,
        box=Box(x=20, y=400, width=300, height=90),
        visible_ms=4000,
        is_covered=False,
        opacity_percent=100,
        display="inline",
        button_distance_px=16,
    )
    return Probe(
        form_version=point.digest,
        nonce=nonce,
        url="https://texts.example.org/f/door?s=poster",
        rendering=replace(rendering, **changes),
        click=Click(was_ticked=False, is_trusted=True),
        device=Device(
            viewport_width=390,
            viewport_height=844,
            pixel_ratio_percent=300,
            page_ms=9000,
            had_focus=True,
            was_pasted=False,
            was_autofilled=True,
        ),
    )
