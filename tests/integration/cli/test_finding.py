"""Which brand is meant, where a command names one or none."""

import pytest

from factories.worlds import world
from yesword.cli.finding import NoBrandYetError, SeveralBrandsError, UnknownBrandError, find_brand
from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.store import models


def test_the_only_brand_may_go_unnamed(sqlite_store):
    with world(sqlite_store):
        assert find_brand(None).key == find_brand("demo").key == "demo"


@pytest.mark.parametrize(
    ("named", "error", "says"),
    [
        (None, SeveralBrandsError, r"several brands here\. Say which with --brand: demo, other\."),
        ("demi", UnknownBrandError, r"There is no brand demi\. Known brands: demo, other\."),
    ],
    ids=["none is named", "one that is not there"],
)
def test_of_several_brands_one_has_to_be_named(sqlite_store, named, error, says):
    with world(sqlite_store):
        models.Brand.objects.create(key="other", name="Other", country="NL", origin="other.example/ledger")
        with pytest.raises(error, match=says) as refused:
            find_brand(named)
    assert exit_code(refused.value) == NOT_UNDERSTOOD


def test_where_there_is_none_the_way_to_one_is_told(sqlite_store):
    with pytest.raises(NoBrandYetError, match="yesword brand add"):
        find_brand(None)
