"""Receipts in Kantara's form, against Kantara's own schema."""

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from factories.events import confirmed, event, granted, requested, withdrawn
from factories.recorded import american, german
from yesword.domain.events import Actor, Basis, EventKind
from yesword.ledger.entry import canonical
from yesword.proof.records import PersonalData, kantara_receipt

SCHEMA = Path(__file__).parents[3] / "data" / "kantara" / "consent-receipt-v1.1.schema.json"

ASKED = requested(1, actor=Actor.PERSON)
STORY = (ASKED, confirmed(2, ASKED))


def validator():
    """The file is as published, with comments on lines of their own, which JSON does not have."""
    text = re.sub(r"(?m)^\s*//.*$", "", SCHEMA.read_text(encoding="utf-8"))
    schema = json.loads(text)
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


RECEIPTS = {
    "a German one": lambda: german(STORY),
    "an American one": lambda: american([granted(1)]),
    "one without recipients": lambda: german(STORY, recipients=()),
    "one with every kind of data": lambda: german(STORY, personal_data=tuple(PersonalData)),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_passes_the_schema(name):
    receipt = kantara_receipt(RECEIPTS[name]())
    assert list(validator().iter_errors(json.loads(canonical(receipt)))) == []


def test_a_receipt_is_of_the_yes_and_not_of_the_question():
    receipt = kantara_receipt(german(STORY))
    assert receipt["version"] == "KI-CR-v1.1.0"
    assert receipt["consentTimestamp"] == int(STORY[1].occurred_at.timestamp())
    assert receipt["collectionMethod"] == "reply"
    assert receipt["piiPrincipalId"] == "b7f0c1d2"
    assert receipt["language"] == "de"
    (service,) = receipt["services"]
    (purpose,) = service["purposes"]
    assert purpose["consentType"] == "EXPLICIT"
    assert purpose["purposeCategory"] == ["6 - Marketing"]
    assert purpose["piiCategory"] == ["2 - Contact"]
    assert purpose["thirdPartyName"] == "Carrier AG"


def test_who_processes_for_the_brand_is_said_to_act_on_its_behalf():
    brand, host = kantara_receipt(german(STORY))["piiControllers"]
    assert (brand["piiController"], brand["onBehalf"]) == ("Brand GmbH", False)
    assert (host["piiController"], host["onBehalf"]) == ("Text Hosting AB", True)


def test_a_customer_who_never_said_yes_has_implied_it():
    (service,) = kantara_receipt(german([granted(1, basis=Basis.CUSTOMER)]))["services"]
    assert service["purposes"][0]["consentType"] == "IMPLICIT"


ENDS = {
    "only asked": [ASKED],
    "stopped": [*STORY, withdrawn(3)],
    "refused since": [*STORY, event(EventKind.REFUSED, 3)],
    "erased": [*STORY, event(EventKind.ERASED, 3, None)],
}


@pytest.mark.parametrize("story", ENDS)
def test_no_receipt_speaks_for_somebody_who(story):
    assert kantara_receipt(german(ENDS[story])) is None


def test_a_receipt_is_of_the_last_yes_after_a_stop():
    receipt = kantara_receipt(german([*STORY, withdrawn(3), granted(4)]))
    assert receipt["collectionMethod"] == "keyword"


def _purpose(receipt):
    return receipt["services"][0]["purposes"][0]


MUTANTS = {
    **{
        f"without {key}": lambda receipt, key=key: receipt.pop(key)
        for key in (
            "version",
            "jurisdiction",
            "consentTimestamp",
            "collectionMethod",
            "consentReceiptID",
            "piiPrincipalId",
            "piiControllers",
            "policyUrl",
            "services",
            "sensitive",
            "spiCat",
        )
    },
    "with a time in words": lambda receipt: receipt.update(consentTimestamp="2026-03-02T09:02:00Z"),
    "with a time before all times": lambda receipt: receipt.update(consentTimestamp=-1),
    "with a controller without a telephone": lambda receipt: receipt["piiControllers"][0].pop("phone"),
    "with an address in one line": lambda receipt: receipt["piiControllers"][0].update(address="Berlin"),
    "with a purpose that never ends": lambda receipt: _purpose(receipt).pop("termination"),
    "with a third party without a name": lambda receipt: _purpose(receipt).pop("thirdPartyName"),
    "with a purpose that hides third parties": lambda receipt: _purpose(receipt).pop("thirdPartyDisclosure"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_schema_refuses_a_receipt(mutant):
    receipt = deepcopy(kantara_receipt(german(STORY)))
    MUTANTS[mutant](receipt)
    assert not validator().is_valid(receipt)
