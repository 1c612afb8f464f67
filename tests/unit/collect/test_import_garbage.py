"""The garbage collector while files are imported."""

import gc

import pytest

from yesword.collect.imports.garbage import seldom_collected


def test_it_looks_seldom_until_the_last_import_is_through():
    usual = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    with first:
        second.__enter__()
        assert gc.get_threshold()[0] > 100 * usual[0]
    assert gc.get_threshold()[0] > 100 * usual[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_it_looks_as_usual_after_an_import_that_failed():
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="the file"), seldom_collected():
        raise ValueError("the file")
    assert gc.get_threshold() == usual
