"""The last steps: whether a text still is of use, whether the consent still is fresh, and whether the program runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Decision, Reason, Sentence, Verdict
from yesword.domain.facts import GateFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.permission import Lack
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Rule
from yesword.domain.rules.model.consent import Anchor, Expiry, OnSilence
from yesword.domain.state import Grant


def usefulness(case: Case) -> Iterable[Reason]:
    send_by = case.facts.message.send_by
    if (send_by is None or case.at <= send_by) and not case.plan.after_event:
        return ()
    return _usefulness(case)


def _usefulness(case: Case) -> Iterator[Reason]:
    send_by, event_at = case.facts.message.send_by, case.facts.message.event_at
    if send_by is not None and case.at > send_by:
        yield expired(send_by)
    for rule, parameter in case.held(case.plan.after_event):
        hours = parameter.within_s // 3600
        sentence = Sentence.of("after_event_late", hours=hours, citation=rule.citation)
        if event_at is None:
            yield by_rule(rule, "after_event_late", fact=Sentence.of("fact.event_unknown"), sentence=sentence)
        elif (case.at - event_at).total_seconds() > parameter.within_s:
            yield by_rule(rule, "after_event_late", fact=dated("fact.event", event_at), sentence=sentence)


def expired(send_by: datetime) -> Reason:
    until = send_by.astimezone(UTC)
    fact = Sentence.of("fact.send_by", until_on=until.date().isoformat(), time=until.strftime("%H:%M"))
    return built_in("expired", fact=fact)


def staleness(case: Case) -> Iterable[Reason]:
    grant = case.permission.grant
    if grant is None or not case.plan.is_recurring:
        return ()
    if grant.relation is None and case.at - grant.since <= case.plan.fresh_for:
        return ()
    return _staleness(case, grant)


def _last_text(case: Case, grant: Grant) -> datetime | None:
    """The newest counted text since the grant."""
    contact = case.facts.contact
    last = contact.last_text_at
    if contact.recent and (last is None or contact.recent[-1].at > last):
        last = contact.recent[-1].at
    return None if last is not None and last < grant.since else last


def _staleness(case: Case, grant: Grant) -> Iterator[Reason]:
    last = _last_text(case, grant)
    for rule, expiry in case.held(case.plan.expiry):
        since = _since(expiry.anchor, grant, last)
        if since is not None and case.at - since > timedelta(days=expiry.days):
            found = _stale(case, rule, expiry, grant, last)
            if found is not None:
                yield found
    for rule, renewal in case.held(case.plan.reconfirm):
        age = case.at - _confirmed_at(grant)
        if age <= timedelta(days=renewal.every_days - renewal.notice_days):
            continue
        is_over = age > timedelta(days=renewal.every_days)
        sentence = Sentence.of(
            "renewal_due", days=renewal.every_days, place=rule.pack_name, citation=rule.citation
        )
        refuses = is_over and renewal.on_silence is OnSilence.LAPSE
        if renewal.on_silence is OnSilence.RECONFIRM and is_over and not _reconfirms(case):
            refuses = True
        yield by_rule(
            rule,
            "renewal_due",
            fact=dated("fact.granted", grant.since),
            verdict=Verdict.REFUSE if refuses else Verdict.SEND,
            sentence=sentence,
        )


def _since(anchor: Anchor, grant: Grant, last: datetime | None) -> datetime | None:
    """From when the time runs; None where this anchor has nothing to run from."""
    if anchor is Anchor.FIRST_TEXT:
        return grant.since if last is None else None
    if anchor is Anchor.LAST_TEXT:
        return last
    if anchor is Anchor.RELATION:
        return None if grant.relation is None else grant.relation.at
    return grant.since if anchor is Anchor.GRANT else None


def _stale(case: Case, rule: Rule, expiry: Expiry, grant: Grant, last: datetime | None) -> Reason | None:
    code = {Anchor.FIRST_TEXT: "stale_first_text", Anchor.LAST_TEXT: "stale_idle"}.get(expiry.anchor, "stale")
    fact = (
        dated("fact.last_text", last)
        if expiry.anchor is Anchor.LAST_TEXT
        else dated("fact.granted", grant.since)
    )
    if expiry.anchor is Anchor.RELATION and grant.relation is not None:
        fact = dated(f"fact.relation.{grant.relation.origin}", grant.relation.at)
    if expiry.on_silence is OnSilence.RECONFIRM:
        if _reconfirms(case):
            return None
        code = "reconfirm"
    verdict = Verdict.SEND if expiry.on_silence is OnSilence.KEEP else Verdict.REFUSE
    return by_rule(rule, code, fact=fact, verdict=verdict, sentence=Sentence.of(code, days=expiry.days))


def _reconfirms(case: Case) -> bool:
    """Whether the text itself says why it comes and how to leave. A wording that is not known yet may."""
    return case.facts.text is None or case.facts.text.reconfirms


def _confirmed_at(grant: Grant) -> datetime:
    """When the person last agreed, or was reminded and let it be. A reminder does not make a lapsing consent younger."""
    return grant.renewed_at or grant.since


def program_pause(case: Case) -> Iterable[Reason]:
    program = case.facts.program
    if program is None or not program.is_paused or not case.plan.is_recurring:
        return ()
    return (built_in("program_paused", fact=Sentence.of("fact.program_paused", program=program.key)),)


# --- for those who write and remind ---------------------------------------------------------------------------

_NOTICE: Final = timedelta(days=30)  # house rule: so long before a consent lapses the person may be asked
_MENDED_BY_SAYING_WHY: Final = frozenset({"reconfirm", "renewal_due"})


def needs_reconfirming(decision: Decision) -> bool:
    """Whether the gate refuses a text because it does not say why it comes, or might: then it has to be written so."""
    return decision.verdict is Verdict.REFUSE and any(
        reason.code in _MENDED_BY_SAYING_WHY for reason in decision.reasons
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A time that a rule lets run against a consent: from when the person is reminded, and after which silence tells."""

    rule: Rule
    notice_at: datetime
    over_at: datetime
    on_silence: OnSilence
    binds: bool = True  # else the rule only says what silence means
    recurs: bool = False  # the rule asks for a reminder each time; else the consent merely grows too old


def terms(facts: GateFacts, rules: RuleBook, at: datetime) -> tuple[Grant | None, tuple[Term, ...]]:
    """The grant that a recurring text rests on, with the times that run against it, in the order of the rules.

    Of rules that may not decide, there are those by which silence keeps the consent: they say what a reminder brings.
    """
    case = Case(facts, rules, at)
    grant = case.permission.grant
    if grant is None or case.permission.lack not in (None, Lack.PAUSED) or not case.plan.is_recurring:
        return None, ()
    return grant, tuple(_terms(case, grant))


def _terms(case: Case, grant: Grant) -> Iterator[Term]:
    last = _last_text(case, grant)
    for rule, expiry in case.held(case.plan.expiry):
        since = _since(expiry.anchor, grant, last)
        if (
            since is None
            or expiry.on_silence is not OnSilence.LAPSE
            or not _decides(rule)
            or case.is_spared(rule)
        ):
            continue
        over_at = since + timedelta(days=expiry.days)
        yield Term(rule=rule, notice_at=over_at - _NOTICE, over_at=over_at, on_silence=OnSilence.LAPSE)
    for rule, renewal in case.held(case.plan.reconfirm):
        if _decides(rule) or renewal.on_silence is OnSilence.KEEP:
            over_at = _confirmed_at(grant) + timedelta(days=renewal.every_days)
            yield Term(
                rule=rule,
                notice_at=over_at - timedelta(days=renewal.notice_days),
                over_at=over_at,
                on_silence=renewal.on_silence,
                binds=_decides(rule),
                recurs=True,
            )


def _decides(rule: Rule) -> bool:
    return rule.is_enforced and rule.is_verified
