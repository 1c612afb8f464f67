"""Whether a text sells: the words for it, by language, and the same words where they sell nothing.

"20% off" sells whatever the text calls itself. "Offers" may only say what a program is about, so such words count where
the text is not about a program. "Your discount was applied to the invoice" sells nothing.
"""

import functools
from typing import Final

from yesword.domain.linting.patterns import Many, Span, is_in, merged, plain, spans
from yesword.domain.linting.wordings import in_language, wordings
from yesword.domain.messages import MessageKind

# Texts that tell what a program is about, and so may name offers without making any.
DESCRIBING: Final = frozenset(
    {MessageKind.WELCOME, MessageKind.CONSENT_REQUEST, MessageKind.INVITATION, MessageKind.HELP_REPLY}
)


@functools.lru_cache(maxsize=2048)
def sells(text: str, language: str | None = None, *, may_name_offers: bool = False) -> tuple[Span, ...]:
    """Where the text sells. Of an unknown language, the words of all are looked for."""
    written = plain(text)
    known = wordings(language) if language else None
    selling, innocent = _words(known.language if known else None, may_name_offers)
    found = list(spans(selling.near(written), written))
    if not found:
        return ()
    excused = list(spans(innocent.near(written), written))
    return merged(span for span in found if not any(_overlap(span, other) for other in excused))


@functools.cache
def _words(language: str | None, may_name_offers: bool) -> tuple[Many, Many]:  # noqa: FBT001
    said = [each.selling for each in in_language(language)]
    names = [] if may_name_offers else [phrase for each in said for phrase in each.names]
    return (
        Many([*(phrase for each in said for phrase in each.sells), *names]),
        Many(phrase for each in said for phrase in each.innocent),
    )


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def begins_with_greeting(text: str, language: str | None, after: int = 0) -> Span | None:
    """The greeting that a text opens with, `after` so many characters of the brand's name."""
    written = plain(text)
    for said in in_language(language):
        for span in spans(said.selling.greetings, written):
            if not written[after : span[0]].strip(" :-,!>\n"):
                return span
    return None


def categories_in(text: str, language: str | None) -> tuple[str, ...]:
    """The product categories that the text names, of those that the wordings know."""
    written = plain(text)
    return tuple(
        sorted(
            {
                name
                for said in in_language(language)
                for name, phrases in said.categories.items()
                if is_in(phrases, written)
            }
        )
    )
