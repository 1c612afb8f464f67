"""What the programs behind a sender tell about a text that comes to it: the context in which it is read, and what looks
like a keyword.
"""

from collections.abc import Iterable
from typing import Final

from yesword.domain.programs import Program
from yesword.domain.understanding import Context, PendingKind
from yesword.domain.understanding.normalise import normalise

KEYWORD_LENGTH: Final = 20  # a longer text, or one of several words, was not meant as a keyword

# Only a question of ours that takes a yes makes a program's own yes-words answers.
_TAKING_A_YES: Final = frozenset({PendingKind.CONFIRM_CONSENT, PendingKind.REMINDER})


def context_of(
    here: Iterable[Program],
    pending: PendingKind | None,
    languages: tuple[str, ...] = (),
    *,
    others: Iterable[Program] = (),
) -> Context:
    """`here` are the programs on the sender that is texted, whose keywords count; a stop may name `others` as well."""
    on_sender = tuple(here)
    known = {program.id: program for program in (*on_sender, *others)} if others else None
    words = (word for program in on_sender for _, texts in program.texts for word in texts.confirm_words)
    return Context(
        languages=languages,
        pending=pending,
        program_keywords=tuple((keyword, each.key) for each in on_sender for keyword in each.keywords),
        program_topics=tuple(
            (each.key, (each.name, each.purpose, *each.categories, *each.keywords))
            for each in (on_sender if known is None else known.values())
        ),
        brands=tuple(dict.fromkeys(each.brand_name for each in on_sender)),
        confirm_words=tuple(words) if pending in _TAKING_A_YES else (),
    )


def is_one_word(text: str) -> bool:
    """Whether it looks like a keyword, known or not: then it is answered as one."""
    words = normalise(text).tokens
    return len(words) == 1 and len(words[0]) <= KEYWORD_LENGTH
