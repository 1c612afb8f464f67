"""The send log's parts: the leaves of a hand-over, the facts behind a leaf, and the statement in the log."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yesword.domain.errors import YeswordError
from yesword.ledger.entry import b64url, canonical, from_b64url, matches
from yesword.ledger.handed import (
    Excerpt,
    ExcerptError,
    HandedOver,
    HandedText,
    MalformedHandedOverError,
    MalformedLeavesError,
    MalformedTextError,
    disclose,
    handed_over,
    open_text,
    prove,
    read_handed_over,
    root_of,
    salt_of,
    tag_of,
    verify,
)
from yesword.ledger.handed.moments import read_moment, whole_millis
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import inclusion_path, tree_root

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = HandedText(
    id="msg_04tz",
    at=AT,
    kind="campaign",
    message_class="promotional",
    program='club "é"',
    outcome="accepted",
    decision="ab" * 32,
    verdict="send",
)
STATEMENT = HandedOver(
    id="sta_04tz",
    chain="0f" * 8,
    n=2,
    prev=bytes(32),
    after=None,
    first_at=AT,
    last_at=AT,
    count=3,
    nonce=bytes(16),
    root=bytes(32),
)


def tag(last: int) -> bytes:
    return bytes(31) + bytes([last])


def leaf(last: int, digest: int = 0) -> bytes:
    return tag(last) + bytes(31) + bytes([digest])


def run(*leaves: bytes, first: int = 0, stop: int | None = None) -> tuple[Excerpt, int, bytes]:
    """Neighbouring leaves of a tree that need not be in order, with its count and root."""
    hashes = [leaf_hash(each) for each in leaves]
    indexes = range(first, len(leaves) if stop is None else stop)
    shown = Excerpt(
        first=first,
        leaves=tuple(leaves[index] for index in indexes),
        paths=tuple(inclusion_path(hashes, index) for index in indexes),
    )
    return shown, len(leaves), tree_root(hashes)


def refused(shown: tuple[Excerpt, int, bytes], last: int) -> str:
    excerpt, count, root = shown
    with pytest.raises(YeswordError) as caught:
        verify(excerpt, tag=tag(last), count=count, root=root)
    return caught.value.message


class TestTheTree:
    def test_two_texts_to_one_person_are_both_shown(self) -> None:
        leaves = b"".join([leaf(1), leaf(5, 1), leaf(5, 2), leaf(9)])
        found = verify(prove(leaves, tag(5)), tag=tag(5), count=4, root=root_of(leaves))
        assert [each[-1] for each in found] == [1, 2]

    def test_one_of_two_texts_to_one_person_cannot_be_held_back(self) -> None:
        leaves = (leaf(1), leaf(5, 1), leaf(5, 2), leaf(9))
        assert "after those of the person" in refused(run(*leaves, stop=2), 5)
        assert "before those of the person" in refused(run(*leaves, first=2), 5)

    def test_a_gap_between_neighbours_hides_nobody(self) -> None:
        whole, count, root = run(leaf(1), leaf(5), leaf(9))
        around = replace(
            whole, leaves=(whole.leaves[0], whole.leaves[2]), paths=(whole.paths[0], whole.paths[2])
        )
        with pytest.raises(YeswordError):
            verify(around, tag=tag(5), count=count, root=root)

    def test_neighbours_of_somebody_else_show_nothing(self) -> None:
        assert "after those" in refused(run(leaf(1), leaf(3), leaf(5), leaf(9), stop=2), 5)
        assert "before those" in refused(run(leaf(1), leaf(3), leaf(7), leaf(9), first=2), 5)

    def test_a_tree_out_of_order_is_refused_where_it_shows(self) -> None:
        assert "not sorted" in refused(run(leaf(9), leaf(1)), 5)
        assert "not sorted" in refused(run(leaf(1), leaf(1), leaf(9)), 5)

    def test_an_excerpt_without_leaves_shows_nothing(self) -> None:
        assert "no leaves" in refused(run(leaf(1), stop=0), 5)

    @pytest.mark.parametrize(
        "leaves",
        [
            pytest.param(b"", id="none"),
            pytest.param(leaf(1)[:-1], id="one that is cut"),
            pytest.param(leaf(2) + leaf(1), id="in the wrong order"),
            pytest.param(leaf(1) + leaf(1), id="one twice"),
        ],
    )
    def test_leaves_that_cannot_be_used_are_refused(self, leaves: bytes) -> None:
        with pytest.raises(MalformedLeavesError):
            root_of(leaves)

    def test_a_tag_of_another_length_is_refused(self) -> None:
        excerpt, count, root = run(leaf(1))
        with pytest.raises(ExcerptError):
            verify(excerpt, tag=b"short", count=count, root=root)


class TestTexts:
    def test_facts_come_back_as_they_were(self) -> None:
        assert open_text(disclose(TEXT, bytes(32))) == TEXT
        assert open_text(disclose(replace(TEXT, program=None), bytes(32))) == replace(TEXT, program=None)

    def test_facts_are_written_canonically(self) -> None:
        raw = from_b64url(disclose(TEXT, bytes(32)))
        assert canonical(json.loads(raw)) == raw

    def test_a_salt_is_another_for_each_attempt_and_each_secret(self) -> None:
        salts = {salt_of(secret, attempt) for secret in (bytes(32), b"x" * 32) for attempt in (1, 2)}
        assert len(salts) == 4
        assert tag_of("00" * 16, bytes(16)) not in salts

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda parts: parts[:2], id="no facts"),
            pytest.param(lambda parts: [*parts, 1], id="a fourth part"),
            pytest.param(lambda parts: ["AAAA", *parts[1:]], id="a short salt"),
            pytest.param(lambda parts: [parts[0], "event", parts[2]], id="another section"),
            pytest.param(lambda parts: [*parts[:2], parts[2] | {"more": "x"}], id="a further fact"),
            pytest.param(lambda parts: [*parts[:2], parts[2] | {"kind": 1}], id="a kind that is no text"),
            pytest.param(lambda parts: [*parts[:2], parts[2] | {"kind": None}], id="a kind that is null"),
            pytest.param(lambda parts: [*parts[:2], parts[2] | {"decision": "x"}], id="no digest"),
            pytest.param(lambda parts: [*parts[:2], parts[2] | {"at": "2026-03-02"}], id="no moment"),
        ],
    )
    def test_facts_of_another_form_are_refused(self, change) -> None:
        parts = change(json.loads(from_b64url(disclose(TEXT, bytes(32)))))
        with pytest.raises(MalformedTextError):
            open_text(b64url(json.dumps(parts).encode()))

    def test_what_is_no_disclosure_at_all_is_refused(self) -> None:
        for text in ("", "=", "A" * 5000, b64url(b"\xff")):
            with pytest.raises(MalformedTextError):
                open_text(text)


class TestStatements:
    def test_a_statement_comes_back_from_its_entry(self) -> None:
        made = handed_over(STATEMENT)
        assert read_handed_over(matches(made.entry, made.disclosures)["event"]) == STATEMENT

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"type": "granted"}, id="of another type"),
            pytest.param({"more": 1}, id="with more in it"),
            pytest.param({"n": 0}, id="numbered from zero"),
            pytest.param({"n": True}, id="numbered by true"),
            pytest.param({"count": 0}, id="of no texts"),
            pytest.param({"prev": None}, id="the second, with none before"),
            pytest.param({"n": 1}, id="the first, with one before"),
            pytest.param({"after": "zz"}, id="after no hash"),
            pytest.param({"nonce": "00"}, id="with a short nonce"),
            pytest.param({"root": "AB" * 32}, id="with a root in capitals"),
            pytest.param({"batch": "two\nlines"}, id="of a process that breaks the line"),
            pytest.param({"id": "evt_04tz"}, id="with the id of an event"),
            pytest.param({"last_at": "2026-03-02T11:59:59.999Z"}, id="ended before it began"),
            pytest.param({"first_at": "2026-03-02T12:00:00Z"}, id="with a time of another form"),
        ],
    )
    def test_a_statement_of_another_form_is_refused(self, changes: dict[str, object]) -> None:
        made = handed_over(STATEMENT)
        section = matches(made.entry, made.disclosures)["event"]
        assert isinstance(section, dict)
        with pytest.raises(MalformedHandedOverError):
            read_handed_over(section | changes)

    def test_moments_have_one_form(self) -> None:
        assert read_moment("2026-03-02T12:00:00.000Z") == AT
        assert whole_millis(AT.replace(microsecond=1999)) == AT.replace(microsecond=1000)
        for text in (
            "",
            "2026-03-02T12:00:00.000",
            "2026-03-02T13:00:00.000+01:00",
            "2026-03-02T12:00:00.000000Z",
        ):
            with pytest.raises(ValueError, match=r"moment|isoformat"):
                read_moment(text)
