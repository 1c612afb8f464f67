"""The garbage collector while batches are worked through."""

import gc

import pytest

from yesword.store.garbage import seldom_collected


def test_it_looks_seldom_until_the_last_batch_is_through():
    usual = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    with first:
        second.__enter__()
        assert gc.get_threshold()[0] > 100 * usual[0]
    assert gc.get_threshold()[0] > 100 * usual[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_it_looks_as_usual_after_one_that_failed():
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="the file"), seldom_collected():
        raise ValueError("the file")
    assert gc.get_threshold() == usual
