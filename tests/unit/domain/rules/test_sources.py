"""Where rules were found: the table of sources is read strictly, and every rule that ships can be traced."""

import pytest

from yesword.domain.rules import PackError, RuleBook
from yesword.domain.rules.sources import WORDS, RuleSource, find_source, read_sources, shipped_sources

ENTRY = '[act-1]\naddress = "https://example.org/act"\nis_primary = true\n'


@pytest.mark.parametrize("pack", RuleBook.load().packs, ids=lambda pack: pack.id)
def test_every_shipped_rule_names_a_source_that_can_be_found(pack):
    for rule in pack.rules:
        found = find_source(rule.source)
        assert found is not None, rule.id
        assert found.address or rule.source in WORDS, rule.id


def test_a_primary_source_is_told_from_a_report_on_it():
    assert find_source("fl-1120") == RuleSource(
        key="fl-1120", address="https://flsenate.gov/Session/Bill/2021/1120/BillText/er/HTML", is_primary=True
    )
    tatango = find_source("tatango")
    assert tatango is not None
    assert not tatango.is_primary


def test_no_address_stands_twice():
    addresses = [each.address for each in shipped_sources().values()]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize(
    "key", ["", "fl-112O", "ftp://example.org/x", "javascript:alert(1)", "https://", "http:// a.b"]
)
def test_what_is_neither_a_key_nor_an_address_is_no_source(key):
    assert find_source(key) is None


def test_an_entry_is_read():
    assert read_sources(ENTRY, "s.toml") == {
        "act-1": RuleSource(key="act-1", address="https://example.org/act", is_primary=True)
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("is_primary", "primary", "line 3: act-1 has an unknown key primary. Expected", id="a key"),
        pytest.param("is_primary = true\n", "", "line 1: act-1 has no is_primary", id="not told whether primary"),
        pytest.param("true", '"yes"', "line 3: is_primary = 'yes'. Expected is_primary to be true", id="in words"),
        pytest.param("https://", "javascript:", "line 2: address = .* https://example.org/act", id="no address"),
        pytest.param("[act-1]", "[[act-1]]", "line 1: act-1 = .*to be a table", id="a list"),
        pytest.param("[act-1]", "[act-1", "line 1: .* valid TOML", id="broken TOML"),
    ],
)  # fmt: skip
def test_what_the_table_does_not_know_is_refused(old, new, told):
    with pytest.raises(PackError, match=f"s.toml, {told}"):
        read_sources(ENTRY.replace(old, new), "s.toml")
