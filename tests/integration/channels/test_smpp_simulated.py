"""The simulated carrier's door for SMPP: TLS both ways, its own faults, and the forms of its reports."""

import contextlib
import ipaddress
import multiprocessing
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yesword.channels import DeliveryReport, OutcomeStatus
from yesword.channels.simulator import Endpoint, SimulatorControl
from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
from yesword.channels.simulator.smsc import ReportForm, SmscSettings
from yesword.channels.smpp import (
    Binding,
    IdForm,
    KeptInMemory,
    ReportDialect,
    SmppAccount,
    SmppChannel,
    SmppReceiver,
    Tls,
)
from yesword.channels.smpp.parts import LongTexts

TOKEN = "a token of some length"
ACCEPTED, _, _, UNKNOWN, UNWRITTEN = OutcomeStatus


@contextlib.contextmanager
def carrier(tmp_path, **smsc):
    """A carrier in a process of its own; gives its control and a maker of accounts."""
    ready = tmp_path / "port"
    settings = CarrierSettings(
        token=TOKEN, ready_path=ready, smsc=SmscSettings(ready_path=tmp_path / "smpp", **smsc)
    )
    process = multiprocessing.get_context("spawn").Process(target=run_carrier, args=(settings,))
    process.start()
    try:
        deadline = time.monotonic() + 20
        while not ready.exists():
            assert process.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        control = SimulatorControl(Endpoint(port=int(ready.read_text()), token=TOKEN))
        port = int((tmp_path / "smpp").read_text())

        def account(**changes):
            fixed = {
                "name": "main",
                "host": "127.0.0.1",
                "port": port,
                "system_id": "main",
                "password": TOKEN,
                "binding": Binding.PAIRS,
                "max_per_second": 10_000,
            }
            return SmppAccount(**(fixed | changes))

        yield control, account
        control.close()
    finally:
        process.terminate()
        process.join()


def hand_over(account, texts):
    channel = SmppChannel(account)
    try:
        return list(channel.submit(texts))
    finally:
        channel.close()


def take_in(account, count):
    stop, got = threading.Event(), []

    def handle(items):
        got.extend(items)
        if len(got) >= count:
            stop.set()
        return [True] * len(items)

    timer = threading.Timer(20, stop.set)
    timer.start()
    SmppReceiver(account, keeping=KeptInMemory()).run(handle, stop)
    timer.cancel()
    return got


def certificate(folder, name, issuer=None):
    """A certificate with its key in one file; its own issuer, or signed by another."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, signer_key = issuer or (subject, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("smsc.example.net"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(signer_key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path, (subject, key)


def test_tls_with_our_own_authority_a_client_certificate_and_another_name(tmp_path, handovers):
    authority, issuer = certificate(tmp_path, "authority")
    server, _ = certificate(tmp_path, "server", issuer)
    client, _ = certificate(tmp_path, "client", issuer)
    right = Tls(authorities=authority, certificate=client, server_name="smsc.example.net")
    with carrier(tmp_path, certificate=server, client_authorities=authority) as (control, account):
        outcomes = hand_over(account(tls=right, window=500), handovers(3_000, text="x" * 300))
        assert {outcome.status for outcome in outcomes} == {ACCEPTED}
        control.from_handset("+46701200001", "800123", "STOP")
        assert [item.text for item in take_in(account(tls=right), 1)] == ["STOP"]
        for wrong in (
            Tls(),
            Tls(authorities=authority, certificate=client, server_name="another.example.net"),
            Tls(authorities=authority),
            Tls(authorities=tmp_path / "not-there.pem"),
            None,
        ):
            outcomes = hand_over(account(tls=wrong), handovers(1))
            assert [outcome.status for outcome in outcomes] == [UNWRITTEN], wrong


@pytest.mark.parametrize("fault", ["garbage_after", "unbind_after"])
def test_nonsense_or_a_goodbye_in_the_middle_loses_nothing_without_saying_so(fault, tmp_path, handovers):
    with carrier(tmp_path, **{fault: 500}) as (control, account):
        outcomes = hand_over(account(window=100), handovers(2_000))
        counted = [outcome.status for outcome in outcomes]
        taken = control.counts()["accepted"]
        assert len(counted) == 2_000
        assert counted.count(ACCEPTED) <= taken <= counted.count(ACCEPTED) + counted.count(UNKNOWN)
        assert counted.count(UNWRITTEN) > 0
        assert counted.count(ACCEPTED) + counted.count(UNKNOWN) + counted.count(UNWRITTEN) == 2_000


@pytest.mark.parametrize("form", ReportForm)
def test_reports_find_their_texts_in_every_form_though_the_base_of_the_ids_changes(form, tmp_path, handovers):
    dialect = ReportDialect(id_form=IdForm.HEX_THEN_DECIMAL)
    with carrier(tmp_path, report_form=form, has_decimal_reports=True) as (control, account):
        control.configure(reports=1.0)
        sent = {outcome.provider_id for outcome in hand_over(account(dialect=dialect), handovers(50))}
        reports = take_in(account(dialect=dialect), 50)
        assert all(isinstance(report, DeliveryReport) for report in reports)
        assert {report.provider_id for report in reports} == sent


@pytest.mark.parametrize("long_texts", LongTexts)
def test_a_phone_shows_a_long_text_whole_however_it_was_sent(long_texts, tmp_path, handovers):
    text = "Grüße [äöü] 👩‍👩‍👧 €" * 20
    with carrier(tmp_path) as (control, account):
        (outcome,) = hand_over(account(long_texts=long_texts), handovers(1, text=text, number="+46701200001"))
        assert outcome.status is ACCEPTED
        assert [each.text for each in control.handset("+46701200001")] == [text]


def test_a_carrier_that_is_deaf_to_enquiries_is_left_for_another_bind(tmp_path, handovers):
    with carrier(tmp_path, is_deaf_to_enquiries=True) as (_, account):
        channel = SmppChannel(account(enquire_every_s=0.1, answer_timeout_s=1.5))
        assert [outcome.status for outcome in channel.submit(handovers(1))] == [ACCEPTED]
        first = channel._binds.live()[0]
        deadline = time.monotonic() + 10
        while first.lost is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert [outcome.status for outcome in channel.submit(handovers(1, first=9))] == [ACCEPTED]
        channel.close()


def test_a_wrong_password_lets_nobody_in(tmp_path, handovers):
    with carrier(tmp_path) as (_, account):
        (outcome,) = hand_over(account(password="another word"), handovers(1))
        assert outcome.status is UNWRITTEN
        assert "password" in outcome.error_text
