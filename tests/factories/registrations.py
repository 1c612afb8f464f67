"""A registration that is whole, and ways to make one thing in it wrong."""

from dataclasses import replace
from datetime import date
from importlib import resources

from yesword.domain.ids import BrandId
from yesword.domain.program_files import read_program
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.reporting.registration import BusinessDetails, Finding, Grade, Kind, register
from yesword.reporting.registration.details import Address, Collection, Contact, Method

ON = date(2026, 11, 22)
PACKS = RuleBook.load().packs
TEN_DLC, TOLL_FREE = Kind.TEN_DLC, Kind.TOLL_FREE
NUMBER = {TEN_DLC: "+12075550100", TOLL_FREE: "+18335550100"}


def demo(key: str) -> Program:
    text = resources.files("yesword.demo").joinpath("programs", f"{key}.toml").read_text("utf-8")
    return read_program(text, file=key, brand=BrandId(1), brand_name="Wintelroos", brand_country="NL")


CLUB, REMINDERS = demo("club"), demo("reminders")
POSTER = Collection(method=Method.KEYWORD, where="posters", url="https://wintelroos.example/club")
ASKING = (
    "Get offers on shoes and clothing from Wintelroos by text, up to 4 texts a month. Msg & data rates may apply. "
    "Reply HELP for help, STOP to stop. Terms: https://wintelroos.example/terms "
    "Privacy: https://wintelroos.example/privacy"
)
FORM = Collection(
    method=Method.WEB_FORM,
    url="https://wintelroos.example/join",
    is_public=True,
    wording=ASKING,
    has_phone_field=True,
    box_is_ticked=False,
    is_condition=False,
)
SALE = "Wintelroos: 20% off your next pair of shoes until Sunday. Reply STOP to stop."
SOFA = "Wintelroos: buy one sofa and get one chair free this week. Reply STOP to stop."
DETAILS = BusinessDetails(
    legal_name="Wintelroos Inc.",
    website="https://wintelroos.example",
    business_type="PRIVATE_PROFIT",
    registration_number="12-3456789",
    registration_authority="EIN",
    registration_country="US",
    address=Address(street="12 Harbor St", city="Portland", region="ME", postal_code="04101", country="US"),
    contact=Contact(
        first_name="Ada", last_name="Winter", email="ada@wintelroos.example", phone="+12075550123"
    ),
    notification_email="carriers@wintelroos.example",
    brand_id="BWINTEL",
    phone_number_sid="PN1",
    monthly_volume="10,000",
    samples=(SALE, SOFA),
    privacy_policy_says_not_shared=True,
    collections=(POSTER, FORM),
)


def findings(kind: Kind, program: Program = CLUB, details: BusinessDetails = DETAILS) -> tuple[Finding, ...]:
    return register(replace(program, sender=NUMBER[kind]), details, kind, PACKS, ON).findings


def codes(kind: Kind, program: Program = CLUB, details: BusinessDetails = DETAILS) -> set[tuple[str, str]]:
    """(check, code) of what would be rejected."""
    return {
        (each.check, code.name)
        for each in findings(kind, program, details)
        if each.grade is Grade.REJECTED
        for code in each.codes
    }


def details(**changes) -> tuple[Program, BusinessDetails]:
    return CLUB, replace(DETAILS, **changes)


def form(**changes) -> tuple[Program, BusinessDetails]:
    return CLUB, replace(DETAILS, collections=(POSTER, replace(FORM, **changes)))


def asking_without(part: str) -> tuple[Program, BusinessDetails]:
    assert part in ASKING
    return form(wording=ASKING.replace(part, ""))


def way(**changes) -> tuple[Program, BusinessDetails]:
    return CLUB, replace(DETAILS, collections=(POSTER, Collection(**changes)))


def program(**changes) -> tuple[Program, BusinessDetails]:
    return replace(CLUB, **changes), DETAILS


def saying(**texts) -> tuple[Program, BusinessDetails]:
    spoken = tuple((key, replace(said, **texts) if key == "en" else said) for key, said in CLUB.texts)
    return replace(CLUB, texts=spoken), DETAILS


def welcome_without(part: str) -> tuple[Program, BusinessDetails]:
    welcome = dict(CLUB.texts)["en"].welcome
    assert part in welcome
    return saying(welcome=welcome.replace(part, ""))
