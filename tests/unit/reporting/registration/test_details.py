"""The operator's answers and our own tables, read strictly."""

from pathlib import Path

import pytest

from yesword.reporting.registration.details import BusinessDetails, Method, read_details
from yesword.reporting.registration.strict import RegistrationFileError
from yesword.reporting.registration.tables import (
    Kind,
    checks,
    limits,
    meant_by,
    read_rejections,
    rejections,
    use_cases,
)

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "registration.toml"
CHECK = '[[check]]\nid = "a"\nhow = "h"\nwrong = "w"\nmend = "m"\n'
ROW = '[[rejection]]\nby = "B"\ncode = "1"\nkinds = ["10dlc"]\nwants = "x"\nchecks = ["a"]\n'


def test_the_example_is_read_whole():
    told = read_details(EXAMPLE.read_text("utf-8"), file="registration.toml")
    assert told.address.postal_code == "04101"
    assert [each.method for each in told.collections] == [Method.KEYWORD, Method.WEB_FORM]
    assert told.collections[1].box_is_ticked is False
    assert told.collections[0].box_is_ticked is None


def test_a_file_that_says_nothing_leaves_everything_open():
    assert read_details("", file="x") == BusinessDetails()


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        pytest.param('websit = "x"', "websit", "nothing is called so", id="a key misspelt"),
        pytest.param(
            '[address]\nzip = "x"', "address.zip", "nothing is called so", id="a key misspelt within"
        ),
        pytest.param("website = 3", "website", "it is 3", id="a number for a text"),
        pytest.param('has_links = "yes"', "has_links", "it is 'yes'", id="a text for yes or no"),
        pytest.param("has_links = 1", "has_links", "it is 1", id="a number for yes or no"),
        pytest.param('samples = "one"', "samples", "it is 'one'", id="a text for a list"),
        pytest.param("samples = [1]", "samples[1]", "it is 1", id="a number in a list of texts"),
        pytest.param('address = "here"', "address", "it is 'here'", id="a text for a table"),
        pytest.param(
            '[[collections]]\nmethod = "fax"',
            "collections[1].method",
            "'fax' is not known",
            id="a way unheard of",
        ),
        pytest.param(
            '[[collections]]\nwhere = "here"',
            "collections[1].method",
            "it is missing",
            id="a way without a method",
        ),
        pytest.param("website", "TOML", "", id="no TOML"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_key(text: str, key: str, what: str):
    with pytest.raises(RegistrationFileError) as refused:
        read_details(text, file="mine.toml")
    assert refused.value.message.startswith(f"mine.toml, {key}: ")
    assert what in refused.value.message


def test_a_table_of_rejections_is_read():
    table = read_rejections(f"public_mail_domains = []\n{CHECK}{ROW}", file="t")
    assert table.rejection[0].name == "B 1"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param(
            CHECK + ROW.replace('"a"', '"b"'), 'nothing checks "b"', id="a rejection nobody looks for"
        ),
        pytest.param(CHECK + ROW + ROW, "it is there twice", id="a rejection told twice"),
        pytest.param(CHECK + ROW + 'url = "x"\n', "nothing is called so", id="a key that nobody knows"),
        pytest.param(CHECK + ROW.replace("10dlc", "fax"), "'fax' is not known", id="another kind"),
        pytest.param(CHECK.replace('how = "h"\n', "") + ROW, "it is missing", id="a check that says not how"),
    ],
)
def test_a_table_of_rejections_that_contradicts_itself_is_refused(text: str, what: str):
    with pytest.raises(RegistrationFileError, match=what):
        read_rejections(f"public_mail_domains = []\n{text}", file="t")


def test_one_number_may_stand_for_two_things_in_two_kinds():
    told = {
        (kind, row.wants)
        for row in rejections().rejection
        if row.name == "Bandwidth 1101"
        for kind in row.kinds
    }
    assert {kind for kind, _ in told} == set(Kind)
    assert len({wants for _, wants in told}) == 2


def test_every_check_has_an_id_of_its_own():
    assert len(checks()) == len(rejections().check)


def test_every_use_case_that_a_purpose_stands_for_is_known():
    for word in ("orders", "reminders", "feedback", "support", "codes", "charity", "security", "fraud"):
        assert meant_by((word,)) in use_cases()
    assert meant_by(("Reminders",)) == meant_by(("reminders",))


def test_a_limit_is_of_a_field_that_is_there():
    from yesword.reporting.registration.fields import CampaignFields, Collected, TollFreeFields

    known = {
        Kind.TEN_DLC: {*CampaignFields.__slots__, *Collected.__slots__},
        Kind.TOLL_FREE: {*TollFreeFields.__slots__, *Collected.__slots__},
    }
    for kind in Kind:
        assert set(limits(kind)) <= known[kind]
