"""Whether the proof of one person's consent is kept when they ask to be erased: until when, on what ground, and what goes
at once. Erasing itself is elsewhere.

Not legal advice: the periods are settings with defaults, and each says how sure it is.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.errors import YeswordError
from yesword.domain.retention.policies import Ground, Moment, Period, Policies, Policy, shipped_policies
from yesword.domain.rules.model.envelope import Confidence

MOST_DAYS: Final = 30 * 366  # of an operator's own period: no claim lives longer

_LAST: Final = datetime.max.replace(tzinfo=UTC)


class BadRetentionError(YeswordError):
    """A period of {days} days cannot be set. Give a whole number of days from 0 to {most}, and the reason for it."""

    code = "bad_retention"


class Part(enum.StrEnum):
    """What is held of a person. The first five are the proof."""

    EVENT = "event"
    SUBJECT = "subject"  # number and name
    NOTICE = "notice"  # the wording
    EVIDENCE = "evidence"  # without replays
    TERMS = "terms"
    CONTEXT = "context"  # browser, page, place
    ADDRESS = "address"  # IP
    REPLAY = "replay"
    PROFILE = "profile"  # what was known for sending: language, attributes, segments
    CONVERSATION = "conversation"  # what was written to and fro, but for what is evidence
    SUPPRESSION = "suppression"  # the keyed trace that lets a stop hold
    LEAF = "leaf"  # 32 bytes in the ledger that nobody can read anything from


PROOF: Final = (Part.EVENT, Part.SUBJECT, Part.NOTICE, Part.EVIDENCE, Part.TERMS)
GOES_AT_ONCE: Final = (Part.CONTEXT, Part.ADDRESS, Part.REPLAY, Part.PROFILE, Part.CONVERSATION)
STAYS: Final = (Part.SUPPRESSION, Part.LEAF)


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A period that an operator sets for a brand, in place of ours, and answers for."""

    days: int  # 0: nothing is kept
    reason: str
    jurisdiction: str | None = None  # a country; None: wherever nothing is set for the country

    def __post_init__(self) -> None:
        if type(self.days) is not int or not 0 <= self.days <= MOST_DAYS or not self.reason.strip():
            raise BadRetentionError(days=self.days, most=MOST_DAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """The answer to a wish to be erased."""

    retain_until: datetime | None  # None: erase all now
    asked_at: datetime
    policy: str  # id of the one that decided
    ground: Ground | None  # None where nothing is kept
    citation: str
    confidence: Confidence | None  # None: the operator's own
    purged: tuple[Part, ...]  # now
    kept: tuple[Part, ...]
    why: Sentence  # for the person

    @property
    def is_kept(self) -> bool:
        """The proof is locked away from all other use (GDPR art. 18(2)) until it erases itself."""
        return self.retain_until is not None

    @property
    def erase_at(self) -> datetime:
        """When the proof is erased without anybody's doing."""
        return self.asked_at if self.retain_until is None else self.retain_until


def decide(
    *,
    jurisdictions: Iterable[str],
    last_grant_at: datetime | None,
    last_use_at: datetime | None,
    withdrawn_at: datetime | None,
    asked_at: datetime,
    overrides: Iterable[Override] = (),
    policies: Policies | None = None,
) -> Retention:
    """What becomes of the proof of a person who may be in any of these countries or regions (`DE`, `US-FL`).

    The longest of their periods holds, since a claim may be brought in any of them. To ask for erasure is to stop, so
    who never stopped counts as having stopped now.
    """
    moments = {
        Moment.GRANT: last_grant_at,
        Moment.LAST_USE: last_use_at,
        Moment.WITHDRAWAL: withdrawn_at or asked_at,
    }
    # With neither a consent nor a text there is nothing that anybody could have to prove.
    is_anything = last_grant_at is not None or last_use_at is not None
    held = list(_applying(set(jurisdictions), policies or shipped_policies(), tuple(overrides)))
    ends = [(_end(each, moments), each) for each in held if is_anything and each.is_in_force(asked_at)]
    until, longest = max(
        ((end, each) for end, each in ends if end is not None),
        key=lambda found: found[0],
        default=(None, held[0]),
    )
    if until is None or until <= asked_at:
        return _erased(longest, asked_at)
    return _kept(longest, until, asked_at, has_agreed=last_grant_at is not None)


def _kept(held: "_Held", until: datetime, asked_at: datetime, *, has_agreed: bool) -> Retention:
    policy = held.policy
    until_on = until.astimezone(UTC).date().isoformat()
    told = policy.ground.value + (".exception" if policy.exception else "")
    sentence = f"why.{told}" if has_agreed else f"why.never_agreed.{told}"
    return Retention(
        retain_until=until,
        asked_at=asked_at,
        policy=policy.id,
        ground=policy.ground,
        citation=policy.citation,
        confidence=held.confidence,
        purged=GOES_AT_ONCE,
        kept=(*PROOF, *STAYS),
        why=Sentence.of(sentence, until_on=until_on, citation=policy.citation, exception=policy.exception),
    )


def _erased(held: "_Held", asked_at: datetime) -> Retention:
    return Retention(
        retain_until=None,
        asked_at=asked_at,
        policy=held.policy.id,
        ground=None,
        citation=held.policy.citation,
        confidence=held.confidence,
        purged=(*PROOF, *GOES_AT_ONCE),
        kept=STAYS,
        why=Sentence.of("why.erased"),
    )


# --- which policies hold, and until when ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    policy: Policy
    is_operators: bool = False

    @property
    def confidence(self) -> Confidence | None:
        return None if self.is_operators else self.policy.confidence

    def is_in_force(self, at: datetime) -> bool:
        rule = self.policy.rule
        return rule is None or rule.is_in_force(at.astimezone(UTC).date())


def _applying(
    jurisdictions: set[str], policies: Policies, overrides: tuple[Override, ...]
) -> Iterator[_Held]:
    """At least one; in an order that does not depend on how the places were given."""
    by_country = {each.jurisdiction.strip().upper(): each for each in overrides if each.jurisdiction}
    general = next((each for each in overrides if each.jurisdiction is None), None)
    for place in sorted(each.strip().upper() for each in jurisdictions) or [""]:
        override = by_country.get(place) or by_country.get(place[:2]) or general
        found = policies.of(place)
        if override is None:
            yield from (_Held(policy=each) for each in found)
        else:
            yield _Held(policy=_set_by_operator(override, found), is_operators=True)


def _set_by_operator(override: Override, replaced: tuple[Policy, ...]) -> Policy:
    """The right to erasure and its exception are the law's, whatever the period."""
    return Policy(
        id="operator",
        period=Period(days=override.days),
        counts_from=(Moment.LAST_USE, Moment.GRANT),
        ground=Ground.OPERATOR,
        citation=override.reason.strip(),
        confidence=Confidence.UNVERIFIED,
        exception=next((each.exception for each in replaced if each.exception), ""),
    )


def _end(held: _Held, moments: Mapping[Moment, datetime | None]) -> datetime | None:
    known = [at for each in held.policy.counts_from if (at := moments[each]) is not None]
    return max((_after(at, held.policy.period) for at in known), default=None)


def _after(at: datetime, period: Period) -> datetime:
    """The same day that many years later, at the same time; the day after it, where 29 February is missing."""
    try:
        if not period.years:
            return at + timedelta(days=period.days)
        if (at.month, at.day) == (2, 29):
            return (at - timedelta(days=1)).replace(year=at.year + period.years) + timedelta(days=1)
        return at.replace(year=at.year + period.years)
    except (OverflowError, ValueError):
        return _LAST
