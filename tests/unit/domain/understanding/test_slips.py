import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.understanding import Kind, slips, understand
from yesword.domain.understanding.keywords import found, keywords_by_words
from yesword.domain.understanding.normalise import normalise
from yesword.domain.understanding.slips import NeighbourTableError, distance, meant_by, read_neighbours

NEIGHBOURS = sorted(slips.neighbours())
LETTERS = st.text("abst", max_size=7)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("stopq", "STOP", id="a letter too many"),
        pytest.param("cancl", "CANCEL", id="a letter too few"),
        pytest.param("revoje", "REVOKE", id="another letter"),
        pytest.param("afmled", "AFMELD", id="two letters swapped"),
        pytest.param("dezinscripton", "DÉSINSCRIPTION", id="two letters in a long word"),
        pytest.param("abbestelen", "ABBESTELLEN", id="a German word"),
        pytest.param("avlsuta", "AVSLUTA", id="a Swedish word"),
        pytest.param("opzegen", "OPZEGGEN", id="a Dutch word"),
        pytest.param("desincription", "DÉSINSCRIPTION", id="a French word without its accent"),
        pytest.param("CANCRL!!", "CANCEL", id="capitals and marks"),
        pytest.param("please cancl, thanks", "CANCEL", id="politeness around it"),
    ],
)
def test_a_slip_leaves_and_is_never_certain(text, meant):
    intent = understand(text)
    assert (intent.kind, intent.is_withdrawal, intent.is_per_se) == (Kind.OPT_OUT, True, False)
    assert intent.confidence < 0.9
    assert intent.rule.startswith("slip:")
    assert normalise(intent.rule.removeprefix("slip:")).words == normalise(meant).words


@pytest.mark.parametrize(
    "word", ["stops", "stopping", "quits", "cancels", "cancelled", "unsubscribes", "removed"]
)
def test_a_word_that_itself_speaks_of_leaving_is_no_innocent_neighbour(word):
    assert word not in slips.neighbours()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sop", id="of three letters every word is a slip"),
        pytest.param("revxkx", id="two slips in a short word"),
        pytest.param("unsxbscxxbe", id="three slips in a long word"),
        pytest.param("stop1", id="digits beside letters"),
        pytest.param("the stpoo is here", id="a word in a sentence"),
    ],
)
def test_what_is_too_far_away_is_no_slip(text):
    assert not understand(text).rule.startswith("slip:")


@pytest.mark.parametrize("word", ["start", "join", "help", "ende"])
def test_a_word_of_the_keyword_table_is_no_slip_of_another(word):
    assert meant_by(word) == ()


def test_every_neighbour_is_near_an_opt_out_word_and_so_earns_its_row(monkeypatch):
    monkeypatch.setattr(slips, "neighbours", frozenset)
    assert [word for word in NEIGHBOURS if not meant_by(word)] == []


def test_no_neighbour_is_a_known_word():
    assert [word for word in NEIGHBOURS if (word,) in keywords_by_words()] == []
    assert [word for word in NEIGHBOURS if found((word,), Kind.OPT_OUT, weak=True)] == []


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("{}", id="alone"),
        pytest.param("{}!", id="with a mark"),
        pytest.param("“{}”…", id="quoted"),
        pytest.param("{}, please", id="with a please"),
        pytest.param("Please {}", id="after a please"),
    ],
)
def test_a_neighbour_withdraws_nothing(frame):
    texts = [frame.format(word.capitalize()) for word in NEIGHBOURS]
    assert [text for text in texts if understand(text).is_withdrawal] == []


def test_the_neighbours_stand_sorted_and_once():
    table = slips.resources.files(slips.__package__).joinpath("neighbours.csv").read_text("utf-8")
    rows = [tuple(line.split(",")) for line in table.splitlines()[1:]]
    assert [pair for pair in pairwise(rows) if pair[0] >= pair[1]] == []
    assert len(rows) == len(NEIGHBOURS)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param("word\nshop\n", "Row 1 .* columns", id="other columns"),
        pytest.param("", "Row 1 .* columns", id="an empty file"),
        pytest.param(
            "language,word\nen,shop\nen,bus shop\n", "Row 3 .*'bus shop' is not one word", id="two words"
        ),
        pytest.param("language,word\nen,\n", "Row 2 .*'' is not one word", id="no word"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    with pytest.raises(NeighbourTableError, match=problem):
        list(read_neighbours(io.StringIO(table)))


def test_a_neighbour_is_kept_in_its_plain_form():
    assert list(read_neighbours(io.StringIO("language,word\nfi,Lähettää\nde,auflösen\n"))) == [
        "lahettaa",
        "auflosen",
    ]


@given(LETTERS, LETTERS)
def test_the_distance_is_the_same_both_ways_and_none_only_for_the_same_word(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(LETTERS, LETTERS)
def test_one_slip_is_a_distance_of_one(one, other):
    assert slips.is_one_slip(one, other) == (distance(one, other) == 1)
