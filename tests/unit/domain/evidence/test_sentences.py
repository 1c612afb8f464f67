"""Each sentence about evidence that is said is in the catalogue, and each that is there is said."""

import ast
import re
from importlib import resources

import pytest

from yesword.domain.decisions import Sentence
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.sentences import CATALOGUE, render
from yesword.domain.explain import MissingArgumentError, UnknownSentenceError, placeholders

# Sentences whose last part is a value.
FAMILIES = {
    "kind.": list(EvidenceKind),
    "graded.c.": ["scan", "recording", "attestation", "carrier", "system"],
    "lacking.": ["source", "date", "wording", "confirmation", "purchase"],
    "remark.recorded_later.": ["minutes", "hours", "days"],
}


def said() -> set[str]:
    """Every string in the source of the room, with the codes of a probe's findings as their sentences."""
    found: set[str] = set()
    for file in resources.files("yesword.domain.evidence").iterdir():
        if file.name.endswith(".py") and file.name != "sentences.py":
            tree = ast.parse(file.read_text("utf-8"))
            found |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    families = {
        f"{family}{value}" for family, values in FAMILIES.items() if family in found for value in values
    }
    return found | families | {f"probe.{each}" for each in found}


def test_no_sentence_is_there_that_nobody_says():
    plain = {each.removesuffix(".one") for each in CATALOGUE}
    assert plain - said() == set()


@pytest.mark.parametrize(("count", "words"), [(1, "1 day after"), (2, "2 days after")])
def test_one_of_a_thing_is_told_in_the_singular(count, words):
    assert words in render(Sentence.of("remark.recorded_later.days", count=count))


def test_every_sentence_that_is_said_is_there():
    heads = tuple({f"{each.partition('.')[0]}." for each in CATALOGUE} - {"probe."})
    named = {each for each in said() if each.startswith(heads) and re.fullmatch(r"[a-z_.]*[a-z_]", each)}
    assert named - set(CATALOGUE) == set()


def test_every_wording_is_one_sentence_or_a_name_with_named_placeholders():
    for sentence_id, template in CATALOGUE.items():
        assert template.endswith(".") != sentence_id.startswith("kind."), sentence_id
        assert all(name.isidentifier() for name in placeholders(template))


def test_a_sentence_that_is_not_there_or_not_whole_is_told():
    with pytest.raises(UnknownSentenceError):
        render(Sentence.of("lacking.nothing"))
    with pytest.raises(MissingArgumentError):
        render(Sentence.of("remark.recorded_later.days"))
