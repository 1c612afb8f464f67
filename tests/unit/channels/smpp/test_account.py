"""Settings: what cannot be is refused, and the password shows nowhere."""

import pytest

from yesword.channels.smpp import SmppAccount, Tls
from yesword.channels.smpp.account import BadSettingError, Reports
from yesword.channels.smpp.addresses import AddressRules, Kind
from yesword.channels.smpp.parts import Codings


def account(**settings):
    fixed = {"name": "main", "host": "smsc.example.net", "system_id": "linde", "password": "pass-of-linde"}
    return SmppAccount(**(fixed | settings))


def test_the_password_shows_nowhere():
    assert "pass-of-linde" not in repr(account())
    assert "pass-of-linde" not in account().endpoint


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"port": 0}, id="port 0"),
        pytest.param({"port": 70_000}, id="a port beyond the last"),
        pytest.param({"binds": 0}, id="no bind"),
        pytest.param({"window": 0}, id="no window"),
        pytest.param({"max_per_second": 0}, id="no speed"),
        pytest.param({"answer_timeout_s": -1}, id="a time below nothing"),
        pytest.param({"enquire_every_s": float("nan")}, id="a time that is no number"),
        pytest.param({"system_id": "x" * 16}, id="a system id that is too long"),
        pytest.param({"host": ""}, id="no host"),
        pytest.param({"reference_tag": 0x10000}, id="a tag beyond the last"),
        pytest.param({"codings": Codings(gsm7=999)}, id="a coding beyond a byte"),
        pytest.param({"codings": Codings(ucs2=-1)}, id="a coding below nothing"),
        pytest.param({"addresses": AddressRules(other=Kind(ton=256, npi=0))}, id="a type beyond a byte"),
        pytest.param({"addresses": AddressRules(short_code=Kind(ton=0, npi=300))}, id="a plan beyond a byte"),
        pytest.param({"system_type": "größe"}, id="a system type that cannot be written"),
        pytest.param({"address_range": "^31\0"}, id="a range that ends too early"),
        pytest.param({"validity_s": 0}, id="no time to live"),
        pytest.param({"addresses": AddressRules(country_code="NL")}, id="a country by its letters"),
        pytest.param({"addresses": AddressRules(country_code="999")}, id="a code of no country"),
    ],
)
def test_what_cannot_be_is_refused(settings):
    with pytest.raises(BadSettingError) as raised:
        account(**settings)
    assert "pass-of-linde" not in str(raised.value)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(None, ""), (300, "000000000500000R"), (90_061, "000001010101000R"), (10**9, "000099014640000R")],
)
def test_the_time_to_live_as_the_specification_writes_it(seconds, written):
    assert account(validity_s=seconds).validity == written
    assert len(written) in {0, 16}


def test_which_reports_are_asked_for():
    assert [account(reports=each).registered_delivery for each in Reports] == [0, 1, 2]


def test_a_certificate_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadSettingError, match="PEM"):
        Tls(certificate=tmp_path / "none.pem").context()
