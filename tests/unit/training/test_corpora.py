"""The texts for training and for measuring are kept apart, and say what they should."""

from collections import Counter

import pytest
from training import corpora

from yesword.domain.understanding.intent import Label


def test_what_measures_is_never_trained_on():
    trained = {each.text for each in corpora.training_examples()}
    held = {text for _, text in corpora.negatives(held=True)}
    # A sentence may stand twice in a collection of sentences; a held one is then held wherever it stands.
    assert not trained & held
    learnt = {(half, each.id) for half in corpora.LEARNT_FROM for each in corpora.replies(half)}
    assert learnt.isdisjoint((half, each.id) for half in corpora.MEASURING for each in corpora.replies(half))
    assert set(corpora.LEARNT_FROM).isdisjoint(corpora.MEASURING)


@pytest.mark.parametrize("file", sorted((corpora.HERE / "corpus").glob("*.tsv")), ids=lambda file: file.stem)
def test_a_corpus_has_known_labels_no_text_twice_and_innocents_as_many_as_opt_outs(file):
    rows = list(corpora.rows(file))
    labels = Counter(row["label"] for row in rows)
    assert labels.keys() <= {*Label, "ACCESS"}
    assert 0.8 < labels["OPT_OUT"] / labels["OTHER"] < 1.25
    assert len({row["text"].casefold() for row in rows}) == len(rows)


def test_both_halves_hold_replies_in_every_main_language():
    for half in ("open", "held"):
        assert {"en", "nl", "sv", "de", "da"} <= {each.language for each in corpora.replies(half)}
