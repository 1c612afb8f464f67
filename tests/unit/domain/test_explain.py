import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from factories.books import ask, exland, rule
from factories.questions import MIAMI, grant, stopped
from yesword.domain.decisions import Sentence
from yesword.domain.events import Basis
from yesword.domain.explain import (
    CATALOGUE,
    ONE,
    MissingArgumentError,
    UnknownSentenceError,
    english_day,
    permission_sentence,
    placeholders,
    render,
    tree,
)
from yesword.domain.gate import decide
from yesword.domain.golden import shipped_cases
from yesword.domain.parties import Origin
from yesword.domain.permission import Lack
from yesword.domain.places import PlaceEvidence
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.consent import Standard
from yesword.domain.rules.model.content import Forbidden, Position

BOOK = RuleBook.load()
NOT_THE_GATES = ("may.", "asked", "rules", "decided", "verdict.", "notes", "change", "not_asked")

# Sentences whose last part is a value: what stands before it in the gate's source, and the values.
FAMILIES = {
    "fact.": Lack,
    "fact.basis.": Basis,
    "fact.local_time.": PlaceEvidence,
    "fact.relation.": Origin,
    "fact.has.": Forbidden,
    "label_missing.": Position,
    "consent_too_weak.": [each.name.lower() for each in Standard if each],
}
SAID_IN_FORMS = {"consent_too_weak", "label_missing", "quiet_hours", "soft_opt_in", "fact.paused"}


def gate_source() -> Iterator[ast.AST]:
    for file in resources.files("yesword.domain.gate").iterdir():
        if file.name.endswith(".py"):
            yield from ast.walk(ast.parse(file.read_text("utf-8")))


def literals() -> set[str]:
    """Every string that stands in the gate's source, and what the families make of it."""
    found = {
        node.value for node in gate_source() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for family, values in FAMILIES.items():
        if family in found:
            found |= {f"{family}{value}" for value in values}
    if "soft_opt_in." in found:
        found |= {f"soft_opt_in.{each}" for each in found}
    return found | set(Lack)


def named_outright() -> set[str]:
    """The sentences that the gate's source names as they are: facts, and codes with their remedies."""
    found: set[str] = set()
    for node in gate_source():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        argument = node.args[1] if name == "by_rule" and len(node.args) > 1 else node.args[0]
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            continue
        if name in {"by_rule", "built_in"}:
            found |= {argument.value, f"remedy.{argument.value}"}
        elif name in {"of", "dated"}:
            found.add(argument.value)
    return found | set(Lack) | {f"remedy.{lack}" for lack in Lack}


def test_every_sentence_that_the_gate_names_is_in_the_catalogue():
    missing = {
        each for each in named_outright() if each not in CATALOGUE and f"{each}.undated" not in CATALOGUE
    }
    assert missing - SAID_IN_FORMS == set()


def test_every_member_of_a_family_is_in_the_catalogue():
    said = literals()
    for family, values in FAMILIES.items():
        assert family in said
        assert [value for value in values if f"{family}{value}" not in CATALOGUE and family != "fact."] == []


def test_the_catalogue_has_no_sentence_that_nobody_says():
    said = literals()
    said |= {f"remedy.{each}" for each in said}
    plain = {re.sub(f"({'|'.join(map(re.escape, ONE.values()))})+$", "", each) for each in CATALOGUE}
    unsaid = {
        each
        for each in plain
        if not each.startswith(NOT_THE_GATES) and each.removesuffix(".undated") not in said
    }
    assert unsaid == set()


@pytest.mark.parametrize(
    ("count", "days", "words"),
    [
        (1, 30, "1 text in 30 days"),
        (4, 1, "4 texts in 1 day"),
        (1, 1, "1 text in 1 day"),
        (2, 2, "2 texts in 2 days"),
    ],
)
def test_one_of_a_thing_is_told_in_the_singular(count, days, words):
    assert words in render(Sentence.of("promise", count=count, days=days))


def test_every_golden_decision_can_be_told_in_words():
    for case in shipped_cases():
        decision = decide(case.facts, BOOK, case.at)
        for reason in (*decision.reasons, *decision.notes):
            for sentence in (reason.fact, reason.sentence, reason.remedy):
                words = render(sentence)
                if sentence.id == "fact.emergency":
                    words = words.capitalize()  # it begins with the name that somebody gave it
                assert re.fullmatch(r"[A-Z\d].*\.", words), (
                    f"{case!r}: {sentence.id}: {words!r} is no sentence"
                )
        assert tree(decision).startswith("Asked: ")


@pytest.mark.parametrize("sentence_id", sorted(CATALOGUE))
def test_every_wording_has_named_placeholders_only(sentence_id):
    assert all(name.isidentifier() for name in placeholders(CATALOGUE[sentence_id]))


HOURS = {"classes": ["promotional"], "every_day": ["08:00-20:00"]}


def test_a_wait_reads_as_a_person_would_say_it():
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    packs = exland(rule(hours=HOURS, severity="hold"))
    reason = ask(packs, at, places=(replace(MIAMI, country="XX", region=None),)).reasons[0]
    assert render(reason.sentence) == "Waits until 08:00 in Exland (Act 1)."
    assert render(reason.fact) == "It is 20:30 there (America/New_York), presumed from the number's country."


def test_a_wait_until_another_day_names_it():
    packs = exland(rule(hours={**HOURS, "mon": [], "tue": []}, severity="hold"))
    assert (
        render(ask(packs).reasons[0].sentence) == "Waits until 08:00 on 25 November 2026 in Exland (Act 1)."
    )


def test_a_sentence_that_nobody_wrote_is_refused():
    with pytest.raises(UnknownSentenceError, match="no_such"):
        render(Sentence.of("no_such"))


def test_a_missing_argument_is_refused():
    with pytest.raises(MissingArgumentError, match="since_on"):
        render(Sentence.of("fact.withdrawn"))


def test_a_translation_gets_the_wording_before_its_arguments():
    dutch = {CATALOGUE["fact.withdrawn"]: "Gestopt op {since_on}."}
    words = render(Sentence.of("fact.withdrawn", since_on="2026-03-03"), dutch.__getitem__, date.isoformat)
    assert words == "Gestopt op 2026-03-03."


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        pytest.param(
            {}, "Anna", "Anna may be texted club offers, because they confirmed on 1 November 2026 from their own phone.",
            id="confirmed, with a name",
        ),
        pytest.param(
            {"is_confirmed": False}, None, "This person may be texted club offers, because they agreed in writing on 1 November 2026.",
            id="in writing, without a name",
        ),
        pytest.param(
            {"basis": Basis.CUSTOMER}, "Anna", "Anna has been a customer since 1 November 2026, which alone does not permit club offers.",
            id="a customer",
        ),
    ],
)  # fmt: skip
def test_a_permission_is_one_true_sentence(changes, name, words):
    assert render(permission_sentence(grant(**changes), "club offers", name)) == words


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("name", ["Anna", None])
def test_every_basis_has_its_sentence(basis, name):
    assert render(permission_sentence(grant(basis=basis, is_confirmed=False), "offers", name))


def test_days_are_written_out():
    assert english_day(date(2026, 3, 3)) == "3 March 2026"


def test_the_tree_goes_from_the_question_to_what_would_change_it():
    lines = tree(ask(exland(rule(hours=HOURS, severity="hold")), state=stopped(), sender=None)).splitlines()
    assert lines == [
        "Asked: May this text go at 11:00 UTC on 23 November 2026?",
        "Rules: xx, house",
        "Decided: Refuse.",
        "└─ The person has stopped these texts.",
        "      consent.withdrawn · the person's own word",
        "      They stopped on 23 November 2026.",
        "What would change it",
        "└─ Only the person can change this, by texting START or a keyword from their own phone.",
        "Not asked, for lack of input: sender",
    ]
