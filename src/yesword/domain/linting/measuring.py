"""What the gate has to know of a text's words, measured before it: required labels, forbidden elements, and whether the
text says why it comes.

Fast, because every text of a campaign passes here, and free of rules: what is required is the caller's to say.
"""

import functools
import re
from typing import Final

from yesword.domain.linting.labels import ways
from yesword.domain.linting.links import links, phone_numbers, shortened
from yesword.domain.linting.patterns import Many, is_in, plain
from yesword.domain.linting.selling import sells
from yesword.domain.linting.wordings import in_language

# What may follow a label at the end of a text: a number to call, a link, marks.
_TAIL: Final = re.compile(r"[\s\d+().:/,;!-]*(?:https?://\S+)?\s*")
_CACHED: Final = 4096


@functools.lru_cache(maxsize=_CACHED)
def labels_in(text: str, labels: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Of the labels (literal, position) those that the text carries where they belong, each once, in their order.

    The position is first, anywhere or end. A label wanted in two places counts when it stands in both. After one at the
    end a phone number or a link may follow, as in "무료수신거부 080-123-4567". Other ways of writing one are in `labels`.
    """
    folded = text.casefold()
    carried = [
        literal
        for literal, position in labels
        if any(_carries(folded, way.casefold(), position) for way in ways(literal))
    ]
    wanted = dict.fromkeys(literal for literal, _ in labels)
    times = {literal: sum(1 for each, _ in labels if each == literal) for literal in wanted}
    return tuple(literal for literal in wanted if carried.count(literal) == times[literal])


def _carries(folded: str, literal: str, position: str) -> bool:
    if position == "first":
        return folded.lstrip().startswith(literal)
    place = folded.rfind(literal)
    if place < 0 or position != "end":
        return place >= 0
    return _TAIL.fullmatch(folded, place + len(literal)) is not None


@functools.lru_cache(maxsize=_CACHED)
def elements_in(text: str) -> tuple[str, ...]:
    """What the text contains of link, phone_number, public_shortener and promotion."""
    found = []
    if links(text):
        found.append("link")
    if phone_numbers(text):
        found.append("phone_number")
    if "link" in found and shortened(text):
        found.append("public_shortener")
    if sells(text, may_name_offers=True):
        found.append("promotion")
    return tuple(found)


@functools.lru_cache(maxsize=_CACHED)
def reconfirms(text: str) -> bool:
    """Whether the text says why it comes and how to leave: "… because you signed up. Reply STOP to stop"."""
    # Late, for composing may want to measure texts by this module.
    from yesword.domain.composing import has_way_out

    written = plain(text)
    return has_way_out(text) and is_in(_whys().near(written), written)


@functools.cache
def _whys() -> Many:
    return Many(phrase for said in in_language(None) for phrase in said.why)
