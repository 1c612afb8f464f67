"""Each rejection that a reviewer numbers: what to make wrong in a registration to get it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from factories.registrations import (
    ASKING,
    CLUB,
    DETAILS,
    FORM,
    POSTER,
    REMINDERS,
    SALE,
    SOFA,
    TEN_DLC,
    TOLL_FREE,
    asking_without,
    details,
    form,
    program,
    saying,
    way,
    welcome_without,
)
from yesword.domain.programs import Program
from yesword.reporting.registration import BusinessDetails, Kind
from yesword.reporting.registration.details import Collection, Method


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
