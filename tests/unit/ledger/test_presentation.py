"""The other implementation is the library sd-jwt: what it reads is compared value by value, since it drops in silence what it cannot place."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk
from sd_jwt.verifier import SDJWTVerifier

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Signer
from yesword.ledger.entry import (
    SECTIONS,
    DuplicateDisclosureError,
    ForeignDisclosureError,
    MalformedDisclosureError,
    MalformedEntryError,
    b64url,
    from_b64url,
    make_entry,
)
from yesword.ledger.jws import (
    ForgedJwsError,
    MalformedJwsError,
    OtherIssuerError,
    OtherJwsKeyError,
    sign_jws,
    sign_statement,
)
from yesword.ledger.presentation import (
    CREDENTIAL_TYPE,
    MAX_PRESENTATION_CHARS,
    TYPE,
    BoundPresentationError,
    MalformedPresentationError,
    NotPresentableError,
    present,
    read_presentation,
    verify_presentation,
)
from yesword.ledger.proof import verify_proof

AT = datetime(2026, 1, 5, 10, 0, 1, tzinfo=UTC)
ORIGIN = "sms.example/ledger/brand"
SIGNER = Signer(name="sms.example/exports", private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEY = SIGNER.verifier_key
NUMBER = "+4915112345678"
WITHOUT_NUMBER = ("event", "notice")
AUDITOR = ("event", "subject", "notice", "evidence", "terms")
CARRIER = ("event", "subject", "context")
RECORD = {
    "event": {"id": "evt_1", "type": "granted", "seq": 1, "prev": None},
    "subject": {"phone": NUMBER, "subject_id": "con_7"},
    "context": {"ip": "192.0.2.0/24", "page_url": "https://shop.example/sms"},
    "notice": {"lang": "de", "text": "Ja, Angebote per SMS. 🎉\n„STOP“ beendet."},
    "evidence": [{"kind": "inbound", "sha256": "0" * 64, "size": 2}],
    "terms": {"controller": "Brand GmbH", "purposes": ["offers"]},
}
MADE = make_entry(RECORD)
OTHER = make_entry(RECORD)  # the same facts under other salts: another record
CLAIMS = {
    **json.loads(MADE.entry),
    "vct": CREDENTIAL_TYPE,
    "led": {"origin": ORIGIN, "index": 6},
}


def presented(show=SECTIONS, made=MADE, signer=SIGNER, **changes) -> str:
    return present(
        made.entry,
        made.disclosures,
        **{"show": show, "origin": ORIGIN, "index": 6, "issued_at": AT, "signer": signer} | changes,
    )


def with_claims(claims, disclosures=()) -> str:
    """Truly signed: the claims are all that can be wrong with it."""
    jwt = sign_statement(claims, typ=TYPE, issued_at=AT, signer=SIGNER)
    return "".join(f"{part}~" for part in (jwt, *disclosures))


def read_by_other_library(text, signer=SIGNER) -> dict:
    key = jwk.JWK.from_pyca(signer.private.public_key())
    return SDJWTVerifier(text, lambda issuer, header: key).get_verified_payload()


WHOLE = presented()
JWT, *SHOWN = WHOLE[:-1].split("~")


class TestWithAnotherImplementation:
    @pytest.mark.parametrize(
        "show",
        [
            pytest.param((), id="nobody"),
            pytest.param(WITHOUT_NUMBER, id="those who may not know the number"),
            pytest.param(AUDITOR, id="auditors"),
            pytest.param(CARRIER, id="carriers"),
            pytest.param(SECTIONS, id="the person"),
        ],
    )
    def test_both_show_exactly_the_same_to(self, show):
        text = presented(show)
        sections = {name: RECORD[name] for name in show}
        assert (
            read_by_other_library(text)
            == {
                "iss": "sms.example/exports",
                "iat": 1767607201,
                "vct": "urn:yesword:consent-event:1",
                "led": {"origin": ORIGIN, "index": 6},
                "v": 1,
            }
            | sections
        )
        assert verify_presentation(text, KEY).sections == sections

    def test_it_refuses_a_presentation_by_another_key(self):
        stranger = Signer(name=SIGNER.name, private=Ed25519PrivateKey.generate())
        with pytest.raises(Exception, match="Verification failed"):
            read_by_other_library(WHOLE, stranger)

    def test_it_drops_a_foreign_part_and_ours_refuses_it(self):
        text = f"{presented(WITHOUT_NUMBER)}{OTHER.disclosures[1]}~"
        assert "subject" not in read_by_other_library(text)
        with pytest.raises(ForeignDisclosureError, match="subject"):
            verify_presentation(text, KEY)

    def test_it_reads_another_record_where_a_part_holds_keys_of_sd_jwt_and_ours_refuses_it(self):
        hidden = {"purposes": ["offers"], "_sd": [MADE.disclosures[0]]}
        made = make_entry({"event": {}, "terms": hidden})
        claims = CLAIMS | json.loads(made.entry)
        text = with_claims(claims, made.disclosures)
        assert read_by_other_library(text)["terms"] != hidden
        with pytest.raises(MalformedPresentationError, match="reserves"):
            verify_presentation(text, KEY)


class TestPresenting:
    def test_gives_the_entry_of_the_log_byte_for_byte(self, log):
        text = presented(made=log.entry, signer=log.signer)
        shown = verify_presentation(text, log.key)
        assert shown.entry == log.entry.entry
        assert shown.leaf_hash == log.entry.leaf_hash
        assert verify_proof(log.key, log.proof, shown.entry).size == 11

    def test_says_who_issued_it_when_and_where_in_the_log_it_is(self):
        shown = verify_presentation(presented(issued_at=AT + timedelta(milliseconds=250)), KEY)
        assert (shown.issuer, shown.issued_at, shown.origin, shown.index) == (KEY.name, AT, ORIGIN, 6)

    def test_reads_the_same_without_a_key(self):
        assert read_presentation(WHOLE) == verify_presentation(WHOLE, KEY)

    @pytest.mark.parametrize("show", [WITHOUT_NUMBER, ("event", "context", "evidence", "terms"), ()])
    def test_holds_the_number_nowhere_when_the_subject_is_held_back(self, show):
        decoded = b" ".join(from_b64url(part) for part in presented(show).replace("~", ".").split("."))
        assert NUMBER.encode() not in decoded
        assert NUMBER.encode() in b" ".join(map(from_b64url, SHOWN))

    @pytest.mark.parametrize("show", [WITHOUT_NUMBER, AUDITOR, CARRIER])
    def test_presets_show_the_event_and_only_known_sections(self, show):
        assert show[0] == "event"
        assert set(show) <= set(SECTIONS)

    def test_the_order_of_the_parts_is_that_of_sections_however_they_come(self):
        assert (
            present(
                MADE.entry,
                MADE.disclosures[::-1],
                show=SECTIONS[::-1],
                origin=ORIGIN,
                index=6,
                issued_at=AT,
                signer=SIGNER,
            )
            == presented()
        )

    def test_leaves_out_what_the_record_has_no_more(self):
        text = present(
            MADE.entry,
            MADE.disclosures[:1],
            show=AUDITOR,
            origin=ORIGIN,
            index=6,
            issued_at=AT,
            signer=SIGNER,
        )
        assert verify_presentation(text, KEY).sections == {"event": RECORD["event"]}

    def test_signs_no_part_of_another_record(self):
        with pytest.raises(ForeignDisclosureError):
            present(
                MADE.entry,
                OTHER.disclosures,
                show=(),
                origin=ORIGIN,
                index=6,
                issued_at=AT,
                signer=SIGNER,
            )

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"show": ("event", "phone")}, id="a section that does not exist"),
            pytest.param({"show": "event"}, id="a word where sections belong"),
            pytest.param({"index": -1}, id="a negative index"),
            pytest.param({"index": True}, id="true as its index"),
            pytest.param({"origin": "two words"}, id="an origin that is no name"),
        ],
    )
    def test_refuses(self, change):
        with pytest.raises(NotPresentableError):
            presented(**change)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param({"_sd": []}, id="digests"),
            pytest.param({"a": [{"b": {"_sd_alg": "sha-256"}}]}, id="an algorithm deep inside"),
            pytest.param([{"...": "x"}], id="a placeholder in a list"),
        ],
    )
    def test_refuses_to_show_what_sd_jwt_would_take_for(self, value):
        made = make_entry({"event": {}, "terms": value})
        with pytest.raises(NotPresentableError, match="terms"):
            presented(made=made)
        assert verify_presentation(presented(("event",), made), KEY).sections == {"event": {}}


class TestRefusing:
    def test_a_part_shown_twice(self):
        with pytest.raises(DuplicateDisclosureError):
            verify_presentation(f"{presented(('event',))}{SHOWN[0]}~", KEY)

    def test_a_part_of_another_record_in_place_of_ours(self):
        with pytest.raises(ForeignDisclosureError):
            verify_presentation(WHOLE.replace(SHOWN[1], OTHER.disclosures[1]), KEY)

    def test_a_part_made_up(self):
        made_up = b64url(json.dumps([b64url(bytes(32)), "subject", {"phone": "+4915100000000"}]).encode())
        with pytest.raises(ForeignDisclosureError, match="subject"):
            verify_presentation(WHOLE.replace(SHOWN[1], made_up), KEY)

    def test_the_same_part_in_another_spelling(self):
        spelled = b64url(json.dumps(json.loads(from_b64url(SHOWN[1])), indent=1).encode())
        with pytest.raises(ForeignDisclosureError):
            verify_presentation(WHOLE.replace(SHOWN[1], spelled), KEY)

    def test_parts_in_another_order(self):
        text = "~".join([JWT, SHOWN[1], SHOWN[0], *SHOWN[2:], ""])
        with pytest.raises(MalformedPresentationError, match="order"):
            verify_presentation(text, KEY)

    def test_parts_under_the_signature_of_another_record(self):
        jwt = presented((), OTHER)
        with pytest.raises(ForeignDisclosureError):
            verify_presentation(jwt + "~".join([*SHOWN, ""]), KEY)

    def test_another_record_under_the_same_signature(self):
        header, _, signature = JWT.split(".")
        _, payload, _ = presented((), OTHER)[:-1].split(".")
        with pytest.raises(ForgedJwsError):
            verify_presentation(f"{header}.{payload}.{signature}~", KEY)

    def test_the_signature_of_a_holder(self):
        binding = sign_statement({"aud": "x"}, typ="kb+jwt", issued_at=AT, signer=SIGNER)
        with pytest.raises(BoundPresentationError):
            verify_presentation(WHOLE + binding, KEY)

    def test_a_stranger_with_the_issuers_name(self):
        stranger = Signer(name=SIGNER.name, private=Ed25519PrivateKey.generate())
        with pytest.raises(OtherJwsKeyError):
            verify_presentation(presented(signer=stranger), KEY)

    def test_the_issuer_in_anothers_name(self):
        payload = json.dumps(CLAIMS | {"iss": ORIGIN, "iat": 1}).encode()
        with pytest.raises(OtherIssuerError):
            verify_presentation(f"{sign_jws(payload, typ=TYPE, signer=SIGNER)}~", KEY)

    @pytest.mark.parametrize("typ", ["JWT", "vc+sd-jwt", "kb+jwt"])
    def test_what_was_signed_as_something_else(self, typ):
        jwt = sign_statement(CLAIMS, typ=typ, issued_at=AT, signer=SIGNER)
        with pytest.raises(MalformedJwsError, match="type"):
            verify_presentation(f"{jwt}~", KEY)

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            pytest.param("", MalformedPresentationError, id="nothing"),
            pytest.param(JWT, MalformedPresentationError, id="a signature without a tilde"),
            pytest.param("~", MalformedJwsError, id="a tilde alone"),
            pytest.param(f"{JWT}~~", MalformedDisclosureError, id="an empty part"),
            pytest.param(f"{WHOLE}~", MalformedPresentationError, id="a seventh part"),
            pytest.param(WHOLE[:-1], BoundPresentationError, id="a last part without its tilde"),
            pytest.param(f"{WHOLE}\n", BoundPresentationError, id="a line end"),
            pytest.param(f" {WHOLE}", MalformedJwsError, id="a space before it"),
        ],
    )
    def test_a_text_that_is(self, text, error):
        with pytest.raises(error):
            verify_presentation(text, KEY)

    def test_a_text_without_end_before_reading_it(self):
        with pytest.raises(MalformedPresentationError, match="longer"):
            verify_presentation(WHOLE.ljust(MAX_PRESENTATION_CHARS + 1, "A"), KEY)

    def test_the_claims_that_the_refusals_below_start_from_are_a_presentation(self):
        assert with_claims(CLAIMS) == presented(())

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            pytest.param({"event": {"type": "granted"}}, MalformedPresentationError, id="a section in the open"),
            pytest.param({"exp": 1}, MalformedPresentationError, id="an end"),
            pytest.param({"cnf": {"kid": "x"}}, MalformedPresentationError, id="a holder's key"),
            pytest.param({"vct": "urn:yesword:consent-event:2"}, MalformedPresentationError, id="another kind"),
            pytest.param({"led": ORIGIN}, MalformedPresentationError, id="text for its place"),
            pytest.param({"led": {"origin": ORIGIN}}, MalformedPresentationError, id="no index"),
            pytest.param({"led": {"origin": "", "index": 6}}, MalformedPresentationError, id="no origin"),
            pytest.param({"led": {"origin": ORIGIN, "index": True}}, MalformedPresentationError, id="true as its index"),
            pytest.param({"led": {"origin": ORIGIN, "index": -1}}, MalformedPresentationError, id="a negative index"),
            pytest.param({"led": CLAIMS["led"] | {"size": 9}}, MalformedPresentationError, id="more about its place"),
            pytest.param({"v": 2}, MalformedEntryError, id="an entry of another version"),
            pytest.param({"v": True}, MalformedEntryError, id="true as its version"),
            pytest.param({"_sd_alg": "sha-512"}, MalformedEntryError, id="another algorithm"),
            pytest.param({"_sd": CLAIMS["_sd"][1:]}, MalformedEntryError, id="five digests"),
            pytest.param({"_sd": CLAIMS["_sd"][::-1]}, MalformedEntryError, id="digests out of order"),
            pytest.param({"_sd": CLAIMS["_sd"][:5] * 2}, MalformedEntryError, id="a digest twice"),
            pytest.param({"_sd": {}}, MalformedEntryError, id="no list of digests"),
        ],
    )  # fmt: skip
    def test_claims_with(self, change, error):
        with pytest.raises(error):
            verify_presentation(with_claims(CLAIMS | change), KEY)

    @pytest.mark.parametrize("name", ["_sd", "_sd_alg", "v", "vct", "led"])
    def test_claims_without(self, name):
        with pytest.raises(MalformedPresentationError, match=name):
            verify_presentation(with_claims({key: CLAIMS[key] for key in CLAIMS if key != name}), KEY)

    def test_the_same_claim_twice(self):
        payload = json.dumps(CLAIMS | {"iss": KEY.name, "iat": 1})[:-1] + ',"v":1}'
        with pytest.raises(MalformedJwsError, match="twice"):
            verify_presentation(f"{sign_jws(payload.encode(), typ=TYPE, signer=SIGNER)}~", KEY)


@given(st.data())
def test_no_changed_letter_is_passed_over(data):
    at = data.draw(st.integers(0, len(WHOLE) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_.~= \n") | st.characters(codec="utf-8"))
    if letter != WHOLE[at]:
        with pytest.raises(YeswordError):
            verify_presentation(WHOLE[:at] + letter + WHOLE[at + 1 :], KEY)


def test_not_even_a_changed_bit_is_passed_over_anywhere():
    for at, letter in enumerate(WHOLE):
        with pytest.raises(YeswordError):
            verify_presentation(WHOLE[:at] + chr(ord(letter) ^ 1) + WHOLE[at + 1 :], KEY)


@given(st.lists(st.sampled_from([*SHOWN, *OTHER.disclosures]), max_size=6))
def test_whatever_parts_are_put_together_shows_the_record_or_nothing(parts):
    text = "~".join([JWT, *parts, ""])
    if parts == [part for part in SHOWN if part in parts]:
        names = [name for name, part in zip(SECTIONS, SHOWN, strict=True) if part in parts]
        assert verify_presentation(text, KEY).sections == {name: RECORD[name] for name in names}
    else:
        with pytest.raises(YeswordError):
            verify_presentation(text, KEY)


@given(st.integers(0, len(WHOLE)))
def test_a_presentation_cut_short_shows_less_or_nothing(length):
    try:
        shown = verify_presentation(WHOLE[:length], KEY)
    except YeswordError:
        return
    assert WHOLE[length - 1] == "~"
    assert shown.leaf_hash == MADE.leaf_hash
    assert shown.sections.items() <= RECORD.items()
