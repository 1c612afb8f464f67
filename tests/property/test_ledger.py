"""Claims about the ledger's formats that hold for any record and any tree."""

import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Checkpoint, VerifierKey, read_vkey
from yesword.ledger.entry import SECTIONS, b64url, canonical, from_b64url, make_entry, matches, read_json
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from yesword.ledger.proof import TlogProof, format_proof, read_proof
from yesword.ledger.receipt import Receipt, read_receipt, write_receipt

texts = st.text(max_size=12)  # hypothesis gives no surrogates unless asked
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
section_values = st.dictionaries(texts, values, max_size=4) | st.lists(values, max_size=3)
sections = st.fixed_dictionaries(
    {"event": section_values}, optional=dict.fromkeys(SECTIONS[1:], section_values)
)
hashes = st.binary(min_size=32, max_size=32)
LEAVES = [leaf_hash(bytes([n])) for n in range(70)]
CHECKPOINT = "a.example\n1\n" + "A" * 43 + "=\n\n— a.example AAAAAAAAAA==\n"


@given(values)
def test_canonical_bytes_are_those_of_another_implementation_and_read_back(value):
    written = canonical(value)
    assert written == rfc8785.dumps(value)
    assert read_json(written.decode()) == value
    assert json.loads(written) == value


@given(sections)
def test_every_entry_opens_to_the_sections_it_was_made_of(made_of):
    made = make_entry(made_of)
    assert matches(made.entry, made.disclosures) == made_of
    assert list(matches(made.entry, made.disclosures)) == [name for name in SECTIONS if name in made_of]


@given(sections, st.data())
def test_no_disclosure_with_another_byte_belongs_to_the_entry(made_of, data):
    made = make_entry(made_of)
    which = data.draw(st.integers(0, len(made.disclosures) - 1))
    raw = bytearray(made.disclosures[which].encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 127))
    with pytest.raises(YeswordError):
        matches(made.entry, [raw.decode("latin-1")])


@given(sections, st.data())
def test_no_entry_with_another_byte_has_the_same_leaf_and_the_same_sections(made_of, data):
    made = make_entry(made_of)
    raw = bytearray(made.entry)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert leaf_hash(bytes(raw)) != made.leaf_hash


@given(st.binary())
def test_base64url_round_trips(data):
    assert from_b64url(b64url(data)) == data


@given(st.text(max_size=200))
def test_reading_any_text_gives_a_value_or_one_of_the_named_errors(text):
    for read in (read_proof, read_vkey):
        with pytest.raises(YeswordError):
            read(text)
    with pytest.raises(YeswordError):
        read_receipt(text.encode())


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_grown_in_two_steps_has_the_root_of_the_recursion(first, second):
    size = max(first, second)
    grown = Frontier().extend(LEAVES[: min(first, second)]).extend(LEAVES[min(first, second) : size])
    assert grown.root() == tree_root(LEAVES[:size])
    assert Frontier(size=grown.size, hashes=grown.hashes) == grown


def test_appending_one_by_one_is_the_same_as_all_at_once():
    frontier = Frontier()
    for leaf in LEAVES:
        frontier = frontier.append(leaf)
    assert frontier == Frontier().extend(LEAVES)


@given(st.integers(1, 70), st.data())
def test_every_record_is_shown_in_every_tree_and_only_at_its_place(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    path, root = inclusion_path(LEAVES[:size], index), tree_root(LEAVES[:size])
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=root)
    if other != index:
        with pytest.raises(YeswordError):
            verify_inclusion(leaf=LEAVES[index], index=other, size=size, path=path, root=root)
        with pytest.raises(YeswordError):
            verify_inclusion(leaf=LEAVES[other], index=index, size=size, path=path, root=root)


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_every_log_continues_its_own_past_and_no_rewritten_one(first, second, data):
    old, new = sorted((first, second))
    path = consistency_path(LEAVES[:new], old)
    roots = {"old_root": tree_root(LEAVES[:old]), "new_root": tree_root(LEAVES[:new])}
    verify_consistency(old_size=old, new_size=new, path=path, **roots)
    if old:
        rewritten = list(LEAVES[:new])
        rewritten[data.draw(st.integers(0, old - 1))] = leaf_hash(b"rewritten")
        with pytest.raises(YeswordError):
            verify_consistency(
                old_size=old,
                new_size=new,
                path=consistency_path(rewritten, old),
                old_root=roots["old_root"],
                new_root=tree_root(rewritten),
            )


@settings(max_examples=30)
@given(st.integers(0, 2**63 - 1), st.lists(hashes, max_size=63), st.none() | st.binary(max_size=40))
def test_proofs_round_trip(index, path, extra):
    proof = TlogProof(index=index, path=tuple(path), checkpoint=CHECKPOINT, extra=extra)
    assert read_proof(format_proof(proof)) == proof


@given(st.from_regex(r"[a-z][a-z0-9./-]{0,30}", fullmatch=True), hashes, st.integers(0, 2**63 - 1))
def test_keys_and_checkpoints_round_trip(name, data, size):
    key = VerifierKey(name=name, public=data)
    assert read_vkey(str(key)) == key
    assert Checkpoint(origin=name, size=size, root=data).text.split("\n")[:2] == [name, str(size)]


@given(st.text(min_size=1, max_size=40), sections, st.none() | st.text(min_size=1, max_size=40))
def test_receipts_round_trip(name, made_of, proof):
    made = make_entry(made_of)
    receipt = Receipt(
        origin=name,
        event_id=name,
        entry=made.entry,
        leaf_hash=made.leaf_hash,
        disclosures=made.disclosures,
        proof=proof,
    )
    assert read_receipt(write_receipt(receipt)) == receipt
