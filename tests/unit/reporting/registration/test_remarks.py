"""What no reviewer numbers, and what cannot be seen from here: found or asked about all the same."""

from dataclasses import replace

import pytest

from factories.registrations import (
    CLUB,
    DETAILS,
    ON,
    PACKS,
    REMINDERS,
    SALE,
    SOFA,
    TEN_DLC,
    TOLL_FREE,
    details,
    findings,
    form,
    program,
    saying,
)
from yesword.domain.programs import Program
from yesword.reporting.registration import BusinessDetails, Grade, Kind, register, would_be_rejected
from yesword.reporting.registration.details import Address
from yesword.reporting.registration.tables import checks, use_cases


def found(kind: Kind, program: Program, details: BusinessDetails) -> set[tuple[str, Grade, str]]:
    return {(each.check, each.grade, each.field) for each in findings(kind, program, details)}


@pytest.mark.parametrize(
    ("bad", "check", "field"),
    [
        pytest.param(lambda: details(brand_id=""), "wanted", "brand_id", id="the brand's id"),
        pytest.param(
            lambda: (replace(REMINDERS, purpose="x", categories=("y",)), DETAILS),
            "wanted",
            "use_case",
            id="a use case that the purpose does not tell",
        ),
        pytest.param(
            lambda: details(description="Wintelroos offers."), "too_short", "description", id="short"
        ),
        pytest.param(lambda: details(samples=(SALE, SOFA * 20)), "too_long", "samples", id="a long sample"),
        pytest.param(lambda: details(samples=(SALE,) * 6), "too_many", "samples", id="six samples"),
        pytest.param(
            lambda: saying(welcome=dict(CLUB.texts)["en"].welcome * 3), "too_long", "optin_message", id="long"
        ),
        pytest.param(
            lambda: program(keywords=("SAVE MORE",)), "keyword_format", "optin_keywords", id="a blank in it"
        ),
        pytest.param(
            lambda: program(keywords=tuple(f"KEYWORD{number}" for number in range(40))),
            "too_long",
            "optin_keywords",
            id="more keywords than the form has room for",
        ),
    ],
)
def test_what_the_form_itself_refuses_is_found(bad, check: str, field: str):
    assert (check, Grade.REJECTED, field) in found(TEN_DLC, *bad())


@pytest.mark.parametrize(
    "key",
    ["legal_name", "business_type", "notification_email", "monthly_volume", "phone_number_sid", "address"],
)
def test_a_toll_free_verification_asks_for_what_only_the_operator_knows(key: str):
    told = replace(DETAILS, **{key: Address() if key == "address" else ""})
    assert ("wanted", Grade.REJECTED, key) in found(TOLL_FREE, CLUB, told)


@pytest.mark.parametrize(
    ("bad", "check"),
    [
        pytest.param(
            lambda: details(privacy_policy_says_not_shared=None), "privacy_sharing", id="what the policy says"
        ),
        pytest.param(lambda: form(has_phone_field=None), "form_phone_field", id="the field for the number"),
        pytest.param(lambda: form(box_is_ticked=None), "form_ticked", id="the box"),
        pytest.param(lambda: form(is_condition=None), "form_condition", id="whether it is a condition"),
        pytest.param(lambda: form(is_public=None), "opt_in_unreachable", id="whether anybody can open it"),
        pytest.param(lambda: form(wording=""), "cta_wording", id="what people read there"),
    ],
)
def test_what_cannot_be_seen_from_here_is_asked_and_rejects_nothing(bad, check: str):
    told = findings(TEN_DLC, *bad())
    assert [(each.check, each.grade) for each in told] == [(check, Grade.CONFIRM)]
    assert not would_be_rejected(told)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_a_program_on_another_kind_of_number_is_asked_about(kind: Kind):
    told = register(CLUB, DETAILS, kind, PACKS, ON).findings
    assert [(each.check, each.grade) for each in told if each.check == "sender"] == [
        ("sender", Grade.CONFIRM)
    ]


@pytest.mark.parametrize(
    ("email", "website", "is_own"),
    [
        pytest.param(
            "ada@wintelroos.example", "https://www.wintelroos.example", True, id="the website's domain"
        ),
        pytest.param("ada@mail.wintelroos.example", "https://wintelroos.example", True, id="one below it"),
        pytest.param("ada@wintelroos.example", "https://shop.wintelroos.example", True, id="one above it"),
        pytest.param("ada@roos.example", "https://wintelroos.example", False, id="an end of it"),
        pytest.param("ada@other.example", "", True, id="no website to hold it against"),
        pytest.param("ada@gmail.com", "", False, id="a mail service, and no website"),
    ],
)
def test_a_contact_writes_from_the_business(email: str, website: str, is_own):
    told = replace(DETAILS, website=website, contact=replace(DETAILS.contact, email=email))
    assert ("email_domain" not in {each.check for each in findings(TOLL_FREE, CLUB, told)}) is is_own


def test_goods_that_only_ask_for_an_age_are_not_prohibited():
    assert "prohibited" not in {each.check for each in findings(TEN_DLC, *program(categories=("alcohol",)))}


@pytest.mark.parametrize(("count", "is_well"), [(1, False), (2, True), (5, True), (6, False)])
def test_a_mixed_campaign_is_made_of_two_to_five_use_cases(count: int, is_well):
    told = details(use_case="MIXED", sub_use_cases=tuple(use_cases())[:count])
    assert ("sub_use_cases" not in {each.check for each in findings(TEN_DLC, *told)}) is is_well


def test_a_sole_proprietor_needs_no_registration():
    sole = replace(DETAILS, business_type="SOLE_PROPRIETOR", registration_number="")
    assert not found(TOLL_FREE, CLUB, sole)


def test_every_check_can_be_said():
    """Each wording is a sentence, and the ones that ask end in a question mark."""
    for check in checks().values():
        assert check.wrong.endswith((".", "}"))
        assert not check.ask or check.ask.endswith("?")
