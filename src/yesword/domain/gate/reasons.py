"""Makes the reasons: a rule, the fact it was held against, and what would change the answer."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from yesword.domain.decisions import Argument, Reason, Sentence, Verdict
from yesword.domain.rules.model import Rule

# Rules that are no pack's: the person's own word, the program's promise, and what the house does with its lists.
RECORD: Final = "consent"
BUILT_IN: Final = {
    "cancelled": ("house", "the campaign"),
    "restricted": ("house", "the right to restriction"),
    "not_a_mobile": ("house", "the numbering plan"),
    "place_unknown": ("house", "house rule"),
    "no_lawful_hour": ("house", "house rule"),
    "expired": ("house", "the text's own end"),
    "program_paused": ("house", "the program"),
    "reputation": ("house", "the thresholds for stops, complaints and errors"),
    "carrier_answers_stop": ("house", "the sender's account"),
    "sender_cannot_receive": ("house", "the sender"),
    "program_age": ("house", "the program's age limit"),
    "promotion_without_grant": ("house", "house rule"),
    "stop_reply_not_allowed": ("house", "house rule"),
    "invitation_off": ("house", "the program"),
    "promise": (RECORD, "the program's promise"),
    "chosen_frequency": (RECORD, "the person's own choice"),
}
_OWN_WORD: Final = (RECORD, "the person's own word")


@lru_cache(maxsize=512)
def _remedy(code: str) -> Sentence:
    return Sentence.of(f"remedy.{code}")


def by_rule(
    rule: Rule,
    code: str,
    *,
    fact: Sentence,
    verdict: Verdict = Verdict.REFUSE,
    sentence: Sentence | None = None,
    not_before: datetime | None = None,
) -> Reason:
    """A reason that a rule of a pack gives. A rule that may not decide gives a note.

    What was not verified may make a text wait, and refuses nothing.
    """
    decides = rule.is_enforced and (rule.is_verified or verdict is Verdict.WAIT)
    return Reason(
        code=code,
        verdict=verdict if decides else Verdict.SEND,
        pack=rule.pack,
        rule=rule.id,
        citation=rule.citation,
        fact=fact,
        sentence=sentence or Sentence.of(code),
        remedy=_remedy(code),
        not_before=not_before if decides and verdict is Verdict.WAIT else None,
    )


def built_in(
    code: str,
    *,
    fact: Sentence,
    rule: str | None = None,
    verdict: Verdict = Verdict.REFUSE,
    sentence: Sentence | None = None,
    not_before: datetime | None = None,
) -> Reason:
    """A reason that no pack has to give."""
    pack, citation = BUILT_IN.get(rule or code, _OWN_WORD)
    return Reason(
        code=code,
        verdict=verdict,
        pack=pack,
        rule=f"{pack}.{rule or code}",
        citation=citation,
        fact=fact,
        sentence=sentence or Sentence.of(code),
        remedy=_remedy(code),
        not_before=not_before if verdict is Verdict.WAIT else None,
    )


def dated(sentence_id: str, on: datetime | None, /, **args: Argument) -> Sentence:
    """A sentence with a date, or its `.undated` form where the date is not known."""
    if on is None:
        return Sentence.of(f"{sentence_id}.undated", **args)
    return Sentence.of(sentence_id, since_on=on.astimezone(UTC).date().isoformat(), **args)
