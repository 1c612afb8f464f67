"""C15: e-mail that arrives as a text is refused wherever it could be set up."""

import tomllib
from importlib import resources

import pytest

from yesword.channels import declared
from yesword.channels.http.provider import HttpSettings
from yesword.domain import gateways
from yesword.domain.gateways import GatewayRefusedError
from yesword.mail import addresses
from yesword.mail.addresses import GatewayAddressError

DATA = tomllib.loads(resources.files("yesword.domain").joinpath("gateways.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("3035550100@vtext.com", id="an address"),
        pytest.param("https://mx1.TXT.ATT.NET:25/send?x=1", id="a URL, in capitals, of a machine below it"),
        pytest.param("tmomail.net", id="the domain itself"),
        pytest.param("3035550100@sms.myboostmobile.com", id="one that lies below another"),
        pytest.param("3035550100@mail.myboostmobile.com", id="a name below one that is not listed itself"),
        pytest.param("smtp://relay@mms.att.net.", id="with the dot that ends a name"),
    ],
)
def test_what_names_a_gateway_is_refused_and_the_error_says_which(text):
    with pytest.raises(GatewayRefusedError) as raised:
        gateways.refuse("The account shop", text)
    assert gateways.named_in(text) in raised.value.message


@pytest.mark.parametrize(
    "text", ["800123", "anna@example.org", "notvtext.com", "https://api.twilio.com", "", "att.net"]
)
def test_what_only_looks_like_one_is_not(text):
    assert gateways.named_in(text) is None


def test_an_account_cannot_be_set_to_one_however_deep_it_stands():
    with pytest.raises(GatewayRefusedError):
        declared.read("shop", HttpSettings, {"base_url": "https://vtext.com/"})
    with pytest.raises(GatewayRefusedError):
        gateways.refuse_settings("The account shop", {"card": {"send": ["smtp://vzwpix.com"]}})
    assert declared.read("shop", HttpSettings, {"base_url": "https://api.example.org"})


def test_nobody_is_written_to_by_one():
    with pytest.raises(GatewayAddressError):
        addresses.parse("3035550100@sub.tmomail.net")


def test_every_domain_has_a_carrier_and_a_source_that_is_there():
    known = {each["id"] for each in DATA["source"]}
    listed = [domain for carrier in DATA["carrier"] for domain in carrier["domains"]]
    assert {each["source"] for each in DATA["carrier"]} <= known
    assert all(each["url"].startswith("https://") for each in DATA["source"])
    assert len(listed) == len(set(listed)) == len(gateways.domains())
    assert all(each == each.lower() and "." in each for each in listed)
