"""Says the sentences of the catalogue in words, at the edge; and a whole decision as a tree.

What is not here: which sentence is said, which is the gate's to decide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from string import Formatter
from typing import Final, NamedTuple

from yesword.domain.catalogue import CATALOGUE
from yesword.domain.decisions import Argument, Decision, Reason, Sentence, Verdict
from yesword.domain.errors import YeswordError
from yesword.domain.events import Basis
from yesword.domain.state import Grant
from yesword.domain.tracing import Outcome, Trace, Whereabout

Translate = Callable[[str], str]
FormatDay = Callable[[date], str]
_MOST_PLACES: Final = 8  # to tell one by one


class UnknownSentenceError(YeswordError):
    """There is no sentence "{id}". Add it to catalogue.py."""

    code = "unknown_sentence"


class MissingArgumentError(YeswordError):
    """The sentence "{id}" needs {missing}, which it was not given."""

    code = "missing_argument"


def identity(text: str) -> str:
    return text


def english_day(day: date) -> str:
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def render(sentence: Sentence, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    if sentence.id not in CATALOGUE:
        raise UnknownSentenceError(id=sentence.id)
    values = {key: _shown(key, value, day) for key, value in sentence.args}
    template = wording(CATALOGUE, sentence.id, values)
    missing = placeholders(template) - set(values)
    if missing:
        raise MissingArgumentError(id=sentence.id, missing=", ".join(sorted(missing)))
    return translate(template).format(**values)


# What the wording of a sentence has behind its id where one of its numbers is one. Each language that we speak has one
# such form, and for the number one alone.
ONE: Final = {"count": ".one", "minutes": ".minute", "days": ".day"}


def wording(catalogue: Mapping[str, str], sentence: str, values: Mapping[str, str]) -> str:
    """The English wording of a sentence of the catalogue, in the singular where it has one and the numbers ask for it."""
    ending = "".join(ending for name, ending in ONE.items() if values.get(name) == "1")
    return catalogue.get(sentence + ending, catalogue[sentence])


def placeholders(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name}


def _shown(key: str, value: Argument, day: FormatDay) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return day(date.fromisoformat(value)) if key.endswith("_on") and isinstance(value, str) else str(value)


def permission_sentence(grant: Grant, texts: str, name: str | None = None) -> Sentence:
    """What a grant lets happen, for one person: `texts` says what about, such as "club offers"."""
    is_from_handset = grant.is_confirmed and grant.basis in (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)
    how = "handset" if is_from_handset else grant.basis.value
    since_on = grant.since.astimezone(UTC).date().isoformat()
    if name is None:
        return Sentence.of(f"may.person.{how}", texts=texts, since_on=since_on)
    return Sentence.of(f"may.named.{how}", name=name, texts=texts, since_on=since_on)


def verdict_sentence(decision: Decision) -> Sentence:
    if decision.verdict is not Verdict.WAIT or decision.not_before is None:
        return Sentence.of(f"verdict.{decision.verdict}")
    until = decision.not_before.astimezone(UTC)
    return Sentence.of("verdict.wait", time=until.strftime("%H:%M"), until_on=until.date().isoformat())


def tree(
    decision: Decision,
    translate: Translate = identity,
    day: FormatDay = english_day,
    *,
    trace: Trace | None = None,
    number: str = "",
) -> str:
    """Asked, rules, decided, and what would change it, as lines for a terminal.

    A trace adds where the person may be and each rule that was asked. `number` is shown as it is given: masked.
    """

    def say(sentence: Sentence | str) -> str:
        return render(Sentence.of(sentence) if isinstance(sentence, str) else sentence, translate, day)

    at: datetime = decision.at.astimezone(UTC)
    asked = Sentence.of("asked.at", time=at.strftime("%H:%M"), asked_on=at.date().isoformat())
    sections = [
        Section(f"{say('asked')}: {say(asked)}", list(_question(trace, number, say))),
        Section(f"{say('rules')}: {', '.join(decision.packs)}", list(_rules(trace, say))),
        Section(
            f"{say('decided')}: {say(verdict_sentence(decision))}",
            [_branch(each, say) for each in decision.reasons],
        ),
    ]
    if decision.notes:
        sections.append(Section(say("notes"), [_branch(each, say) for each in decision.notes]))
    remedies = dict.fromkeys(say(reason.remedy) for reason in decision.reasons)
    if remedies:
        sections.append(Section(say("change"), [Branch(remedy) for remedy in remedies]))
    if decision.skipped:
        sections.append(Section(f"{say('not_asked')}: {', '.join(decision.skipped)}"))
    if trace is not None:
        places = Section(say("asked.places"), list(_places(trace, say)))
        sections.insert(1, places)
    return "\n".join(_lines(sections))


class Branch(NamedTuple):
    words: str
    leaves: Sequence[str] = ()


class Section(NamedTuple):
    title: str
    branches: Sequence[Branch] = ()


Say = Callable[[Sentence | str], str]


def _branch(reason: Reason, say: Say) -> Branch:
    return Branch(say(reason.sentence), [f"{reason.rule} · {reason.citation}", say(reason.fact)])


def _question(trace: Trace | None, number: str, say: Say) -> Iterator[Branch]:
    if number:
        yield Branch(say(Sentence.of("asked.number", number=number)))
    if trace is None:
        return
    kind, message_class = trace.message.kind.value, trace.message.message_class.value
    yield Branch(say(Sentence.of("asked.text", kind=kind, message_class=message_class)))
    if trace.program:
        yield Branch(say(Sentence.of("asked.program", program=trace.program)))
    if trace.categories:
        yield Branch(say(Sentence.of("asked.categories", categories=", ".join(trace.categories))))


def _places(trace: Trace, say: Say) -> Iterator[Branch]:
    if not trace.places:
        yield Branch(say("fact.place_unknown"))
    elif len(trace.places) <= _MOST_PLACES:
        yield from (Branch(f"{each.name}: {say(each.sentence)}") for each in trace.places)
    else:
        for country in dict.fromkeys(each.place.country for each in trace.places):
            yield Branch(say(_many([each for each in trace.places if each.place.country == country])))


def _many(places: Sequence[Whereabout]) -> Sentence:
    clocks = sorted(each.local.replace(tzinfo=None) for each in places)
    return Sentence.of(
        "asked.many_places",
        count=len(places),
        country=places[0].place.country,
        earliest=clocks[0].strftime("%H:%M"),
        latest=clocks[-1].strftime("%H:%M"),
    )


def _rules(trace: Trace | None, say: Say) -> Iterator[Branch]:
    """Each rule under what it was held against. What decided or was noted is told in full further down."""
    grouped: dict[str, list[str]] = {}
    unasked: dict[str, list[str]] = {}
    for each in () if trace is None else trace.heard:
        outcome, rule = say(f"rules.{each.outcome}"), f"{each.rule} · {each.citation}"
        if each.outcome in (Outcome.DECIDED, Outcome.AGAINST, Outcome.NOTED):
            yield Branch(f"{outcome}: {rule}")
            continue
        words = outcome if each.fact is None else f"{outcome}: {say(each.fact)}"
        if each.outcome is Outcome.NOT_ASKED:
            unasked.setdefault(words, []).append(each.rule)
        else:
            grouped.setdefault(words, []).append(rule)
    yield from (Branch(words, rules) for words, rules in grouped.items())
    yield from (Branch(words, [", ".join(rules)]) for words, rules in unasked.items())


def _lines(sections: Sequence[Section]) -> Iterator[str]:
    for title, branches in sections:
        yield title
        for left, (branch, leaves) in zip(range(len(branches) - 1, -1, -1), branches, strict=True):
            yield f"{'├─' if left else '└─'} {branch}"
            yield from (f"{'│  ' if left else '   '}   {leaf}" for leaf in leaves)
