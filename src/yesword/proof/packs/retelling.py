"""Telling a pack's record, receipt and summary anew, from the events that the log has: what differs was altered.

The record holds the brand's own particulars, such as its address, which no event knows; they are taken as it has them.
Everything else, states and types above all, has to come out as it stands there. No store and no Django are needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urldefrag
from uuid import NAMESPACE_URL, uuid5

from yesword.domain.decisions import Sentence
from yesword.domain.errors import YeswordError
from yesword.domain.ids import ProgramId, to_text
from yesword.ledger.entry import JsonObject, JsonValue, canonical, read_json
from yesword.ledger.findings import Outcome
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.packs import Check, ToldEvent, standing_at
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import MissingPackFileError
from yesword.ledger.packs.story import RECORD
from yesword.proof.packs import summary
from yesword.proof.packs.pdf import MADE_WITH, write_summary
from yesword.proof.packs.summary import Summary
from yesword.proof.packs.timeline import state_told
from yesword.proof.records import (
    ConsentRecordInput,
    Notice,
    Party,
    PersonalData,
    Purpose,
    Recipient,
    RecordedEvent,
    SubjectRef,
    consent_record,
    kantara_receipt,
)

KANTARA: Final = "receipt.kantara.json"
SHAPES: Final = "shapes/record.ttl"

# What reading a record raises that somebody else wrote.
_READING: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, YeswordError)


def retell(desk: Desk, told: Sequence[ToldEvent]) -> None:
    """Say on the desk what does not follow from these events. What cannot be told anew is left open there."""
    is_whole = _is_whole(desk)
    _record(desk, told if is_whole else ())
    _summary(desk, told, is_whole=is_whole)


def _is_whole(desk: Desk) -> bool:
    """Whether every event is there with its row, so that what they make together can be computed."""
    return any(each.check is Check.STATE and each.outcome is Outcome.HELD for each in desk.findings)


# --- the record and the receipt ------------------------------------------------------------------------------


def _record(desk: Desk, told: Sequence[ToldEvent]) -> None:
    if RECORD not in desk.files:
        if KANTARA in desk.files:
            desk.fail(Check.RECEIPT, KANTARA, "there is no record that it could be told from")
        else:
            desk.hold(Check.RECEIPT, "none")
        return
    if desk.has_failed(Check.RECORD) or not told:
        return
    try:
        found = read_json(desk.text(RECORD))
        assert isinstance(found, dict), "what is no object failed before"
        given = _given(desk, found, told)
        record = canonical(consent_record(given))
        receipts = [kantara_receipt(each) for each in _readings(given)]
    except (*_READING, AssertionError) as error:
        reason = (
            error.message
            if isinstance(error, YeswordError)
            else "a part of it is missing, or in another form"
        )
        desk.fail(Check.RECORD, RECORD, reason)
        return
    if record != desk.files[RECORD]:
        wanted = consent_record(given)
        differing = [
            name for name in sorted(found.keys() | wanted.keys()) if found.get(name) != wanted.get(name)
        ]
        named = ", ".join(differing) or "its form"
        desk.fail(Check.RECORD, RECORD, f"this does not follow from the events: {named}")
    desk.hold(Check.RECORD)
    _receipt(desk, receipts)


def _readings(given: ConsentRecordInput) -> Iterator[ConsentRecordInput]:
    """Of a purpose that DPV has a word of its own for, the record does not tell whether it is promotional."""
    yield given
    if any(each.key == "jobs" for each in given.purposes):
        yield replace(
            given,
            purposes=tuple(replace(each, is_promotional=not each.is_promotional) for each in given.purposes),
        )


def _receipt(desk: Desk, receipts: Sequence[JsonObject | None]) -> None:
    body, wanted = desk.files.get(KANTARA), [canonical(each) for each in receipts if each is not None]
    if not wanted and body is not None:
        desk.fail(Check.RECEIPT, KANTARA, "no consent stands that it could speak of")
    elif wanted and body is None:
        desk.fail(Check.RECEIPT, KANTARA, MissingPackFileError(file=KANTARA))
    elif wanted and body not in wanted:
        desk.fail(Check.RECEIPT, KANTARA, "it says something else than the events and the record do")
    desk.hold(Check.RECEIPT, "" if wanted else "none")


def _given(desk: Desk, found: JsonObject, told: Sequence[ToldEvent]) -> ConsentRecordInput:
    """The record's own particulars, with the events as the log has them."""
    manifest = desk.manifest
    (process,) = _objects(found["dpv:hasProcess"])
    party = _objects(found["dpv:hasEntity"])[0]
    control = _objects(found["dpv:hasConsentControl"])[0]
    rights = _objects(found["dpv:hasRight"])
    location, _, deletion = _objects(process["dpv:hasStorageCondition"])
    notices = tuple(_notice(each) for each in _objects(found["dpv:hasNotice"]))
    names = f"urn:yesword:record:{manifest.checkpoint.origin}:{manifest.subject}:{manifest.program}"
    withdraw_url = str(control["dpv:isExercisedAt"])
    return ConsentRecordInput(
        id=uuid5(NAMESPACE_URL, names),
        created_at=datetime.fromisoformat(str(found["dct:created"])),
        subject=SubjectRef(id=manifest.subject),
        program=manifest.program,
        service=str(process["dct:title"]),
        controller=_party(party, manifest.brand),
        purposes=tuple(_purpose(each) for each in _objects(process["dpv:hasPurpose"])),
        jurisdictions=_names(found["dpv:hasJurisdiction"], "loc:"),
        notices=notices,
        events=tuple(_event(desk, each, found, {notice.sha256 for notice in notices}) for each in told),
        recipients=tuple(
            Recipient(name=str(each["dpv:hasName"]), url=urldefrag(str(each["@id"])).url)
            for each in _objects(process["dpv:hasRecipient"])
        ),
        stored_in=_names(location["dpv:hasLocation"], "loc:"),
        retention=str(deletion["dpv:hasDuration"]),
        withdraw_url=withdraw_url,
        withdraw_how=str(control["dct:description"]),
        rights_url=str(rights[-1]["dpv:isExercisedAt"]),
        policy_url=str(found["schema:url"]),
        is_under_gdpr=str(found["dct:conformsTo"]).endswith("#record-eu-gdpr"),
        rules=_names(found.get("led:applicableRule", []), "rule:"),
        categories=_names(process.get("led:category", []), ""),
        personal_data=tuple(PersonalData(each) for each in _names(process["dpv:hasPersonalData"], "pd:")),
    )


def _event(desk: Desk, told: ToldEvent, found: JsonObject, known: set[str]) -> RecordedEvent:
    event = told.event
    states = {state["dct:identifier"]: state for state in _objects(found["dpv:hasConsentStatus"])}
    erased = _names(states[told.shown.id].get("led:erasedSection", []), "")
    if set(erased) & told.shown.sections.keys():
        raise ValueError("what is shown is not erased")
    return RecordedEvent(
        id=told.shown.id,
        seq=event.seq,
        kind=event.kind,
        actor=event.actor,
        method=event.route,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        rests_on=told.rests_on,
        log_origin=desk.manifest.checkpoint.origin,
        leaf_hash=told.shown.leaf_hash,
        leaf_index=told.shown.index,
        program=None if event.scope.program is None else desk.manifest.program,
        basis=event.basis,
        grade=event.grade,
        reason=event.reason,
        answers=None if event.answers is None else to_text("evt", event.answers),
        ends_at=event.lapses_at or event.limits.ends_at,
        notice=event.disclosure if event.disclosure in known else None,
        erased=erased,
    )


def _party(found: JsonObject, brand: str) -> Party:
    contact, address = _object(found["schema:contactPoint"]), _object(found["schema:address"])
    return Party(
        name=brand,
        address=str(address["schema:streetAddress"]),
        country=str(address["schema:addressCountry"]),
        email=str(contact["schema:email"]),
        phone=str(contact.get("schema:telephone", "")),
        url=str(found["schema:url"]),
        contact=str(contact["schema:name"]),
    )


def _purpose(found: JsonObject) -> Purpose:
    return Purpose(
        key=str(found["dct:identifier"]),
        description=str(found["dct:description"]),
        is_promotional=found["skos:broader"] != "dpv:CommunicationForCustomerCare",
    )


def _notice(found: JsonObject) -> Notice:
    name, _, version = str(found["dct:identifier"]).rpartition("-v")
    return Notice(
        id=name,
        version=int(version),
        language=str(found["dct:language"]),
        date=date.fromisoformat(str(found["dct:date"])),
        sha256=str(found["led:sha256"]),
        text=str(found["led:text"]),
    )


# --- the summary ---------------------------------------------------------------------------------------------


def _summary(desk: Desk, told: Sequence[ToldEvent], *, is_whole: bool) -> None:
    for name in (summary.FILE, summary.PAGE):
        if name not in desk.files:
            desk.fail(Check.SUMMARY, name, MissingPackFileError(file=name))
            return
    try:
        found = summary.read(desk.files[summary.FILE])
        page = write_summary(replace(found, made_with=MADE_WITH))
        wrong = list(_wrong_summary(desk, found, told, is_whole=is_whole))
    except _READING:
        desk.fail(Check.SUMMARY, summary.FILE, "it cannot be read as what a summary tells")
        return
    for each in wrong:
        desk.fail(Check.SUMMARY, summary.FILE, each)
    if found.made_with != MADE_WITH:
        desk.leave_open(Check.SUMMARY, "other", made_with=found.made_with[:40])
        return
    if page != desk.files[summary.PAGE]:
        desk.fail(Check.SUMMARY, summary.PAGE, "it is not the page that summary.json gives")
    if is_whole:
        desk.hold(Check.SUMMARY)
    else:
        desk.leave_open(Check.SUMMARY)


def _wrong_summary(desk: Desk, found: Summary, told: Sequence[ToldEvent], *, is_whole: bool) -> Iterator[str]:
    manifest, timeline = desk.manifest, found.timeline
    if (found.pack, found.purpose, found.brand, found.person, found.origin, found.size) != (
        manifest.id,
        manifest.purpose.value,
        manifest.brand,
        manifest.subject,
        manifest.checkpoint.origin,
        manifest.checkpoint.size,
    ):
        yield "it is of another pack, brand, person or log"
    if manifest.time(timeline.at) != manifest.asked:
        yield "it tells of another moment than the one that was asked about"
    numbers = {_phone(each) for each in told} - {None}
    if found.number is not None and numbers and found.number not in numbers:
        yield "it names another number"
    lines = {each.id: each for each in timeline.lines}
    for each in told:
        line = lines.get(each.shown.id)
        event = each.event
        utc = event.occurred_at.astimezone(UTC)
        at = Sentence.of("happened.at", day_on=utc.date().isoformat(), time=utc.strftime("%H:%M:%S"))
        title = Sentence.of(f"happened.{event.kind.value}")
        if line is None or (line.seq, line.at, line.title) != (event.seq, at, title):
            yield f"it does not tell of the event {each.shown.id} what the log has"
    shown = {
        str(notice["sha256"])
        for each in told
        if isinstance(notice := each.shown.sections.get("notice"), Mapping)
    }
    texts = {
        each.sha256 for each in timeline.wordings if sha256(each.text.encode()).hexdigest() == each.sha256
    }
    if len(texts) != len(timeline.wordings) or not shown <= texts:
        yield "a wording in it is not the one that was shown"
    if is_whole and _state_of(desk, told) not in timeline.state[:1]:
        is_begun_later = timeline.state[:1] and timeline.state[0].id == "state.not_begun"
        if not is_begun_later or any(each.event.received_at <= timeline.at for each in told):
            yield "it says another thing of how it stood than the events do"


def _state_of(desk: Desk, told: Sequence[ToldEvent]) -> Sentence:
    events = [each.event for each in told]
    program = next((each.scope.program for each in events if each.scope.program is not None), None)
    return state_told(standing_at(events, program or ProgramId(0), read_moment(desk.manifest.asked)))


def _phone(told: ToldEvent) -> str | None:
    subject = told.shown.sections.get("subject")
    number = subject.get("phone") if isinstance(subject, Mapping) else None
    return number if isinstance(number, str) else None


def _objects(value: JsonValue) -> Sequence[JsonObject]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return [_object(each) for each in value]


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, Mapping):
        raise TypeError("no object")
    return value


def _names(value: JsonValue, prefix: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return tuple(str(each).removeprefix(prefix) for each in value)
