"""Each rejection that a reviewer numbers: a registration that would get it, and the same one mended, which would not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources

import pytest

from yesword.domain.ids import BrandId
from yesword.domain.program_files import read_program
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.reporting.registration import BusinessDetails, Finding, Grade, Kind, register, would_be_rejected
from yesword.reporting.registration.details import Address, Collection, Contact, Method
from yesword.reporting.registration.tables import checks, rejections, use_cases

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


@dataclass(frozen=True)
class Case:
    id: str
    check: str
    bad: Callable[[], tuple[Program, BusinessDetails]]
    codes: dict[Kind, tuple[str, ...]]


def case(name: str, check: str, bad, ten_dlc: str = "", toll_free: str = "") -> Case:
    """The codes of either kind, with commas between; none where the kind has no number for it."""
    told = {TEN_DLC: ten_dlc, TOLL_FREE: toll_free}
    return Case(name, check, bad, {kind: tuple(each.split(", ")) for kind, each in told.items() if each})


CASES = [
    case("no website", "website_missing", lambda: details(website=""), "Bandwidth 1100"),
    case(
        "a website that is none",
        "website_malformed",
        lambda: details(website="https://shop"),
        "Bandwidth 1101",
    ),
    case(
        "a website without a certificate",
        "website_insecure",
        lambda: details(website="http://wintelroos.example"),
        "Bandwidth 1103",
    ),
    case(
        "a contact at a mail service",
        "email_domain",
        lambda: details(contact=replace(DETAILS.contact, email="ada@gmail.com")),
        "",
        "Bandwidth 1101, Twilio 30482",
    ),
    case(
        "a contact without a name",
        "contact_missing",
        lambda: details(contact=replace(DETAILS.contact, last_name="")),
        "",
        "Bandwidth 1102, Twilio 30483",
    ),
    case(
        "a business by another name",
        "business_name",
        lambda: details(legal_name="Harbor Holding LLC"),
        "",
        "Bandwidth 1103, Twilio 30484",
    ),
    case(
        "an EIN of eight figures",
        "registration_number",
        lambda: details(registration_number="1234-5678"),
        "",
        "Twilio 30527",
    ),
    case(
        "no way in",
        "opt_in_missing",
        lambda: (replace(CLUB, keywords=()), replace(DETAILS, collections=())),
        "Bandwidth 2100, Twilio 30842, Twilio 30896",
        "Twilio 30842",
    ),
    case(
        "offers agreed to only aloud",
        "written_consent",
        lambda: (
            replace(CLUB, keywords=()),
            replace(DETAILS, collections=(Collection(method=Method.VERBAL, script=ASKING, wording=ASKING),)),
        ),
        "Bandwidth 2101",
    ),
    case(
        "a form without a certificate",
        "opt_in_link_insecure",
        lambda: form(url="http://wintelroos.example/join"),
        "Bandwidth 2103",
    ),
    case("a form at no address", "opt_in_link_malformed", lambda: form(url="our website"), "Bandwidth 2104"),
    case(
        "asked aloud without a script",
        "verbal_script",
        lambda: way(method=Method.VERBAL, wording=ASKING),
        "Bandwidth 2105",
        "Twilio 30511",
    ),
    case(
        "a form without the privacy policy",
        "cta_privacy",
        lambda: asking_without("Privacy: https://wintelroos.example/privacy"),
        "Bandwidth 2121, DCA2 861",
    ),
    case(
        "a form without the terms",
        "cta_terms",
        lambda: asking_without("Terms: https://wintelroos.example/terms "),
        "DCA2 861",
    ),
    case(
        "a paper form that nobody can see",
        "evidence_missing",
        lambda: way(method=Method.PAPER_FORM, wording=ASKING),
        "Bandwidth 2129, DCA2 806, Twilio 30842",
        "Twilio 30842",
    ),
    case(
        "asking without the brand",
        "cta_brand",
        lambda: asking_without("from Wintelroos "),
        "Bandwidth 2133, DCA2 861, Twilio 30837",
        "Twilio 30837",
    ),
    case(
        "asking without what for",
        "cta_use_case",
        lambda: asking_without("offers on shoes and clothing "),
        "Bandwidth 2134, DCA2 861, Twilio 30544",
        "Twilio 30544",
    ),
    case(
        "asking without how often",
        "cta_frequency",
        lambda: asking_without(", up to 4 texts a month"),
        "Bandwidth 2135, DCA2 861, Twilio 30545",
        "Twilio 30545",
    ),
    case(
        "asking without rates",
        "cta_rates",
        lambda: asking_without("Msg & data rates may apply. "),
        "Bandwidth 2136, DCA2 861, Twilio 30569",
        "Twilio 30569",
    ),
    case(
        "asking without HELP",
        "cta_help",
        lambda: asking_without("HELP for help, "),
        "Bandwidth 2137, DCA2 861, Twilio 30570",
        "Twilio 30570",
    ),
    case(
        "asking without STOP",
        "cta_stop",
        lambda: asking_without(", STOP to stop"),
        "Bandwidth 2138, DCA2 861, Twilio 30887",
    ),
    case(
        "asking without saying that these are texts",
        "cta_channel",
        lambda: form(wording=ASKING.replace(" by text", "").replace("4 texts", "4")),
        "Twilio 30551",
        "Twilio 30551",
    ),
    case(
        "asking for partners too",
        "cta_partners",
        lambda: form(wording=ASKING.replace("from Wintelroos", "from Wintelroos and our partners")),
        "Twilio 30932",
    ),
    case(
        "a form without a field for the number",
        "form_phone_field",
        lambda: form(has_phone_field=False),
        "Bandwidth 2139",
    ),
    case("a box ticked beforehand", "form_ticked", lambda: form(box_is_ticked=True), "", "Twilio 30475"),
    case("no service without a yes", "form_condition", lambda: form(is_condition=True), "", "Twilio 30475"),
    case(
        "a public form without its address",
        "opt_in_link",
        lambda: form(url="", pictures=("https://wintelroos.example/form.png",)),
        "Twilio 30543",
        "Twilio 30543",
    ),
    case(
        "a form behind a sign-in without pictures",
        "opt_in_unreachable",
        lambda: form(is_public=False),
        "DCA2 806, Twilio 30836",
        "Twilio 30836",
    ),
    case(
        "no privacy policy",
        "privacy_policy",
        lambda: program(privacy_url="http://wintelroos.example/privacy"),
        "DCA2 851, Twilio 30896",
    ),
    case(
        "a privacy policy that shares",
        "privacy_sharing",
        lambda: details(privacy_policy_says_not_shared=False),
        "DCA2 851, Twilio 30896, Twilio 30932",
    ),
    case("no terms", "terms", lambda: program(terms_url="soon"), "DCA2 861, Twilio 30896"),
    case(
        "a double opt-in that is confirmed by a bare welcome",
        "confirmation_incomplete",
        lambda: saying(welcome="Welcome to [Brand], [Frequency]."),
        "Twilio 30540",
        "Twilio 30540",
    ),
    case(
        "a welcome without the brand",
        "optin_brand",
        lambda: welcome_without("[Brand] "),
        "Bandwidth 6001, DCA2 851, DCA2 861",
    ),
    case(
        "a welcome without the frequency",
        "optin_frequency",
        lambda: welcome_without(", [Frequency]"),
        "Bandwidth 5105, DCA2 851, DCA2 861",
    ),
    case(
        "a welcome without rates",
        "optin_rates",
        lambda: welcome_without("Msg & data rates may apply. "),
        "DCA2 851, DCA2 861",
    ),
    case(
        "a welcome without HELP",
        "optin_help",
        lambda: welcome_without("[Help] for help, "),
        "Bandwidth 5107, DCA2 851, DCA2 861",
    ),
    case(
        "a welcome without STOP",
        "optin_stop",
        lambda: welcome_without(", [Stop] to stop"),
        "Bandwidth 5108, DCA2 851, DCA2 861",
    ),
    case(
        "a goodbye without the brand",
        "optout_brand",
        lambda: saying(stop="You are signed off and get no more messages."),
        "Bandwidth 5100, DCA2 851, DCA2 861, Twilio 30887",
    ),
    case(
        "a goodbye that says nothing of what follows",
        "optout_confirmed",
        lambda: saying(stop="[Brand]: we got your text. Goodbye."),
        "DCA2 851, DCA2 861, Twilio 30887",
    ),
    case(
        "help without the brand",
        "help_brand",
        lambda: saying(help="Help: [Support]"),
        "DCA2 851, DCA2 861",
        "Twilio 30486",
    ),
    case(
        "help without anybody to reach",
        "help_contact",
        lambda: saying(help="[Brand]: offers, [Frequency]. [Stop] to stop."),
        "DCA2 851, DCA2 861",
        "Twilio 30486",
    ),
    case(
        "a keyword that is not there",
        "optin_keywords_missing",
        lambda: (
            replace(CLUB, keywords=()),
            replace(DETAILS, collections=(replace(POSTER, wording=ASKING), FORM)),
        ),
        "Twilio 30896",
    ),
    case(
        "one sample for two use cases",
        "samples_few",
        lambda: details(use_case="MIXED", sub_use_cases=("MARKETING", "CUSTOMER_CARE"), samples=(SALE,)),
        "Bandwidth 8102, Twilio 30538, Twilio 30893",
        "Twilio 30538",
    ),
    case(
        "a sample without the brand",
        "sample_brand",
        lambda: details(samples=(SALE, SOFA.replace("Wintelroos: ", ""))),
        "DCA2 603, Twilio 30893",
    ),
    case(
        "a sample without STOP",
        "sample_stop",
        lambda: details(samples=(SALE, SOFA.replace("Reply STOP to stop.", ""))),
        "Twilio 30893",
    ),
    case(
        "reminders for samples of marketing",
        "sample_use_case",
        lambda: details(
            samples=(
                "Wintelroos: your appointment is at ten on Monday. Reply STOP to stop.",
                "Wintelroos: your fitter comes tomorrow. Reply STOP to stop.",
            )
        ),
        "DCA2 602, Twilio 30893",
    ),
    case(
        "offers for samples of reminders",
        "sample_use_case",
        lambda: (REMINDERS, DETAILS),
        "DCA2 602, Twilio 30893",
    ),
    case(
        "a shortened link",
        "sample_shortener",
        lambda: details(samples=(SALE, SOFA.replace("week.", "week: https://bit.ly/abc")), has_links=True),
        "Twilio 30892",
    ),
    case("links that no sample shows", "flag_link", lambda: details(has_links=True), "DCA2 601"),
    case(
        "links that a sample shows and nobody told of",
        "flag_link",
        lambda: details(
            samples=(SALE, SOFA.replace("week.", "week: https://wintelroos.example/sofa")), has_links=False
        ),
        "DCA2 601",
    ),
    case(
        "phone numbers that no sample shows",
        "flag_phone",
        lambda: details(has_phone_numbers=True),
        "DCA2 601, Twilio 30889",
    ),
    case(
        "a program for grown-ups that is said to be for all",
        "flag_age",
        lambda: (replace(CLUB, minimum_age=21), replace(DETAILS, is_age_gated=False)),
        "DCA2 601",
    ),
    case("a use case that nobody knows", "use_case", lambda: details(use_case="OFFERS"), "Twilio 30900"),
    case(
        "a mixed campaign of one use case",
        "sub_use_cases",
        lambda: details(use_case="MIXED", sub_use_cases=("MARKETING",)),
        "Twilio 30900",
    ),
    case(
        "a description that says nothing",
        "description",
        lambda: details(description="We write to the people who are on the list, and to nobody else."),
        "Twilio 30886",
    ),
    case(
        "no English texts",
        "english",
        lambda: program(texts=tuple(each for each in CLUB.texts if each[0] == "nl"), default_language="nl"),
        "DCA2 506, Twilio 30910",
    ),
    case(
        "a sample in Dutch",
        "english",
        lambda: details(samples=(SALE, "Wintelroos: 20% korting op schoenen tot zondag. Stoppen? Sms STOP.")),
        "DCA2 506, Twilio 30910",
    ),
    case("payday loans", "prohibited", lambda: program(categories=("high_risk_loans",)), "Twilio 30883"),
]
PAIRS = [pytest.param(each, kind, id=f"{each.id}, {kind.value}") for each in CASES for kind in each.codes]


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_a_registration_that_is_whole_has_nothing_to_remark(kind: Kind):
    assert [each.problem for each in findings(kind)] == []


@pytest.mark.parametrize(("told", "kind"), PAIRS)
def test_what_would_be_rejected_is_found_with_each_code_of_it(told: Case, kind: Kind):
    assert {code for check, code in codes(kind, *told.bad()) if check == told.check} == set(told.codes[kind])


@pytest.mark.parametrize(("told", "kind"), PAIRS)
def test_nothing_else_is_called_by_these_codes_in_the_registration_that_is_mended(told: Case, kind: Kind):
    assert not codes(kind) & {(told.check, code) for code in told.codes[kind]}


def test_every_rejection_has_a_case():
    told = {(code, kind) for each in CASES for kind, names in each.codes.items() for code in names}
    assert {(row.name, kind) for row in rejections().rejection for kind in row.kinds} == told


@pytest.mark.parametrize("told", CASES, ids=lambda told: told.id)
def test_a_finding_says_what_is_wrong_and_how_to_mend_it(told: Case):
    for kind in told.codes:
        found = [each for each in findings(kind, *told.bad()) if each.check == told.check]
        assert found
        for each in found:
            assert each.problem.strip()
            assert each.remedy.strip()
            assert "{" not in each.problem + each.remedy
            assert each.field


# --- what no reviewer numbers, and what cannot be seen from here ---------------------------------------------


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
