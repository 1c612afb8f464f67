"""Drawing winners: a rule that anybody can follow, and that nothing but list and seed decides."""

import hashlib
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.collecting import drawing
from yesword.domain.collecting.drawing import BadLeafError, EmptySeedError

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAVES = st.lists(st.binary(min_size=4, max_size=8), min_size=1, max_size=30, unique=True).map(
    lambda many: [hashlib.sha256(each).hexdigest() for each in many]
)
SEEDS = st.text(min_size=1).filter(lambda seed: seed.split())


@given(leaves=LEAVES, seed=SEEDS, shuffled=st.randoms(use_true_random=False))
def test_the_order_in_which_entries_came_makes_no_difference(leaves, seed, shuffled):
    other = list(leaves)
    shuffled.shuffle(other)
    assert drawing.ranked("c", leaves, seed) == drawing.ranked("c", other, seed)
    assert drawing.list_digest("c", leaves) == drawing.list_digest("c", other)


@given(leaves=LEAVES, seed=SEEDS)
def test_no_entry_comes_twice_and_none_is_left_out(leaves, seed):
    ranked = drawing.ranked("c", [*leaves, *leaves], seed)
    assert sorted(ranked) == sorted(leaves)


@given(leaves=LEAVES, seed=SEEDS, count=st.integers(0, 40))
def test_winners_are_the_first_of_the_ranking_as_many_as_there_are(leaves, seed, count):
    won = drawing.winners("c", leaves, seed, count)
    assert won == drawing.ranked("c", leaves, seed)[:count]
    assert len(won) == min(count, len(leaves))


def test_every_entry_can_win_and_about_as_often_as_any_other():
    leaves = [hashlib.sha256(bytes([each])).hexdigest() for each in range(10)]
    won = Counter(drawing.winners("c", leaves, f"seed {each}", 1)[0] for each in range(2000))
    assert set(won) == set(leaves)
    assert max(won.values()) < 2 * min(won.values())  # 200 each, give or take


@given(leaves=LEAVES, seed=SEEDS)
def test_one_entry_more_changes_what_is_published(leaves, seed):
    more = [*leaves, hashlib.sha256(seed.encode(errors="replace") + b"more").hexdigest()]
    assert drawing.list_digest("c", leaves) != drawing.list_digest("c", more)
    assert drawing.list_digest("c", leaves) != drawing.list_digest("other", leaves)


def test_the_rule_is_the_one_that_is_written_down():
    """As ADR 0032 has it, with nothing but SHA-256."""
    leaves = sorted(hashlib.sha256(each).hexdigest() for each in (b"one", b"two", b"three"))
    lines = ["yesword-draw-1-list", "colour", "3", *leaves]
    over = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert drawing.list_digest("colour", leaves) == over

    def ticket(entry: str) -> str:
        return hashlib.sha256(f"yesword-draw-1-ticket\n{over}\n3 14 15\n{entry}".encode()).hexdigest()

    assert drawing.ranked("colour", leaves, " 3  14\n15 ") == tuple(sorted(leaves, key=ticket))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("3 14 15", "  3  14\n15 ", id="spaces"),
        pytest.param("00AFc1", "00afC1", id="capitals-of-a-hash"),
    ],
)
def test_a_seed_counts_the_same_however_it_is_typed(one, other):
    assert drawing.plain_seed(one) == drawing.plain_seed(other)


def test_an_empty_seed_is_none():
    with pytest.raises(EmptySeedError):
        drawing.plain_seed(" \n")


def test_what_is_no_digest_is_no_entry():
    with pytest.raises(BadLeafError):
        drawing.list_digest("c", ["+31612345678"])


def test_the_digest_of_an_entry_tells_nothing_without_its_salt():
    one = drawing.leaf(b"a" * 16, "c", "B", AT)
    assert one == drawing.leaf(b"a" * 16, "c", "B", AT)
    assert one != drawing.leaf(b"b" * 16, "c", "B", AT)
    assert one != drawing.leaf(b"a" * 16, "c", "A", AT)
