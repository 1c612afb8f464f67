"""What goes into each form: its own names, lists or commas, and nothing that nobody said."""

import json
from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from yesword.domain.ids import BrandId
from yesword.domain.program_files import read_program
from yesword.domain.programs import OptIn
from yesword.reporting.registration import BusinessDetails, Kind, files, register
from yesword.reporting.registration.details import Address, Collection, Contact, Method
from yesword.reporting.registration.fields import campaign_fields, toll_free_fields
from yesword.reporting.registration.forms import generic, tcr, twilio_campaign, twilio_toll_free

TEXT = resources.files("yesword.demo").joinpath("programs", "club.toml").read_text("utf-8")
CLUB = replace(
    read_program(TEXT, file="club", brand=BrandId(1), brand_name="Wintelroos", brand_country="NL"),
    keywords=("SAVEMORE", "CLUB"),
)
NOBODY_SAID = BusinessDetails()
SAMPLES = ("Wintelroos: one. Reply STOP to stop.", "Wintelroos: two. Reply STOP to stop.")
TWILIO_BRAND = "BN" + "0" * 32


def made(kind: Kind, details: BusinessDetails, program=CLUB) -> dict[str, str]:
    return dict(files(register(program, details, kind, (), date(2026, 11, 22))))


def test_the_registry_takes_keywords_with_commas_and_samples_by_number():
    form = tcr(campaign_fields(CLUB, replace(NOBODY_SAID, samples=SAMPLES)))
    assert form["optinKeywords"] == "SAVEMORE,CLUB"
    assert form["optoutKeywords"].startswith("STOP,")
    assert " " not in form["optoutKeywords"] + form["helpKeywords"]
    assert (form["sample1"], form["sample2"]) == SAMPLES
    assert "sample3" not in form


def test_twilio_takes_lists():
    form = twilio_campaign(campaign_fields(CLUB, replace(NOBODY_SAID, samples=SAMPLES)))
    assert form["OptInKeywords"] == ["SAVEMORE", "CLUB"]
    assert form["HelpKeywords"] == ["HELP", "INFO"]
    assert form["MessageSamples"] == list(SAMPLES)


@pytest.mark.parametrize(
    ("brand_id", "in_tcr", "in_twilio"),
    [
        pytest.param("BWINTEL", True, False, id="the registry's own name for the brand"),
        pytest.param(TWILIO_BRAND, False, True, id="Twilio's"),
        pytest.param("", False, False, id="none yet"),
    ],
)
def test_a_brand_goes_by_the_name_that_the_form_knows_it_by(brand_id, in_tcr, in_twilio):
    fields = campaign_fields(CLUB, replace(NOBODY_SAID, brand_id=brand_id))
    assert ("brandId" in tcr(fields), "BrandRegistrationSid" in twilio_campaign(fields)) == (
        in_tcr,
        in_twilio,
    )


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_what_nobody_said_is_left_out_of_every_form(kind: Kind):
    def values(form):
        for value in form.values():
            yield from values(value) if isinstance(value, dict) else (value,)

    shown = json.loads(made(kind, NOBODY_SAID)["campaign/fields.json"])
    told = [value for name in ("tcr", "twilio", "generic") for value in values(shown.get(name, {}))]
    assert told
    assert not [value for value in told if value in ("", None) or value == []]


def test_a_no_is_an_answer():
    form = tcr(campaign_fields(CLUB, replace(NOBODY_SAID, accepts_registry_terms=False)))
    assert form["termsAndConditions"] is False
    assert form["ageGated"] is False
    assert "termsAndConditions" not in tcr(campaign_fields(CLUB, NOBODY_SAID))


def test_a_toll_free_form_has_the_business_and_what_shows_the_asking():
    details = replace(
        NOBODY_SAID,
        legal_name="Wintelroos Inc.",
        address=Address(street="12 Harbor St", city="Portland"),
        contact=Contact(first_name="Ada"),
        samples=SAMPLES,
        collections=(
            Collection(
                method=Method.WEB_FORM,
                url="https://wintelroos.example/join",
                pictures=("https://wintelroos.example/join.png",),
            ),
        ),
    )
    form = twilio_toll_free(toll_free_fields(CLUB, details))
    assert form["BusinessName"] == "Wintelroos Inc."
    assert (form["BusinessStreetAddress"], form["BusinessContactFirstName"]) == ("12 Harbor St", "Ada")
    assert form["OptInType"] == "WEB_FORM"
    assert form["OptInImageUrls"] == [
        "https://wintelroos.example/join.png",
        "https://wintelroos.example/join",
    ]
    assert form["UseCaseCategories"] == ["MARKETING"]
    assert "BusinessPostalCode" not in form


def test_a_program_tells_the_use_case_where_its_purpose_does():
    def use_case(**changes):
        return campaign_fields(replace(CLUB, **changes), NOBODY_SAID).common.use_case

    informs = {"message_class": CLUB.message_class.__class__("informational")}
    assert use_case() == "MARKETING"
    assert use_case(**informs, purpose="reminders", categories=("appointments",)) == "ACCOUNT_NOTIFICATION"
    assert use_case(**informs, purpose="alerts", categories=("orders",)) == "DELIVERY_NOTIFICATION"
    assert use_case(**informs, purpose="feedback", categories=("feedback",)) == "POLLING_VOTING"
    assert use_case(**informs, purpose="ponies", categories=("horses",)) == ""


def test_flags_follow_the_samples_where_nobody_says_otherwise():
    linked = ("Wintelroos: see https://wintelroos.example or call 207-555-0123. Reply STOP to stop.",)
    fields = campaign_fields(CLUB, replace(NOBODY_SAID, samples=linked))
    assert (fields.embedded_link, fields.embedded_phone) == (True, True)
    assert fields.embedded_link_sample == "https://wintelroos.example"
    plain = campaign_fields(CLUB, replace(NOBODY_SAID, samples=SAMPLES))
    assert (plain.embedded_link, plain.embedded_phone) == (False, False)


def test_campaigns_that_were_sent_are_the_samples_where_nobody_gave_any():
    sent = ("[Brand]: 20% off [Category of interest|everything].",)
    fields = campaign_fields(CLUB, NOBODY_SAID, sent)
    assert fields.common.samples == ("Wintelroos: 20% off everything. Reply STOP to stop.",)
    assert campaign_fields(CLUB, replace(NOBODY_SAID, samples=SAMPLES), sent).common.samples == SAMPLES


def test_every_opt_out_word_is_one_that_is_understood():
    from yesword.domain.understanding import Kind as Reading
    from yesword.domain.understanding import understand

    fields = campaign_fields(CLUB, NOBODY_SAID).common
    assert {understand(word).kind for word in fields.optout_keywords} == {Reading.OPT_OUT}
    assert {understand(word).kind for word in fields.help_keywords} == {Reading.HELP}


# --- the way in ----------------------------------------------------------------------------------------------

EVERY_WAY = tuple(
    Collection(
        method=method,
        where=f"place of {method.value}",
        url=f"https://wintelroos.example/{method.value}",
        pictures=(f"https://wintelroos.example/{method.value}.png",),
        script="May we text you?" if method is Method.VERBAL else "",
        wording=f"Wording of {method.value}",
    )
    for method in Method
)


@pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: way.method.value)
def test_each_way_in_is_told_with_its_place_its_address_and_its_words(way: Collection):
    details = replace(NOBODY_SAID, collections=(way,))
    page = made(Kind.TEN_DLC, details)["campaign/opt-in-flow.md"]
    flow = campaign_fields(CLUB, details).message_flow
    for told in (page, flow):
        assert way.where in told
        assert way.url in told
        assert way.wording in told
    assert way.pictures[0] in page
    assert way.script in page


def test_a_keyword_is_a_way_in_although_nobody_told_of_it():
    form = Collection(method=Method.WEB_FORM, url="https://wintelroos.example/join")
    told = replace(NOBODY_SAID, collections=(form,))
    assert [each.method for each in campaign_fields(CLUB, told).common.collections] == [
        Method.WEB_FORM,
        Method.KEYWORD,
    ]


def test_the_flow_tells_of_the_confirmation_where_there_is_one():
    def pages(opt_in):
        program = replace(CLUB, opt_in=opt_in)
        made_files = made(Kind.TEN_DLC, NOBODY_SAID, program)
        return made_files["campaign/opt-in-flow.md"], json.loads(made_files["campaign/messages.json"])

    double, messages = pages(OptIn.DOUBLE)
    assert "To agree, reply YES." in double
    assert "To agree, reply YES." in messages["confirmation_request"]
    single, messages = pages(OptIn.SINGLE)
    assert "To agree" not in single
    assert "confirmation_request" not in messages


def test_the_flow_has_privacy_and_terms_and_the_way_out():
    flow = campaign_fields(CLUB, NOBODY_SAID).message_flow
    assert CLUB.privacy_url in flow
    assert CLUB.terms_url in flow
    assert "Reply STOP to stop" in flow


def test_the_messages_are_word_for_word_what_people_get():
    messages = json.loads(made(Kind.TEN_DLC, NOBODY_SAID)["campaign/messages.json"])
    assert messages["opt_out"] == "Wintelroos: you are signed off. You get no more messages from us."
    assert messages["opt_in"].startswith("Welcome to Wintelroos Club")
    assert messages["keywords"]["opt_in"] == ["SAVEMORE", "CLUB"]


def test_what_is_still_wanted_is_listed():
    told = register(CLUB, NOBODY_SAID, Kind.TOLL_FREE, (), date(2026, 11, 22))
    assert {"legal_name", "website", "contact", "samples", "monthly_volume", "privacy_policy_url"} <= set(
        told.wanted
    )
    assert json.loads(files(told)["campaign/fields.json"])["wanted"] == list(told.wanted)


def test_the_generic_form_does_not_lose_a_field():
    fields = campaign_fields(CLUB, replace(NOBODY_SAID, samples=SAMPLES))
    assert generic(fields)["message_flow"] == fields.message_flow
    assert generic(fields)["samples"] == SAMPLES
