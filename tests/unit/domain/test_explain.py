import ast
import re
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from factories.golden import golden_cases
from factories.questions import MIAMI, NOON, grant, question, stopped
from yesword.domain.decisions import Sentence
from yesword.domain.events import Basis
from yesword.domain.explain import (
    CATALOGUE,
    MissingArgumentError,
    UnknownSentenceError,
    english_day,
    permission_sentence,
    placeholders,
    render,
    tree,
)
from yesword.domain.gate import decide
from yesword.domain.permission import Lack
from yesword.domain.places import PlaceEvidence
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Standard

BOOK = RuleBook.load()
NOT_THE_GATES = ("may.", "asked", "rules", "decided", "verdict.", "notes", "change", "not_asked")


def ids_in_the_gate() -> set[str]:
    """Every sentence that the gate's source can say: codes with their remedies, and facts."""
    families = {
        "fact.": [f"fact.{lack}" for lack in Lack],
        "fact.basis.": [f"fact.basis.{basis}" for basis in Basis],
        "fact.local_time.": [f"fact.local_time.{evidence.value}" for evidence in PlaceEvidence],
        "consent_too_weak.": [f"consent_too_weak.{each.name.lower()}" for each in Standard if each],
    }
    found: set[str] = set()
    for file in resources.files("yesword.domain.gate").iterdir():
        if not file.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            argument = (
                node.args[1] if name == "by_rule" else node.args[-1] if name == "_promised" else node.args[0]
            )
            literal = argument.value if isinstance(argument, ast.Constant) else None
            if name in {"by_rule", "built_in", "_promised"} and isinstance(literal, str):
                found |= {literal, f"remedy.{literal}"}
            elif name in {"of", "dated"} and isinstance(literal, str):
                found.add(literal)
            elif name in {"of", "dated"} and isinstance(argument, ast.JoinedStr):
                found |= set(families.get(argument.values[0].value, ()))
    codes = {lack.value for lack in Lack} | {
        "stale_first_text",
        "stale_idle",
        "not_confirmed",
        "confirmation_advised",
    }
    return found | codes | {f"remedy.{code}" for code in codes}


def test_every_sentence_of_the_gate_is_in_the_catalogue():
    split = {"consent_too_weak", "quiet_hours", "fact.paused"}  # said in forms, or by another step
    missing = {each for each in ids_in_the_gate() if each not in CATALOGUE and each not in split}
    only_undated = {each for each in missing if f"{each}.undated" in CATALOGUE}
    assert missing - only_undated == set()


def test_the_catalogue_has_no_sentence_that_nobody_says():
    said = ids_in_the_gate()
    unsaid = {
        each
        for each in CATALOGUE
        if not each.startswith(NOT_THE_GATES) and each.removesuffix(".undated") not in said
    }
    assert unsaid == set()


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: f"{case.pack}: {case.name}")
def test_every_golden_decision_can_be_told_in_words(case):
    decision = decide(case.facts, BOOK, case.at)
    for reason in (*decision.reasons, *decision.notes):
        for sentence in (reason.fact, reason.sentence, reason.remedy):
            words = render(sentence)
            assert re.fullmatch(r"[A-Z\d].*\.", words), f"{sentence.id}: {words!r} is no sentence"
    assert tree(decision).startswith("Asked: ")


@pytest.mark.parametrize("sentence_id", sorted(CATALOGUE))
def test_every_wording_has_named_placeholders_only(sentence_id):
    assert all(name.isidentifier() for name in placeholders(CATALOGUE[sentence_id]))


def test_a_wait_in_florida_reads_as_a_person_would_say_it():
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    reason = decide(question(places=(MIAMI,)), BOOK, at).reasons[0]
    assert render(reason.sentence) == "Waits until 08:00 in Florida (Fla. Stat. 501.616)."
    assert render(reason.fact) == "It is 20:30 there (America/New_York), presumed from the number's country."


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
    lines = tree(decide(question(state=stopped(), sender=None), BOOK, NOON)).splitlines()
    assert lines == [
        "Asked: May this text go at 11:00 UTC on 23 November 2026?",
        "Rules: nl, eu, house",
        "Decided: Refuse.",
        "└─ The person has stopped these texts.",
        "      consent.withdrawn · the person's own word",
        "      They stopped on 23 November 2026.",
        "What would change it",
        "└─ Only the person can change this, by texting START or a keyword from their own phone.",
        "Not asked, for lack of input: sender",
    ]
