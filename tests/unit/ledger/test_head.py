import dataclasses
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk, jws

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint
from yesword.ledger.head import (
    MAX_HEAD_CHARS,
    TYPE,
    Head,
    MalformedHeadError,
    read_head,
    sign_head,
    verify_head,
)
from yesword.ledger.jws import ForgedJwsError, MalformedJwsError, OtherJwsKeyError, sign_jws, sign_statement

AT = datetime(2026, 1, 5, 10, 0, 1, tzinfo=UTC)
TREE = {"origin": "sms.example/ledger/brand", "size": 11, "root": "A" * 43 + "="}
CLAIMS = {"v": 1, "sub": "con_7", "seq": 3, "leaf": "0" * 64, "led": TREE}
SIGNER = Signer(name=TREE["origin"], private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HEAD = Head(
    checkpoint=Checkpoint(origin=TREE["origin"], size=11, root=bytes(32)),
    subject="con_7",
    seq=3,
    leaf_hash=bytes(32),
    issued_at=AT,
)


def stated(claims) -> str:
    return sign_statement(claims, typ=TYPE, issued_at=AT, signer=SIGNER)


def test_what_is_stated_is_read_back(log):
    head = Head(
        checkpoint=read_checkpoint(log.proof.checkpoint),
        subject="con_7",
        seq=1,
        leaf_hash=log.entry.leaf_hash,
        issued_at=AT,
    )
    text = sign_head(head, log.signer)
    assert verify_head(text, log.key) == head
    assert read_head(text) == head


def test_another_implementation_reads_the_same_facts(log):
    checkpoint = read_checkpoint(log.proof.checkpoint)
    head = dataclasses.replace(HEAD, checkpoint=checkpoint, leaf_hash=log.entry.leaf_hash)
    token = jws.JWS()
    token.deserialize(sign_head(head, log.signer), jwk.JWK.from_pyca(log.signer.private.public_key()))
    assert token.jose_header == {"alg": "EdDSA", "kid": log.key.key_id.hex(), "typ": "yesword-head+jwt"}
    origin, size, root = checkpoint.text.splitlines()
    assert json.loads(token.payload) == {
        "iss": log.key.name,
        "iat": 1767607201,
        "v": 1,
        "sub": "con_7",
        "seq": 3,
        "leaf": log.entry.leaf_hash.hex(),
        "led": {"origin": origin, "size": int(size), "root": root},
    }


def test_the_claims_that_the_refusals_below_start_from_are_a_head():
    assert verify_head(stated(CLAIMS), SIGNER.verifier_key) == HEAD


def test_a_stranger_states_nothing():
    stranger = Signer(name=SIGNER.name, private=Ed25519PrivateKey.generate())
    with pytest.raises(OtherJwsKeyError):
        verify_head(sign_head(HEAD, stranger), SIGNER.verifier_key)


def test_an_older_number_under_the_same_signature_is_a_forgery():
    header, _, signature = sign_head(HEAD, SIGNER).split(".")
    _, payload, _ = sign_head(dataclasses.replace(HEAD, seq=2), SIGNER).split(".")
    with pytest.raises(ForgedJwsError):
        verify_head(f"{header}.{payload}.{signature}", SIGNER.verifier_key)


def test_a_signature_made_for_something_else_is_no_head():
    text = sign_statement(CLAIMS, typ="dc+sd-jwt", issued_at=AT, signer=SIGNER)
    with pytest.raises(MalformedJwsError, match="type"):
        verify_head(text, SIGNER.verifier_key)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({}, id="nothing"),
        pytest.param(CLAIMS | {"v": 2}, id="another version"),
        pytest.param(CLAIMS | {"v": True}, id="true as its version"),
        pytest.param(CLAIMS | {"exp": 1}, id="a claim that nobody reads"),
        pytest.param({name: CLAIMS[name] for name in ("v", "sub", "seq", "leaf")}, id="no log"),
        pytest.param(CLAIMS | {"sub": ""}, id="no subject"),
        pytest.param(CLAIMS | {"sub": 7}, id="a number as its subject"),
        pytest.param(CLAIMS | {"seq": 0}, id="no event"),
        pytest.param(CLAIMS | {"seq": True}, id="true as the number of the event"),
        pytest.param(CLAIMS | {"seq": "3"}, id="text as the number of the event"),
        pytest.param(CLAIMS | {"leaf": "0" * 62}, id="a leaf hash cut short"),
        pytest.param(CLAIMS | {"leaf": "A" * 64}, id="a leaf hash in capitals"),
        pytest.param(CLAIMS | {"leaf": "zz" * 32}, id="a leaf hash that is none"),
        pytest.param(CLAIMS | {"leaf": 0}, id="a number as leaf hash"),
        pytest.param(CLAIMS | {"led": "sms.example"}, id="text for the log"),
        pytest.param(CLAIMS | {"led": TREE | {"index": 1}}, id="more about the log than is known"),
        pytest.param(CLAIMS | {"led": TREE | {"origin": "a b"}}, id="an origin that is no name"),
        pytest.param(CLAIMS | {"led": TREE | {"origin": 1}}, id="a number as origin"),
        pytest.param(CLAIMS | {"led": TREE | {"size": 0}}, id="an empty log"),
        pytest.param(CLAIMS | {"led": TREE | {"size": -1}}, id="a negative size"),
        pytest.param(CLAIMS | {"led": TREE | {"size": True}}, id="true as the size"),
        pytest.param(CLAIMS | {"led": TREE | {"root": "A" * 40}}, id="a root cut short"),
        pytest.param(CLAIMS | {"led": TREE | {"root": "A" * 42 + "B="}}, id="a root with stray bits"),
        pytest.param(CLAIMS | {"led": TREE | {"root": None}}, id="no root"),
    ],
)
def test_refuses(claims):
    with pytest.raises(MalformedHeadError):
        verify_head(stated(claims), SIGNER.verifier_key)


def test_refuses_what_is_too_long_before_reading_it():
    for read in (read_head, lambda text: verify_head(text, SIGNER.verifier_key)):
        with pytest.raises(MalformedHeadError, match="longer"):
            read("." * (MAX_HEAD_CHARS + 1))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"seq": 0}, id="no event"),
        pytest.param({"subject": ""}, id="no subject"),
        pytest.param({"leaf_hash": b""}, id="no leaf"),
        pytest.param(
            {"checkpoint": Checkpoint(origin="a.example", size=0, root=bytes(32))}, id="an empty log"
        ),
    ],
)
def test_no_head_can_be_made_of(change):
    with pytest.raises(MalformedHeadError):
        dataclasses.replace(HEAD, **change)


@given(st.data())
def test_no_changed_letter_is_passed_over(data):
    text = sign_head(HEAD, SIGNER)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(sorted(set("AZaz09-_. =") - {text[at]})))
    with pytest.raises(YeswordError):
        verify_head(text[:at] + letter + text[at + 1 :], SIGNER.verifier_key)


@given(st.binary(max_size=60))
def test_signed_noise_is_refused_by_a_named_error(content):
    with pytest.raises(YeswordError):
        verify_head(sign_jws(content, typ=TYPE, signer=SIGNER), SIGNER.verifier_key)
