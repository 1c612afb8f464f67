import base64
import hashlib
import itertools
import json
from enum import IntEnum, StrEnum
from types import MappingProxyType

import pytest
import rfc8785

from yesword.ledger.entry import (
    SECTIONS,
    DuplicateDisclosureError,
    ForeignDisclosureError,
    MalformedDisclosureError,
    MalformedEntryError,
    NotAnEntryError,
    NotCanonicalError,
    b64url,
    canonical,
    entry_digests,
    from_b64url,
    make_entry,
    matches,
    open_disclosure,
    read_json,
    written,
)

EVENT = {"id": "evt_1", "type": "granted"}


class Kind(StrEnum):
    GRANTED = "granted"


class Size(IntEnum):
    TWO = 2


def counting_salts():
    numbers = itertools.count(1)
    return lambda: next(numbers).to_bytes(32)


def disclosure_of(parts) -> str:
    return b64url(parts if isinstance(parts, bytes) else json.dumps(parts).encode())


SALT = b64url(bytes(32))


class TestCanonical:
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😂": 5, "\x80": 6, "ö": 7}, id="the key order of RFC 8785"),
            pytest.param({"\uffff": 1, "\U00010000": 2}, id="an astral key sorts by its surrogates"),
            pytest.param('\x00\x08\t\n\x0b\x0c\r\x1f "\\/\x7f\u2028é😀', id="every kind of escape"),
            pytest.param([2**53 - 1, -(2**53) + 1, 0, True, False, None], id="the limits of numbers"),
            pytest.param({"a": [], "b": {}, "c": [{"d": [[]]}], "": ""}, id="empty things"),
            pytest.param("e\u0301", id="text is not normalised"),
        ],
    )  # fmt: skip
    def test_agrees_with_another_implementation(self, value):
        assert canonical(value) == rfc8785.dumps(value)

    def test_writes_enum_members_tuples_and_read_only_mappings_as_what_they_stand_for(self):
        value = MappingProxyType({"kinds": (Kind.GRANTED,), Kind.GRANTED: Size.TWO})
        assert canonical(value) == b'{"granted":2,"kinds":["granted"]}'

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(1.0, id="a float that is whole"),
            pytest.param(float("nan"), id="not a number"),
            pytest.param(2**53, id="a number beyond what doubles tell apart"),
            pytest.param(-(2**53), id="a negative one"),
            pytest.param({1: "a"}, id="a number as a key"),
            pytest.param({None: "a"}, id="null as a key"),
            pytest.param({"a": 1, 2: 3}, id="keys of two kinds"),
            pytest.param({True: 1}, id="a boolean as a key"),
            pytest.param("\ud800", id="half a surrogate pair"),
            pytest.param({"\udc00é": 1}, id="half a surrogate pair in a key"),
            pytest.param(b"a", id="bytes"),
            pytest.param({"a": {1, 2}}, id="a set"),
            pytest.param([object()], id="any object"),
        ],
    )
    def test_refuses(self, value):
        with pytest.raises(NotCanonicalError):
            canonical(value)

    def test_refuses_a_value_that_holds_itself(self):
        value = []
        value.append(value)
        with pytest.raises(NotCanonicalError, match="nested"):
            canonical(value)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('{"a":1,"a":1}', id="a key twice"),
            pytest.param('{"a":1,"\\u0061":2}', id="a key twice, once escaped"),
            pytest.param("[1.5]", id="a float"),
            pytest.param("[1e2]", id="an exponent"),
            pytest.param("[NaN]", id="not a number"),
            pytest.param("[Infinity]", id="infinity"),
            pytest.param("[9007199254740992]", id="a number too large"),
            pytest.param('["\\ud800"]', id="half a surrogate pair"),
            pytest.param("[" * 100_000, id="a hundred thousand brackets"),
        ],
    )
    def test_reading_refuses(self, text):
        with pytest.raises(NotCanonicalError):
            read_json(text)

    def test_a_part_that_was_written_before_stands_as_it_was(self):
        row = {"name": 'Zoë "Z"', "line": 7, "of": [None, True, {"é": ""}]}
        plain = {"kind": "import_row", "row": row}
        assert canonical({**plain, "row": written(row)}) == canonical(plain)
        assert canonical([written(row), row]) == canonical([row, row])

    def test_text_that_looks_like_a_written_part_is_only_text(self):
        assert canonical({"row": '{"a":1}'}) == b'{"row":"{\\"a\\":1}"}'


class TestBase64Url:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("AA==", id="padding"),
            pytest.param("A", id="a length that no bytes have"),
            pytest.param("AB", id="stray bits"),
            pytest.param("A A", id="a space"),
            pytest.param("+/8", id="the standard alphabet"),
            pytest.param("AAé", id="a letter that is not ASCII"),
        ],
    )
    def test_has_one_text_for_one_value(self, text):
        with pytest.raises(ValueError, match=r"not base64url|ASCII"):
            from_b64url(text)


class TestMakingAnEntry:
    def test_follows_the_format_to_the_byte(self):
        sections = {"notice": {"text": "Ja, möchte ich"}, "event": EVENT}
        made = make_entry(sections, salts=counting_salts())

        def salt(n):
            return base64.urlsafe_b64encode(n.to_bytes(32)).decode().rstrip("=")

        def digest(text):
            return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")

        # Salts are drawn in the order of SECTIONS: event, subject, context, notice, evidence, terms.
        event = b64url(rfc8785.dumps([salt(1), "event", EVENT]))
        notice = b64url(rfc8785.dumps([salt(4), "notice", {"text": "Ja, möchte ich"}]))
        decoys = [salt(n) for n in (2, 3, 5, 6)]
        expected = rfc8785.dumps(
            {"_sd": sorted(map(digest, [event, notice, *decoys])), "_sd_alg": "sha-256", "v": 1}
        )
        assert made.disclosures == (event, notice)
        assert made.entry == expected
        assert made.leaf_hash == hashlib.sha256(b"\0" + expected).digest()

    def test_digests_as_rfc_9901_does_in_its_own_example(self):
        from yesword.ledger.entry import _digest

        family_name = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
        assert _digest(family_name) == b"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"

    @pytest.mark.parametrize("count", range(1, 7))
    def test_an_entry_does_not_tell_how_many_sections_it_has(self, count):
        made = make_entry({name: {"n": 1} for name in SECTIONS[:count]})
        assert len(made.entry) == 311
        assert len(entry_digests(made.entry)) == 6
        assert len(made.disclosures) == count

    def test_the_same_event_twice_gives_entries_with_nothing_in_common(self):
        one, other = make_entry({"event": EVENT}), make_entry({"event": EVENT})
        assert not entry_digests(one.entry) & entry_digests(other.entry)

    @pytest.mark.parametrize(
        "sections",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"subject": {}}, id="no event"),
            pytest.param({"event": EVENT, "phone": {}}, id="an unknown section"),
            pytest.param({"event": "granted"}, id="a text as a section"),
            pytest.param({"event": None}, id="null as a section"),
        ],
    )
    def test_refuses(self, sections):
        with pytest.raises(NotAnEntryError):
            make_entry(sections)

    def test_refuses_a_salt_that_is_not_32_bytes(self):
        with pytest.raises(NotAnEntryError, match="16 bytes"):
            make_entry({"event": EVENT}, salts=lambda: bytes(16))

    def test_refuses_half_a_surrogate_pair(self):
        with pytest.raises(NotCanonicalError):
            make_entry({"event": {"name": "\ud83d"}})


class TestOpening:
    def test_any_choice_of_disclosures_opens_just_those_sections(self):
        sections = {"event": EVENT, "notice": {"text": "Ja"}, "evidence": [{"kind": "scan"}]}
        made = make_entry(sections)
        assert matches(made.entry, made.disclosures) == sections
        assert matches(made.entry, made.disclosures[1:2]) == {"notice": {"text": "Ja"}}
        assert matches(made.entry, ()) == {}

    def test_a_disclosure_of_another_record_is_refused_not_dropped(self):
        made, other = make_entry({"event": EVENT}), make_entry({"event": EVENT})
        with pytest.raises(ForeignDisclosureError, match='"event"'):
            matches(made.entry, [*made.disclosures, *other.disclosures])

    def test_the_same_disclosure_twice_is_refused(self):
        made = make_entry({"event": EVENT})
        with pytest.raises(DuplicateDisclosureError):
            matches(made.entry, made.disclosures * 2)

    def test_one_section_in_two_wordings_is_refused_even_if_the_entry_commits_to_both(self):
        one = disclosure_of([SALT, "event", {"type": "granted"}])
        other = disclosure_of([SALT, "event", {"type": "withdrawn"}])
        digests = sorted(
            b64url(hashlib.sha256(text.encode()).digest()) for text in (one, other, "a", "b", "c", "d")
        )
        entry = rfc8785.dumps({"_sd": digests, "_sd_alg": "sha-256", "v": 1})
        with pytest.raises(DuplicateDisclosureError):
            matches(entry, [one, other])

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="empty"),
            pytest.param("%%%", id="not base64url"),
            pytest.param(disclosure_of(b"\xff"), id="not UTF-8"),
            pytest.param(disclosure_of(b"{"), id="not JSON"),
            pytest.param(disclosure_of([SALT, "event"]), id="two parts"),
            pytest.param(disclosure_of([SALT, "event", {}, {}]), id="four parts"),
            pytest.param(disclosure_of({"salt": SALT}), id="an object"),
            pytest.param(disclosure_of(["c2FsdA", "event", {}]), id="a short salt"),
            pytest.param(disclosure_of([1, "event", {}]), id="a number as salt"),
            pytest.param(disclosure_of([SALT, "phone", {}]), id="an unknown section"),
            pytest.param(disclosure_of([SALT, ["event"], {}]), id="a list as a name"),
            pytest.param(disclosure_of([SALT, "event", "granted"]), id="a text as a section"),
            pytest.param(disclosure_of([SALT, "event", {"n": 0.5}]), id="a float"),
            pytest.param(disclosure_of(f'["{SALT}","event",{{"a":1,"a":2}}]'.encode()), id="a key twice"),
            pytest.param("A" * (2**20 + 4), id="over a million characters"),
        ],
    )
    def test_refuses_a_disclosure_that_is(self, text):
        with pytest.raises(MalformedDisclosureError):
            open_disclosure(text)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda e: {**e, "_sd": e["_sd"][:5]}, id="five digests"),
            pytest.param(lambda e: {**e, "_sd": [*e["_sd"], "A" * 43]}, id="seven digests"),
            pytest.param(lambda e: {**e, "_sd": e["_sd"][::-1]}, id="digests out of order"),
            pytest.param(lambda e: {**e, "_sd": [e["_sd"][0], *e["_sd"][:5]]}, id="a digest twice"),
            pytest.param(lambda e: {**e, "_sd_alg": "sha-1"}, id="another hash"),
            pytest.param(lambda e: {**e, "v": 2}, id="another version"),
            pytest.param(lambda e: {**e, "phone": "+49"}, id="something in the clear"),
        ],
    )
    def test_refuses_an_entry_with(self, change):
        entry = json.loads(make_entry({"event": EVENT}).entry)
        with pytest.raises(MalformedEntryError):
            matches(rfc8785.dumps(change(entry)), ())

    def test_refuses_an_entry_written_with_a_space_or_a_line_end(self):
        entry = make_entry({"event": EVENT}).entry
        for other in (entry + b"\n", entry.replace(b",", b", ", 1), b""):
            with pytest.raises(MalformedEntryError):
                entry_digests(other)
