import zlib

import pytest
from training import corpora

from yesword.domain.understanding import model
from yesword.domain.understanding.normalise import normalise


def words(text):
    return model.words_of(normalise(text))


def test_the_shipped_model_is_the_one_that_these_texts_make():
    """Run `make model` after a change of the texts or the concepts."""
    assert model.shipped().digest == corpora.digest()


def test_the_shipped_model_is_small():
    assert len(model.written(model.shipped())) < 5_000_000


@pytest.mark.parametrize(
    ("leaving", "staying"),
    [
        ("please do not send me these adverts any more", "please do not send me the parcel before Monday"),
        (
            "ich möchte diese nachrichten nicht mehr bekommen",
            "ich möchte den termin nur auf freitag verschieben",
        ),
        ("jag vill inte ha era sms", "jag vill ha era skor i storlek 42"),
    ],
)
def test_a_wish_to_leave_is_likelier_than_a_text_that_shares_its_words(leaving, staying):
    assert model.weigh(words(leaving)).likelihood > 0.5 > model.weigh(words(staying)).likelihood


def test_no_words_wish_nothing_much():
    assert 0 <= model.weigh([]).likelihood < 0.9


def test_the_words_that_moved_it_are_the_ones_about_leaving():
    said = words("good morning to all of you, stop sending me texts, the weather is fine today")
    first, after = model.moved_by(said)
    assert {"stop", "sending", "texts"} <= set(said[first:after])


def test_most_words_unknown_is_strange():
    assert model.is_strange(["xqzzy", "wvrrt", "stop"])
    assert not model.is_strange(words("please stop texting me"))


def test_a_model_is_read_as_it_was_written():
    shipped = model.shipped()
    again = model.read(model.written(shipped))
    assert again == shipped


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GIF89a", id="another file"),
        pytest.param(model.MAGIC + b"x 1.0 1.0 1.0 1.0\n" + zlib.compress(b"short"), id="too short a table"),
        pytest.param(model.MAGIC + b"x one 1.0 1.0 1.0\n" + zlib.compress(b""), id="numbers that are none"),
        pytest.param(model.MAGIC + b"x 1.0 1.0 1.0 1.0\nnot packed", id="not packed"),
    ],
)
def test_a_damaged_model_is_refused(data):
    with pytest.raises(model.DamagedModelError):
        model.read(data)


def test_what_friends_say_to_each_other_answers_no_business():
    friends, customer = (
        words("Mum, leave the key under the mat"),
        words("please remove me from your sms list"),
    )
    assert model.weigh(friends).answers < model.weigh(customer).answers
