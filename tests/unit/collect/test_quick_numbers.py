"""Reading many numbers quickly gives what reading each of them gives."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yesword.collect.imports.quick_numbers import QuickNumbers
from yesword.domain.phone import PhoneError, parse

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
QUICK = QuickNumbers()


def _the_long_way(raw, region):
    return parse(raw, country=region)


def answer(read, raw, region):
    try:
        return read(raw, region)
    except PhoneError as error:
        return error.code


@settings(max_examples=400)
@given(
    region=st.sampled_from(REGIONS),
    kind=st.integers(0, 8),
    form=st.sampled_from(["{e164}", "{national}", "0{national}", "{bare}", "00{bare}"]),
    last=st.lists(st.integers(0, 9999), min_size=2, max_size=4),
)
def test_a_block_answers_for_each_of_its_numbers(region, kind, form, last):
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    text = form.format(e164=e164, bare=e164[1:], national=phonenumbers.national_significant_number(example))
    for each in last:
        raw = f"{text[:-4]}{each:04}"
        assert answer(QUICK.parse, raw, region) == answer(_the_long_way, raw, region)


@pytest.mark.parametrize("raw", ["06 12 34 56 78", "tel:+31612345678", "'0612345678", "Mob.: 0612345678"])
def test_what_is_written_otherwise_is_read_the_long_way(raw):
    assert QuickNumbers().parse(raw, "NL").e164 == "+31612345678"


def test_a_block_is_asked_once(monkeypatch):
    from yesword.collect.imports import quick_numbers

    asked = []
    monkeypatch.setattr(
        quick_numbers, "parse", lambda raw, country: asked.append(raw) or parse(raw, country=country)
    )
    quick = QuickNumbers()
    found = [quick.parse(f"061234{last:04}", "NL").e164 for last in range(100)]
    assert found == [f"+3161234{last:04}" for last in range(100)]
    assert len(asked) == 1
