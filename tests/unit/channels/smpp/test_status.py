"""What a carrier's numbers mean for a text."""

import pytest

from yesword.channels.smpp.status import STATUSES, Meaning, status_of


@pytest.mark.parametrize(
    ("number", "code", "meaning"),
    [
        pytest.param(0x00, "ok", Meaning.TAKEN, id="taken"),
        pytest.param(0x0B, "invalid_number", Meaning.REFUSED, id="a bad number"),
        pytest.param(0x58, "throttled", Meaning.THROTTLED, id="too fast"),
        pytest.param(0x14, "throttled", Meaning.THROTTLED, id="queue full"),
        pytest.param(0x08, "carrier_error", Meaning.TEMPORARY, id="a fault of the carrier"),
        pytest.param(0x0E, "sign_in_refused", Meaning.SIGN_IN, id="a wrong password"),
        pytest.param(0x477, "smpp_00000477", Meaning.REFUSED, id="a code of the carrier's own"),
    ],
)
def test_meanings(number, code, meaning):
    told = status_of(number)
    assert (told.code, told.meaning) == (code, meaning)


def test_an_account_names_its_carriers_own_numbers():
    own = {0x477: "opted_out", 0x0B: "unknown_subscriber", 0x4FE: "throttled"}
    assert status_of(0x477, own).code == "opted_out"
    assert status_of(0x0B, own).code == "unknown_subscriber", "also where the specification has a name"
    assert status_of(0x4FE, own).meaning is Meaning.THROTTLED


def test_every_number_has_a_sentence_and_only_zero_is_taken():
    assert all(each.sentence.endswith(".") for each in STATUSES.values())
    assert [each.number for each in STATUSES.values() if each.meaning is Meaning.TAKEN] == [0]
