import threading

import pytest

from yesword.domain.ids import (
    BUCKETS,
    EPOCH_MS,
    MAKERS,
    BadIdError,
    IdMaker,
    bucket_of,
    from_text,
    random_bucket,
    to_text,
)

NOW = EPOCH_MS + 86_400_000


def a_clock(*readings):
    """A clock that gives these readings, then the last one for ever."""
    left = list(readings)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_an_id_tells_its_bucket():
    maker = IdMaker(3)
    assert [bucket_of(maker.make(bucket)) for bucket in range(BUCKETS)] == list(range(BUCKETS))


def test_an_id_fits_a_signed_column_until_2093():
    last_ms = EPOCH_MS + (1 << 41) - 1
    assert IdMaker(MAKERS - 1, a_clock(last_ms)).make(BUCKETS - 1) < 1 << 63


@pytest.mark.parametrize("bucket", [-1, BUCKETS], ids=["below the first bucket", "past the last bucket"])
def test_there_is_no_id_in_a_bucket_that_is_not_there(bucket):
    with pytest.raises(AssertionError):
        IdMaker(0).make(bucket)


def test_ids_rise_in_time_within_a_bucket():
    maker = IdMaker(0, a_clock(NOW, NOW, NOW + 1, NOW + 5))
    ids = [maker.make(9) for _ in range(4)]
    assert ids == sorted(set(ids))


def test_more_than_256_in_a_millisecond_are_unique_and_rise():
    maker = IdMaker(0, a_clock(NOW))
    ids = [maker.make(9) for _ in range(2000)]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    "readings",
    [
        pytest.param((NOW, NOW - 1, NOW - 60_000, NOW), id="set back by a minute"),
        pytest.param((0, 0, 5), id="before the epoch, as on a machine without a battery"),
    ],
)
def test_a_clock_that_goes_backwards_makes_no_id_twice(readings):
    maker = IdMaker(0, a_clock(*readings))
    ids = [maker.make(9) for _ in range(600)]
    assert ids == sorted(set(ids))


def test_milliseconds_that_were_borrowed_are_not_given_out_again():
    maker = IdMaker(0, a_clock(*[NOW] * 600, NOW + 1))
    ids = [maker.make(9) for _ in range(1200)]
    assert ids == sorted(set(ids))


def test_two_makers_never_make_the_same_id_at_the_same_time():
    made = [IdMaker(number, a_clock(NOW)).make(9) for number in range(MAKERS)]
    assert len(set(made)) == MAKERS


def test_threads_that_share_a_maker_never_get_the_same_id():
    maker = IdMaker(0)
    made = [[] for _ in range(4)]

    def work(ids):
        ids.extend(maker.make(9) for _ in range(3000))

    threads = [threading.Thread(target=work, args=(ids,)) for ids in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each for ids in made for each in ids}) == 12_000


def test_a_random_bucket_is_a_bucket():
    assert {random_bucket() for _ in range(200)} <= set(range(BUCKETS))


@pytest.mark.parametrize("row_id", [0, 1, 31, 32, 373_850_863_931_392, (1 << 63) - 1])
def test_an_id_is_read_back_from_its_text(row_id):
    assert from_text("msg", to_text("msg", row_id)) == row_id


@pytest.mark.parametrize("text", ["  MSG_7Z\n", "Msg_7z"], ids=["capitals and spaces", "mixed case"])
def test_an_id_is_read_as_people_copy_it(text):
    assert from_text("msg", text) == 7 * 32 + 31


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("msg_", id="a prefix alone"),
        pytest.param("7z", id="digits alone"),
        pytest.param("con_7z", id="another kind of thing"),
        pytest.param("msg_7u", id="a letter that the alphabet leaves out"),
        pytest.param("msg_7 z", id="a space inside"),
        pytest.param("msg_-1", id="a sign"),
        pytest.param("msg_٣", id="a digit of another script"),
        pytest.param("msg_8000000000000", id="one more than 63 bits hold"),
        pytest.param("msg_00000000000001", id="more digits than an id has"),
    ],
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(BadIdError):
        from_text("msg", text)


def test_the_refusal_does_not_repeat_a_number_that_was_pasted():
    with pytest.raises(BadIdError) as refused:
        from_text("con", "+31612345678")
    assert "612345678" not in f"{refused.value} {refused.value.fields}"
    assert "con_" in str(refused.value)
