"""The story beside the table: how people join these programs, how they leave, and how that is kept. Plain English.

Told from what was found and from what the programs say, so that it holds for these numbers. Nothing in it is about
anyone.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from yesword.domain import composing
from yesword.domain.programs import OptIn, Program
from yesword.domain.times import iso_millis
from yesword.reporting.audit_answers.answer import Answer, Line, Method, Wording
from yesword.reporting.audit_answers.telling import STATUSES, method_told
from yesword.reporting.registration import flow
from yesword.reporting.registration.details import Collection
from yesword.reporting.registration.details import Method as Way
from yesword.reporting.registration.tables import LANGUAGE

_WAYS: Final = {
    "keyword": Way.KEYWORD,
    "form": Way.WEB_FORM,
    "popup": Way.WEB_FORM,
    "email_link": Way.WEB_FORM,
    "kiosk": Way.WEB_FORM,
    "application": Way.WEB_FORM,
    "paper": Way.PAPER_FORM,
    "spoken": Way.VERBAL,
}


def narrative(answer: Answer) -> str:
    """As Markdown."""
    parts = (_head, _sum, _joining, _leaving, _keeping, _checking)
    return "\n".join(line for part in parts for line in (*part(answer), "")).rstrip() + "\n"


def _head(answer: Answer) -> Iterator[str]:
    question = answer.question
    yield f"# Consent to texts from {question.sender} of {answer.brand.name}"
    yield ""
    asked = f"Asked by {question.carrier}" if question.carrier else "Asked"
    reference = f" under {question.reference}" if question.reference else ""
    yield f"{asked}{reference} at {_at(question.asked_at)}; answered at {_at(answer.made_at)}."
    yield f"Programs that text from {question.sender}: {_named(answer.programs)}."


def _sum(answer: Answer) -> Iterator[str]:
    yield "## In short"
    yield ""
    yield f"{_count(answer.numbers, 'number was', 'numbers were')} asked about. answer.csv has a line for each number and program:"
    yield ""
    for status, count in answer.counts.items():
        yield f"- {STATUSES[status]}: {count}"
    waiting = sum(each.is_waiting for each in answer.lines)
    if waiting:
        yield ""
        yield (
            f"The newest events of {_count(waiting, 'line', 'lines')} are recorded and not yet in the published log, "
            "so their proof is not here. The log takes events up within a second while it is kept."
        )
    for note in answer.notes:
        yield ""
        yield f"Not here: {note}"


def _joining(answer: Answer) -> Iterator[str]:
    yield "## How these people joined"
    joined = [each for each in answer.lines if each.opted_in_at is not None and each.program is not None]
    if not joined:
        yield ""
        yield "None of these numbers has an opt-in on record."
    for program in answer.programs:
        theirs = [each for each in joined if each.program == program]
        if not theirs:
            continue
        yield ""
        yield f"### {program.name}"
        yield ""
        yield _promise(program)
        for method, count in Counter(each.method for each in theirs if each.method is not None).most_common():
            yield ""
            yield from _way(program, method, count, [each for each in theirs if each.method == method])


def _promise(program: Program) -> str:
    _, texts = program.texts_in(LANGUAGE)
    kinds = f" ({', '.join(program.categories)})" if program.categories else ""
    age = f" Only for people of {program.minimum_age} and older." if program.minimum_age else ""
    return f"Texts about {program.purpose}{kinds}; promised: {texts.frequency}.{age}"


def _way(program: Program, method: Method, count: int, lines: Sequence[Line]) -> Iterator[str]:
    yield f"**{method_told(method).capitalize()}: {_count(count, 'person', 'people')}.**"
    way = _WAYS.get(method.route)
    if way is not None:
        yield flow.sentence(program, Collection(method=way))
    if method.is_confirmed:
        yield from _confirming(program)
    shown = Counter(each.wording for each in lines if each.wording is not None)
    for wording, times in shown.most_common():
        yield ""
        yield f"What {_count(times, 'person', 'people')} read{_in_language(wording)}:"
        yield ""
        yield from (f"> {line}".rstrip() for line in wording.text.splitlines() or [""])
        yield ""
        yield f"(disclosures/{wording.sha256}.txt)"
    without = sum(each.wording is None for each in lines)
    if without:
        yield ""
        yield f"Of {_count(without, 'person', 'people')} no wording is on record."


def _confirming(program: Program) -> Iterator[str]:
    _, texts = program.texts_in(LANGUAGE)
    words = " or ".join(texts.confirm_words)
    question = composing.question(program, LANGUAGE)
    how = (
        "pressed Yes behind its link"
        if composing.is_one_way(program)
        else f"replied {words} from the same handset"
    )
    yield f"Nobody was joined by that alone. One text asked them to confirm, and they {how}:"
    yield ""
    yield from (f"> {line}".rstrip() for line in question.splitlines())


def _in_language(wording: Wording) -> str:
    return f" ({wording.language})" if wording.language else ""


def _leaving(answer: Answer) -> Iterator[str]:
    sender = answer.question.sender
    yield "## How people leave"
    yield ""
    yield (
        f"By replying STOP to any text from {sender}, by any of the other usual words, or by saying so in their own. "
        "The stop is recorded before the carrier's delivery of it is acknowledged, and every text that it covers and "
        "that has not been handed over is cancelled. After a stop the sending software refuses every text, whoever "
        "orders it; only a text from the same handset lets somebody in again."
    )
    if answer.carrier_answers_stop:
        yield (
            "The carrier answers STOP by itself; what it blocks and reports to us is recorded as a stop as well."
        )
    else:
        for program in answer.programs:
            yield ""
            yield f"Whoever stops {program.name} gets one text, and no more:"
            yield ""
            yield from (f"> {line}".rstrip() for line in _stop_text(program).splitlines())
    stopped = [each for each in answer.lines if each.opted_out_at is not None]
    if stopped:
        yield ""
        yield from _after_stops(stopped)


def _stop_text(program: Program) -> str:
    _, texts = program.texts_in(LANGUAGE)
    return composing.compose(texts.stop, program, texts)


def _after_stops(stopped: Sequence[Line]) -> Iterator[str]:
    late = [each for each in stopped if each.texts_after]
    yield f"Of these numbers, {_count(len(stopped), 'line has', 'lines have')} an opt-out on record."
    if not late:
        yield "To none of those whose opt-out stands was any text handed over after it, but the one that confirms it."
        return
    texts = sum(each.texts_after for each in late)
    yield (
        f"After the opt-out of {_count(len(late), 'line', 'lines')} {_count(texts, 'text was', 'texts were')} handed "
        "over beside the one that confirms it; opt_out_at and last_message_at name the times."
    )


def _keeping(answer: Answer) -> Iterator[str]:
    records = answer.records
    yield "## How the record is kept"
    yield ""
    yield (
        "Each request, yes, no and stop is an event that is never changed: how it came, when, from where, and word "
        "for word what was shown. Numbers and texts are encrypted, under a key for each person. Every event goes into "
        "an append-only log (a Merkle tree, as in RFC 6962), whose head is signed. When a person is erased, what an "
        "event says of them becomes unreadable; that it happened stays in the log."
    )
    if records.origin:
        yield f"The log is {records.origin}, with {records.size} records at the time of this answer."
    else:
        yield "The log has published nothing yet."
    if records.witnesses:
        yield f"Its heads are cosigned from outside by {', '.join(records.witnesses)}."
    else:
        yield "Nobody outside cosigns its heads yet."
    if any(program.opt_in is OptIn.SINGLE for program in answer.programs):
        yield "Where no reply confirmed an opt-in, the record shows which handset texted, and not who held it."


def _checking(answer: Answer) -> Iterator[str]:
    del answer
    yield "## How to check it"
    yield ""
    yield (
        "Each file in proofs/ proves one event, with its wording and its number, and can be checked offline without "
        "us. README.txt says how."
    )


def _named(programs: Sequence[Program]) -> str:
    return ", ".join(f"{each.name} ({each.key})" for each in programs)


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _at(at: datetime) -> str:
    return iso_millis(at).replace("T", " ").split(".")[0] + " UTC"
