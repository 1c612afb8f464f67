"""What the events of a pack say together: a chain without gaps up to its head, a record and evidence that fit them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.entry import JsonValue, NotCanonicalError, canonical, read_json
from yesword.ledger.head import TYPE, Head, verify_head
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import Check, MissingPackFileError, ShownEvent

HEAD: Final = "head.jws"
RECORD: Final = "record.jsonld"
EVIDENCE: Final = "evidence/"

_EVIDENCE: Final = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}(?:\.gz)?")
# What the record says of an event, and the section of the entry it has to agree with.
_SAME: Final = (
    ("dct:identifier", "id"),
    ("led:seq", "seq"),
    ("led:event", "type"),
    ("led:actor", "actor"),
    ("led:grade", "grade"),
    ("led:basis", "basis"),
    ("led:reason", "reason"),
    ("led:answers", "answers"),
    ("dpv:hasIndicationMethod", "method"),
    ("dpv:isIndicatedAtTime", "occurred_at"),
    ("led:receivedAt", "received_at"),
)


def look(desk: Desk, events: Sequence[ShownEvent]) -> None:
    head = _look_at_head(desk, events)
    _look_at_chain(desk, events, head)
    _look_at_record(desk, events)
    _look_at_evidence(desk, events)


# --- the head and the chain ----------------------------------------------------------------------------------


def _look_at_head(desk: Desk, events: Sequence[ShownEvent]) -> Head | None:
    if HEAD not in desk.files:
        if events:
            desk.fail(Check.HEAD, HEAD, MissingPackFileError(file=HEAD))
        else:
            desk.leave_open(Check.HEAD)
        return None
    try:
        text = desk.text(HEAD)
        key = desk.key_for(text, TYPE)
        head = verify_head(text, key)
    except YeswordError as error:
        desk.fail(Check.HEAD, HEAD, error)
        return None
    except ValueError:
        desk.fail(Check.HEAD, HEAD, "it is not text")
        return None
    wrong = _wrong_head(desk, head, events)
    if wrong:
        desk.fail(Check.HEAD, HEAD, wrong)
    if key in desk.met:
        desk.leave_open(Check.HEAD, "other_key", seq=head.seq, key_id=key.key_id.hex())
    else:
        desk.hold(Check.HEAD, seq=head.seq)
    return head


def _wrong_head(desk: Desk, head: Head, events: Sequence[ShownEvent]) -> str:
    if head.checkpoint != desk.manifest.checkpoint:
        return "it is about another checkpoint than the pack's"
    if head.subject != desk.manifest.subject:
        return "it is about another person"
    newest = next((each for each in events if each.leaf_hash == head.leaf_hash), None)
    if newest is None:
        return "the event that it names as the newest is not in the pack"
    if newest.seq not in (None, head.seq) or any((each.seq or 0) > head.seq for each in events):
        return "the pack shows a newer event than it names"
    return ""


def _look_at_chain(desk: Desk, events: Sequence[ShownEvent], head: Head | None) -> None:
    placed = {each.seq: each for each in events if each.seq is not None}
    closed = {each.leaf_hash for each in events if each.seq is None}
    for each in events:
        if each.seq is not None and placed[each.seq] is not each:
            desk.fail(
                Check.CHAIN, _path(each), f"the person's record has two events of the number {each.seq}"
            )
    last = max(placed, default=0) if head is None else head.seq
    missing = last - len(placed) - len(closed)
    if missing > 0:
        numbers = [str(seq) for seq in range(1, last + 1) if seq not in placed]
        desk.fail(
            Check.CHAIN,
            "presentations",
            f"of the events {', '.join(numbers[:20])}, {missing} are not in the pack",
        )
    if missing < 0:
        desk.fail(Check.CHAIN, "presentations", f"{-missing} events more are shown than the person has")
    for seq, each in sorted(placed.items()):
        wrong = _wrong_link(seq, each, placed, closed)
        if wrong:
            desk.fail(Check.CHAIN, _path(each), wrong)
    if not events:
        desk.hold(Check.CHAIN, "none")
    elif closed:
        desk.leave_open(Check.CHAIN, seq=last, closed=len(closed))
    else:
        desk.hold(Check.CHAIN, seq=last)


def _wrong_link(seq: int, event: ShownEvent, placed: Mapping[int, ShownEvent], closed: set[bytes]) -> str:
    prev = event.told.get("prev")
    if seq == 1:
        return "" if prev is None else "it is the person's first event, and names one before it"
    if not isinstance(prev, str):
        return "it does not name the event before it"
    before = placed.get(seq - 1)
    if before is not None:
        return "" if before.leaf_hash.hex() == prev else f"it does not follow on event number {seq - 1}"
    # The one before is closed: which of the closed ones it is, only its leaf hash says.
    is_there = prev in {leaf.hex() for leaf in closed}
    return "" if is_there else f"event number {seq - 1}, on which it follows, is not in the pack"


def _path(event: ShownEvent) -> str:
    return f"presentations/{event.id}.sdjwt"


# --- the record ----------------------------------------------------------------------------------------------


def _look_at_record(desk: Desk, events: Sequence[ShownEvent]) -> None:
    if RECORD not in desk.files:
        reason = desk.manifest.left_out.get(RECORD)
        if reason is None:
            desk.fail(Check.RECORD, RECORD, MissingPackFileError(file=RECORD))
        else:
            desk.leave_open(Check.RECORD, reason=reason)
        return
    try:
        record = read_json(desk.text(RECORD))
    except NotCanonicalError as error:
        desk.fail(Check.RECORD, RECORD, str(error.fields["reason"]))
        return
    except ValueError:
        desk.fail(Check.RECORD, RECORD, "it is not JSON in UTF-8")
        return
    for wrong in dict.fromkeys(_wrong_record(desk, record, events)):
        desk.fail(Check.RECORD, RECORD, wrong)


def _wrong_record(desk: Desk, record: JsonValue, events: Sequence[ShownEvent]) -> Iterator[str]:
    told = _object(record)
    if _object(told.get("dpv:hasDataSubject")).get("dct:identifier") != desk.manifest.subject:
        yield "it is about another person"
    notices = [_object(each) for each in _items(told.get("dpv:hasNotice"))]
    digests = {str(each.get("led:sha256")) for each in notices}
    for each in notices:
        text = each.get("led:text")
        if not isinstance(text, str) or sha256(text.encode()).hexdigest() != each.get("led:sha256"):
            yield "a wording in it is not the one of its digest"
    by_index = {each.index: each for each in events}
    states = [_object(each) for each in _items(told.get("dpv:hasConsentStatus"))]
    for state in states:
        yield from _wrong_state(desk, state, by_index)
    stated = {state.get("led:leafHash") for state in states}
    for event in events:
        is_of_it = event.told and event.told.get("program") in (None, desk.manifest.program)
        if is_of_it and event.leaf_hash.hex() not in stated:
            yield f"it leaves out the event {event.id}"
        notice = event.sections.get("notice")
        if isinstance(notice, Mapping) and is_of_it and notice.get("sha256") not in digests:
            yield f"it leaves out the wording of the event {event.id}"


def _wrong_state(
    desk: Desk, state: Mapping[str, JsonValue], by_index: Mapping[int, ShownEvent]
) -> Iterator[str]:
    name = str(state.get("dct:identifier"))[:40]
    index = state.get("led:leafIndex")
    if index is None:
        if name not in desk.manifest.waiting:
            yield f"it tells of the event {name}, which the pack does not show"
        return
    event = by_index.get(index) if isinstance(index, int) else None
    if event is None:
        yield f"it tells of the event {name}, which the pack does not show"
        return
    if state.get("led:leafHash") != event.leaf_hash.hex():
        yield f"it gives the event {name} another leaf hash"
    if event.told:
        differing = [ours for theirs, ours in _SAME if state.get(theirs) != event.told.get(ours)]
        if differing:
            yield f"of the event {name} it says something else than the log does: {', '.join(differing)}"


# --- the evidence --------------------------------------------------------------------------------------------


def _look_at_evidence(desk: Desk, events: Sequence[ShownEvent]) -> None:
    named: set[str] = set()
    for event in events:
        for each in _items(event.sections.get("evidence")):
            item = _object(each)
            digest = item.get("sha256")
            if "row" in item:  # the record holds the row itself
                if sha256(canonical(item["row"])).hexdigest() != digest:
                    desk.fail(
                        Check.EVIDENCE, _path(event), "the row that it names is not the one of its digest"
                    )
            elif isinstance(digest, str):
                named.add(digest)
    there: set[str] = set()
    for path, name, body in desk.within("evidence"):
        found = _EVIDENCE.fullmatch(name)
        if found is None or sha256(body).hexdigest() != found[1]:
            desk.fail(Check.EVIDENCE, path, "its content is not the one that its name says")
        elif found[1] not in named:
            desk.fail(Check.EVIDENCE, path, "no event that is shown names it")
        else:
            there.add(found[1])
    if named - there:
        desk.leave_open(Check.EVIDENCE, count=len(there), missing=len(named - there))
    else:
        desk.hold(Check.EVIDENCE, "" if there else "none", count=len(there))


def _object(value: object) -> Mapping[str, JsonValue]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else ()
