"""What codes of SMPP carriers mean in our words."""

import pytest

from yesword.channels.errors import CarrierError
from yesword.channels.smpp import reports
from yesword.channels.smpp.meanings import meaning_of
from yesword.channels.smpp.reports import IdForm, reported_id, spellings, submitted_id
from yesword.channels.smpp.status import STATUSES, Meaning


@pytest.mark.parametrize(
    "number", [each.number for each in STATUSES.values() if each.meaning is Meaning.REFUSED]
)
def test_every_refusal_of_the_standard_has_a_meaning(number: int) -> None:
    code = STATUSES[number].code
    assert meaning_of(code) is not None or code in {"unknown_message", "query_failed"}, code


@pytest.mark.parametrize("code", sorted(set(reports._GSM_CAUSES.values())))
def test_every_cause_of_the_network_has_a_meaning(code: str) -> None:
    assert meaning_of(code) is not None


def test_an_account_may_name_a_meaning_and_what_only_its_carrier_knows_has_none() -> None:
    assert meaning_of("opted_out") is CarrierError.OPTED_OUT
    assert meaning_of("unknown_subscriber") is CarrierError.UNKNOWN_SUBSCRIBER
    assert meaning_of("smpp_000004ff") is None
    assert meaning_of(None) is None


@pytest.mark.parametrize(
    ("submitted", "reported", "form"),
    [
        pytest.param("001A2B3C", "1715004", IdForm.HEX_THEN_DECIMAL, id="padded hexadecimal, then decimal"),
        pytest.param("0001715004", "1a2b3c", IdForm.DECIMAL_THEN_HEX, id="padded decimal, then hexadecimal"),
        pytest.param("000000ff", "FF", IdForm.HEX, id="other letters"),
        pytest.param("0000000012", "12", IdForm.DECIMAL, id="zeros lost"),
    ],
)
def test_a_spelling_is_one_that_the_form_makes_the_same_id(
    submitted: str, reported: str, form: IdForm
) -> None:
    found = spellings(reported, form)
    assert submitted in found
    assert {submitted_id(each, form) for each in found} <= {reported_id(reported, form)}
    assert reported not in found


def test_what_is_no_number_has_no_other_spelling() -> None:
    assert spellings("a-1", IdForm.DECIMAL) == ()
    assert spellings("12", IdForm.AS_IS) == ()
