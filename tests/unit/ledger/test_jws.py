"""The other implementation is jwcrypto: each side reads what the other wrote."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk, jws

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Signer, VerifierKey
from yesword.ledger.entry import b64url, from_b64url
from yesword.ledger.jws import (
    ForgedJwsError,
    MalformedJwsError,
    OtherIssuerError,
    OtherJwsKeyError,
    is_count,
    read_jws,
    read_statement,
    sign_detached,
    sign_jws,
    sign_statement,
    verify_detached,
    verify_jws,
    verify_statement,
)

TYPE = "example+jws"
SIGNER = Signer(name="sms.example/exports", private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEY = SIGNER.verifier_key
STRANGER = Signer(name=SIGNER.name, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
HEADER = {"alg": "EdDSA", "kid": KEY.key_id.hex(), "typ": TYPE}
PAYLOAD = '{"größe":1}\n'.encode()
AT = datetime(2026, 1, 5, 10, 0, 1, tzinfo=UTC)


def theirs(signer=SIGNER) -> jwk.JWK:
    return jwk.JWK.from_pyca(signer.private)


def signed_anyhow(header: bytes, payload: bytes, signer=SIGNER) -> str:
    """A true signature over whatever header: what is wrong with the header is all that is wrong."""
    text = f"{b64url(header)}.{b64url(payload)}"
    return f"{text}.{b64url(signer.private.sign(text.encode()))}"


class TestWithAnotherImplementation:
    def test_it_verifies_ours(self):
        token = jws.JWS()
        token.deserialize(sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER), theirs())
        assert token.payload == PAYLOAD
        assert token.jose_header == HEADER

    def test_it_verifies_ours_detached(self):
        token = jws.JWS()
        token.deserialize(sign_detached(PAYLOAD, typ=TYPE, signer=SIGNER))
        token.verify(theirs(), detached_payload=PAYLOAD)
        with pytest.raises(jws.InvalidJWSSignature):
            token.verify(theirs(), detached_payload=PAYLOAD + b" ")

    def test_it_refuses_ours_under_another_key(self):
        with pytest.raises(jws.InvalidJWSSignature):
            jws.JWS().deserialize(sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER), theirs(STRANGER))

    def test_ours_verifies_what_it_signed(self):
        token = jws.JWS(PAYLOAD)
        token.add_signature(theirs(), None, json.dumps(HEADER, indent=2))
        text = token.serialize(compact=True)
        assert verify_jws(text, typ=TYPE, key=KEY) == PAYLOAD
        header, _, signature = text.split(".")
        verify_detached(f"{header}..{signature}", PAYLOAD, typ=TYPE, key=KEY)

    def test_ours_refuses_what_it_signed_with_another_key_under_our_key_id(self):
        token = jws.JWS(PAYLOAD)
        token.add_signature(theirs(STRANGER), None, json.dumps(HEADER))
        with pytest.raises(ForgedJwsError):
            verify_jws(token.serialize(compact=True), typ=TYPE, key=KEY)


class TestSignatures:
    def test_the_detached_form_is_the_compact_one_without_its_middle(self):
        header, _, signature = sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER).split(".")
        assert sign_detached(PAYLOAD, typ=TYPE, signer=SIGNER) == f"{header}..{signature}"

    def test_the_key_id_is_the_middle_part_of_the_vkey(self):
        assert read_jws(sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER), typ=TYPE).key_id == str(KEY).split("+")[1]

    def test_another_key_is_told_apart_from_a_forgery(self):
        with pytest.raises(OtherJwsKeyError, match=KEY.key_id.hex()):
            verify_jws(sign_jws(PAYLOAD, typ=TYPE, signer=STRANGER), typ=TYPE, key=KEY)

    def test_the_same_key_under_another_name_is_another_key(self):
        renamed = VerifierKey(name="sms.example/other", public=KEY.public)
        with pytest.raises(OtherJwsKeyError):
            verify_jws(sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER), typ=TYPE, key=renamed)

    def test_content_that_changed_beside_its_signature_is_a_forgery(self):
        text = sign_detached(PAYLOAD, typ=TYPE, signer=SIGNER)
        verify_detached(text, PAYLOAD, typ=TYPE, key=KEY)
        with pytest.raises(ForgedJwsError):
            verify_detached(text, PAYLOAD.replace(b"1", b"2"), typ=TYPE, key=KEY)

    def test_a_detached_signature_does_not_verify_as_one_over_nothing(self):
        with pytest.raises(ForgedJwsError):
            verify_jws(sign_detached(PAYLOAD, typ=TYPE, signer=SIGNER), typ=TYPE, key=KEY)

    def test_a_whole_jws_is_no_detached_signature(self):
        with pytest.raises(MalformedJwsError, match="content of its own"):
            verify_detached(sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER), PAYLOAD, typ=TYPE, key=KEY)

    @pytest.mark.parametrize(
        "header",
        [
            pytest.param(HEADER | {"alg": "none"}, id="no algorithm"),
            pytest.param(HEADER | {"alg": "HS256"}, id="a symmetric algorithm, whose key would be public"),
            pytest.param(HEADER | {"alg": "eddsa"}, id="the algorithm in small letters"),
            pytest.param(HEADER | {"alg": ["EdDSA"]}, id="a list of algorithms"),
            pytest.param(HEADER | {"typ": "other+jws"}, id="another type"),
            pytest.param({"alg": "EdDSA", "kid": HEADER["kid"]}, id="no type"),
            pytest.param({"alg": "EdDSA", "typ": TYPE}, id="no key id"),
            pytest.param(HEADER | {"kid": 7}, id="a number as key id"),
            pytest.param(HEADER | {"kid": HEADER["kid"].upper() + "A"}, id="a key id of another form"),
            pytest.param(HEADER | {"crit": ["exp"], "exp": 1}, id="an extension that must be known"),
            pytest.param(HEADER | {"crit": ["b64"], "b64": False}, id="content that is not encoded"),
            pytest.param(HEADER | {"crit": []}, id="an empty list of extensions"),
            pytest.param([HEADER], id="a list"),
        ],
    )
    def test_refuses_a_header_with(self, header):
        text = signed_anyhow(json.dumps(header).encode(), PAYLOAD)
        with pytest.raises(MalformedJwsError):
            verify_jws(text, typ=TYPE, key=KEY)

    @pytest.mark.parametrize(
        "header",
        [
            pytest.param(b'{"alg":"none",' + json.dumps(HEADER).encode()[1:], id="the algorithm twice"),
            pytest.param(b"\xff", id="no UTF-8"),
            pytest.param(b"", id="nothing"),
            pytest.param(b"{", id="half of an object"),
        ],
    )
    def test_refuses_a_header_that_is(self, header):
        with pytest.raises(MalformedJwsError):
            verify_jws(signed_anyhow(header, PAYLOAD), typ=TYPE, key=KEY)

    def test_a_key_that_the_header_brings_is_not_believed(self):
        public = json.loads(theirs(STRANGER).export_public())
        text = signed_anyhow(json.dumps(HEADER | {"jwk": public}).encode(), PAYLOAD, STRANGER)
        with pytest.raises(ForgedJwsError):
            verify_jws(text, typ=TYPE, key=KEY)

    def test_harmless_parameters_of_others_are_passed_over(self):
        text = signed_anyhow(json.dumps(HEADER | {"cty": "json"}).encode(), PAYLOAD)
        assert verify_jws(text, typ=TYPE, key=KEY) == PAYLOAD

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text + "=", id="padding"),
            pytest.param(lambda text: text + "\n", id="a line end"),
            pytest.param(lambda text: text[:-1] + chr(ord(text[-1]) + 1), id="stray bits in the last letter"),
            pytest.param(lambda text: text.replace("_", "/").replace("-", "+"), id="the other base64"),
            pytest.param(lambda text: text + ".", id="a fourth part"),
            pytest.param(lambda text: text.rpartition(".")[0], id="no signature"),
            pytest.param(lambda text: text.replace(".", " .", 1), id="a space"),
            pytest.param(lambda text: "", id="nothing"),
        ],
    )
    def test_refuses_a_text_with(self, change):
        text = sign_jws(b"\xff\xef\xbe" * 9, typ=TYPE, signer=SIGNER)
        assert change(text) != text
        with pytest.raises(MalformedJwsError):
            verify_jws(change(text), typ=TYPE, key=KEY)

    def test_a_signature_has_one_form(self):
        """Adding the order of the group to the second half gives another text for the same point."""
        header, payload, encoded = sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER).split(".")
        signature = from_b64url(encoded)
        order = 2**252 + 27742317777372353535851937790883648493
        other = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
        with pytest.raises(ForgedJwsError):
            verify_jws(f"{header}.{payload}.{b64url(other)}", typ=TYPE, key=KEY)

    @given(st.binary(max_size=200))
    def test_any_content_comes_back(self, payload):
        assert verify_jws(sign_jws(payload, typ=TYPE, signer=SIGNER), typ=TYPE, key=KEY) == payload

    @given(st.data())
    def test_no_changed_letter_is_passed_over(self, data):
        text = sign_jws(PAYLOAD, typ=TYPE, signer=SIGNER)
        at = data.draw(st.integers(0, len(text) - 1))
        letter = data.draw(
            st.characters(codec="utf-8", exclude_characters=text[at]) | st.sampled_from("AZaz09-_.")
        )
        if letter != text[at]:
            with pytest.raises(YeswordError):
                verify_jws(text[:at] + letter + text[at + 1 :], typ=TYPE, key=KEY)


class TestStatements:
    def test_a_statement_comes_back_in_its_issuers_name(self):
        text = sign_statement({"a": [1, None]}, typ=TYPE, issued_at=AT, signer=SIGNER)
        statement = verify_statement(text, typ=TYPE, key=KEY)
        assert (statement.issuer, statement.issued_at, statement.claims) == (KEY.name, AT, {"a": [1, None]})
        assert read_statement(text, typ=TYPE) == statement

    def test_its_content_is_canonical_json_in_whole_seconds(self):
        at = (AT + timedelta(milliseconds=999)).astimezone(timezone(timedelta(hours=-5)))
        text = sign_statement({"z": 1, "a": "é"}, typ=TYPE, issued_at=at, signer=SIGNER)
        content = verify_jws(text, typ=TYPE, key=KEY).decode()
        assert content == '{"a":"é","iat":1767607201,"iss":"sms.example/exports","z":1}'

    def test_a_time_without_a_zone_is_refused(self):
        with pytest.raises(TypeError):
            sign_statement({}, typ=TYPE, issued_at=AT.replace(tzinfo=None), signer=SIGNER)

    def test_nobody_issues_in_their_own_name_what_claims_another(self):
        claims = {"iss": "sms.example/other", "iat": 0}
        text = sign_statement(claims, typ=TYPE, issued_at=AT, signer=SIGNER)
        assert verify_statement(text, typ=TYPE, key=KEY).issuer == KEY.name

    def test_a_statement_in_anothers_name_is_refused(self):
        content = b'{"iat":1,"iss":"sms.example/other"}'
        with pytest.raises(OtherIssuerError, match=r"sms\.example/other"):
            verify_statement(sign_jws(content, typ=TYPE, signer=SIGNER), typ=TYPE, key=KEY)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b'{"iat":1}', id="no issuer"),
            pytest.param(b'{"iat":1,"iss":""}', id="an empty issuer"),
            pytest.param(b'{"iat":1,"iss":"a b"}', id="an issuer that is no key's name"),
            pytest.param(b'{"iss":"sms.example/exports"}', id="no time"),
            pytest.param(b'{"iat":true,"iss":"sms.example/exports"}', id="true as its time"),
            pytest.param(b'{"iat":"1","iss":"sms.example/exports"}', id="text as its time"),
            pytest.param(b'{"iat":-1,"iss":"sms.example/exports"}', id="a time before 1970"),
            pytest.param(
                b'{"iat":253402300800,"iss":"sms.example/exports"}', id="a time after the year 9999"
            ),
            pytest.param(b'{"iat":1.5,"iss":"sms.example/exports"}', id="a fraction as its time"),
            pytest.param(b'{"iat":1,"iat":2,"iss":"sms.example/exports"}', id="two times"),
            pytest.param(b'["iss","iat"]', id="a list"),
            pytest.param(b"\xc3", id="no UTF-8"),
            pytest.param(b"[" * 100_000, id="a nest without end"),
        ],
    )
    def test_refuses_content_with(self, content):
        with pytest.raises(MalformedJwsError):
            verify_statement(sign_jws(content, typ=TYPE, signer=SIGNER), typ=TYPE, key=KEY)

    def test_the_last_second_of_the_year_9999_is_read(self):
        content = b'{"iat":253402300799,"iss":"sms.example/exports"}'
        statement = verify_statement(sign_jws(content, typ=TYPE, signer=SIGNER), typ=TYPE, key=KEY)
        assert statement.issued_at == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    def test_true_is_no_count(self):
        assert is_count(0)
        assert not any(map(is_count, (True, False, -1, "1", None, [1])))
