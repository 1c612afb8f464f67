"""What may not fit in a store, in one sentence each. Looking is done in `store.checking` and in `proof.auditing`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MOST_TOLD: Final = 100  # one by one; the others are counted


class Fault(StrEnum):
    """What kind of thing does not fit. The names are stable: programs may know them."""

    GUARD_MISSING = "guard_missing"
    FILE_DAMAGED = "file_damaged"
    KEYS_UNFIT = "keys_unfit"

    # what cannot be read at all
    VALUE_MALFORMED = "value_malformed"
    NOT_LOOKED_AT = "not_looked_at"

    # the record of a person
    BODY_UNREADABLE = "body_unreadable"
    COLUMN_DIFFERS = "column_differs"
    LEAF_NOT_OF_ENTRY = "leaf_not_of_entry"
    RECORD_NOT_NUMBERED = "record_not_numbered"
    EVENT_LOST = "event_lost"
    STATE_NOT_FOLDED = "state_not_folded"
    STOP_NOT_NEWEST = "stop_not_newest"
    LAST_LEAF_DIFFERS = "last_leaf_differs"
    PERSON_KEY_MISSING = "person_key_missing"
    PERSON_KEY_UNFIT = "person_key_unfit"
    STANDING_MISSING = "standing_missing"
    CONTACT_MISSING = "contact_missing"
    CONTACT_DIFFERS = "contact_differs"

    # by whom a number is found
    LOOK_UP_MISSING = "look_up_missing"
    LOOK_UP_DIFFERS = "look_up_differs"
    LOOK_UP_OF_NOBODY = "look_up_of_nobody"

    # what was sealed against what stands open
    DISCLOSURES_GONE = "disclosures_gone"
    DISCLOSURES_UNREADABLE = "disclosures_unreadable"
    DISCLOSURES_FOREIGN = "disclosures_foreign"
    SECTION_DIFFERS = "section_differs"
    LINK_BROKEN = "link_broken"
    VERSION_UNKNOWN = "version_unknown"
    EVIDENCE_LOST = "evidence_lost"
    EVIDENCE_OF_NOTHING = "evidence_of_nothing"
    TEXT_LOST = "text_lost"
    KEPT_PROOF_UNFIT = "kept_proof_unfit"

    # statements
    STATEMENT_DIFFERS = "statement_differs"
    HANDED_DIFFERS = "handed_differs"
    TRAIL_DIFFERS = "trail_differs"

    # places and the outbox
    EVENT_NOWHERE = "event_nowhere"
    WAITS_FOR_NOTHING = "waits_for_nothing"
    WAITS_OTHERWISE = "waits_otherwise"
    WAITS_AGAIN = "waits_again"
    PLACE_MISSING = "place_missing"
    PLACE_OF_NOTHING = "place_of_nothing"
    PLACE_OF_OTHER_BRAND = "place_of_other_brand"
    PLACE_BEYOND = "place_beyond"
    LEAF_DIFFERS = "leaf_differs"

    # the tree
    TILE_MISSING = "tile_missing"
    TILE_CUT = "tile_cut"
    TILE_DIFFERS = "tile_differs"
    TILE_BEYOND = "tile_beyond"

    # logs, their keys and their heads
    LOG_MISSING = "log_missing"
    LOG_DIFFERS = "log_differs"
    LOG_IN_TROUBLE = "log_in_trouble"
    LOG_KEY_UNFIT = "log_key_unfit"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_UNFIT = "checkpoint_unfit"
    CHECKPOINT_OF_OTHER_TREE = "checkpoint_of_other_tree"
    CHECKPOINT_BEYOND = "checkpoint_beyond"
    CHECKPOINT_OUT_OF_TIME = "checkpoint_out_of_time"
    ATTESTATION_UNFIT = "attestation_unfit"
    WITNESS_UNFIT = "witness_unfit"
    HEAD_MISSING = "head_missing"
    HEAD_UNFIT = "head_unfit"
    HEAD_OF_OTHER_TREE = "head_of_other_tree"
    HEAD_BEYOND = "head_beyond"
    HEAD_BEHIND = "head_behind"
    HEAD_OF_NO_LOG = "head_of_no_log"

    # the journal's stops and erasures
    JOURNAL_UNREADABLE = "journal_unreadable"
    STOP_UNKNOWN = "stop_unknown"
    STOP_DIFFERS = "stop_differs"
    STOP_NOT_IN_JOURNAL = "stop_not_in_journal"
    SUPPRESSION_MISSING = "suppression_missing"
    SUPPRESSION_DIFFERS = "suppression_differs"
    SUPPRESSION_NOT_IN_JOURNAL = "suppression_not_in_journal"
    ERASURE_MISSING = "erasure_missing"
    ERASURE_NOT_IN_JOURNAL = "erasure_not_in_journal"
    ERASURE_DIFFERS = "erasure_differs"
    ERASURE_INVENTED = "erasure_invented"
    ERASED_AT_DIFFERS = "erased_at_differs"

    # what everybody was shown
    WORDING_DIFFERS = "wording_differs"
    WORDING_MISSING = "wording_missing"
    PROGRAM_DIFFERS = "program_differs"
    PROGRAM_VERSION_MISSING = "program_version_missing"
    PAGE_DIFFERS = "page_differs"
    PAGE_MISSING = "page_missing"
    POINT_DIFFERS = "point_differs"
    POINT_VERSION_MISSING = "point_version_missing"
    POINT_NOT_AS_NAMED = "point_not_as_named"

    # contests
    CONTEST_DIFFERS = "contest_differs"
    CONTEST_ENTRY_DIFFERS = "contest_entry_differs"
    CONTEST_LIST_DIFFERS = "contest_list_differs"
    CONTEST_DRAW_DIFFERS = "contest_draw_differs"


_SENTENCES: Final[Mapping[Fault, str]] = {
    Fault.GUARD_MISSING: "The guard {guard} is missing; the next start puts it back, but rows may have changed meanwhile.",
    Fault.FILE_DAMAGED: "The file {file} of the database is damaged: {reason}. Keep a copy of it as it is, and put the newest backup back.",
    Fault.KEYS_UNFIT: "The keys do not belong to this store: {reason}",
    Fault.VALUE_MALFORMED: "Table {table}, {row}: its column {column} holds {found}, and {expected} is wanted.",
    Fault.NOT_LOOKED_AT: "{part} could not be looked at to the end, so more may not fit there: {reason}",
    Fault.BODY_UNREADABLE: "Event {event}: its body cannot be read.",
    Fault.COLUMN_DIFFERS: "Event {event}: its column {column} says {found}, and its body {expected}.",
    Fault.LEAF_NOT_OF_ENTRY: "{what} {event}: its leaf hash is not that of its entry. It is {found}, and {expected} is wanted.",
    Fault.RECORD_NOT_NUMBERED: "Contact {contact}: its events are not numbered 1 to {expected}, but {found}.",
    Fault.EVENT_LOST: "Contact {contact}: event number {number} of {expected} is missing.",
    Fault.STATE_NOT_FOLDED: "Contact {contact}: its stored state is not the fold of its events.",
    Fault.STOP_NOT_NEWEST: "Contact {contact}: its stored stop is number {found}, and the newest of its events is number {expected}.",
    Fault.LAST_LEAF_DIFFERS: "Contact {contact}: its record does not end with its newest event, whose leaf hash is {expected}; the standing says {found}.",
    Fault.PERSON_KEY_MISSING: "Contact {contact}: its key is not in the vault, or is wrapped by one that is not here.",
    Fault.PERSON_KEY_UNFIT: "Contact {contact}: its key in the vault does not open. {reason}",
    Fault.STANDING_MISSING: "Contact {contact}: it has {found}, and no standing.",
    Fault.CONTACT_MISSING: "Contact {contact}: it has a standing and no row of its own.",
    Fault.CONTACT_DIFFERS: "Contact {contact}: its row is not as it was written: {reason}",
    Fault.LOOK_UP_MISSING: "Contact {contact}: the look-up of its number is missing from the vault. Met again, it would be taken for somebody new, and a stop would be forgotten.",
    Fault.LOOK_UP_DIFFERS: "Contact {contact}: the look-up of its {what} in the vault is another one.",
    Fault.LOOK_UP_OF_NOBODY: "The vault has a look-up that leads to contact {contact}, and nobody by that id lives in the store.",
    Fault.DISCLOSURES_GONE: "Event {event}: its disclosures are gone, and nothing in the record says that they were erased.",
    Fault.DISCLOSURES_UNREADABLE: "Event {event}: its disclosures do not open. {reason}",
    Fault.DISCLOSURES_FOREIGN: "Event {event}: what was disclosed does not belong to its entry. {reason}",
    Fault.SECTION_DIFFERS: "Event {event}: the row says {found} for {member}, and what the ledger commits to says {expected}.",
    Fault.LINK_BROKEN: "Event {event}: it says that it follows the leaf hash {expected}, and the one before it has {found}.",
    Fault.VERSION_UNKNOWN: "Event {event}: it was recorded under version {version} of program {program}, which is not in the store.",
    Fault.EVIDENCE_LOST: "Event {event}: the file {file} that it names {reason}. It was tampered with, or lost.",
    Fault.EVIDENCE_OF_NOTHING: "Contact {contact}: the store has the file of evidence {file}, and no event of theirs names it.",
    Fault.TEXT_LOST: "Event {event}: the text {text} that it names {reason}. It was tampered with, or lost.",
    Fault.KEPT_PROOF_UNFIT: "Contact {contact}: of the proof that is kept since their erasure, {what} {reason}. It was tampered with, or lost.",
    Fault.STATEMENT_DIFFERS: "Statement {event}: {reason}",
    Fault.HANDED_DIFFERS: "Statement {event}: the hand-over that it vouches for is not the one that is stored: {reason}",
    Fault.TRAIL_DIFFERS: "Row {row} of the trail of who did what: {reason}",
    Fault.EVENT_NOWHERE: "{what} {event} is neither in the newest log of its brand nor in the outbox.",
    Fault.WAITS_FOR_NOTHING: "{event} waits in the outbox, and there is no such event or statement.",
    Fault.WAITS_OTHERWISE: "{event} waits in the outbox with {member} {found}, and its own row has {expected}.",
    Fault.WAITS_AGAIN: "{event} waits in the outbox, and has its place {index} in the log already.",
    Fault.PLACE_MISSING: "Log {log}, place {index}: there is no row for it. The tree has the leaf hash {expected} there.",
    Fault.PLACE_OF_NOTHING: "Log {log}, place {index}: it is that of {event}, and there is no such event or statement in the store. The tree has the leaf hash {expected} there.",
    Fault.PLACE_OF_OTHER_BRAND: "Log {log}, place {index}: it is that of {event}, which is another brand's.",
    Fault.PLACE_BEYOND: "Log {log}, place {index}: it is beyond the end of the log, which has {expected} records.",
    Fault.LEAF_DIFFERS: "Log {log}, place {index}: {event} has the leaf hash {found}, and the tree has {expected}. The event or its place was changed after it was logged.",
    Fault.TILE_MISSING: "Log {log}, {tile}: the tile is missing. It should have {expected} hashes.",
    Fault.TILE_CUT: "Log {log}, {tile}: the tile has {found} bytes where {expected} are wanted.",
    Fault.TILE_DIFFERS: "Log {log}, {tile}: its hash number {index} is {found}, and what it stands for gives {expected}.",
    Fault.TILE_BEYOND: "Log {log}, {tile}: it holds {found} hashes, and a log of this size has {expected} there.",
    Fault.LOG_MISSING: "The log {log} is missing: {reason}",
    Fault.LOG_DIFFERS: "Log {log}: its row says {found} for {member}, and {expected} is wanted.",
    Fault.LOG_IN_TROUBLE: "Log {log} is not signed any more: {reason}",
    Fault.LOG_KEY_UNFIT: "Log {log}, key {number}: {reason}",
    Fault.CHECKPOINT_MISSING: "Log {log}, checkpoint of {index} records: it is missing. {reason}",
    Fault.CHECKPOINT_UNFIT: "Log {log}, checkpoint of {index} records: {reason}",
    Fault.CHECKPOINT_OF_OTHER_TREE: "Log {log}, checkpoint of {index} records: its root is {found}, and that of the tree is {expected}.",
    Fault.CHECKPOINT_BEYOND: "Log {log}, checkpoint of {index} records: the log has {expected}.",
    Fault.CHECKPOINT_OUT_OF_TIME: "Log {log}, checkpoint of {index} records: its time is {found}, and {reason} {expected}.",
    Fault.ATTESTATION_UNFIT: "Log {log}, checkpoint of {index} records, {kind} {name}: {reason}",
    Fault.WITNESS_UNFIT: "Witness {name}: {reason}",
    Fault.HEAD_MISSING: "Log {log}: the journal does not know the head that was signed last.",
    Fault.HEAD_UNFIT: "Log {log}, head in the journal: {reason}",
    Fault.HEAD_OF_OTHER_TREE: "Log {log}, head of {index} records in the journal: its root is {found}, and that of the tree is {expected}. The tree was changed after it was signed.",
    Fault.HEAD_BEYOND: "Log {log}, head in the journal: it was signed at {index} records, and the log has {expected}. The store was put back from a backup, or cut.",
    Fault.HEAD_BEHIND: "Log {log}, head in the journal: it is of {index} records, and {found} were published. The journal was put back from a copy, or changed.",
    Fault.HEAD_OF_NO_LOG: "The journal has a head that was signed, and the store has no such log: {log}.",
    Fault.JOURNAL_UNREADABLE: "{reason}",
    Fault.STOP_UNKNOWN: "The journal has the stop {event}, and the store does not know it.",
    Fault.STOP_DIFFERS: "The journal has the stop {event} with {member} {found}, and the event says {expected}.",
    Fault.STOP_NOT_IN_JOURNAL: "Event {event} is a stop, and the journal does not have it: a store that is put back would not be told of it.",
    Fault.SUPPRESSION_MISSING: "{what} {event}: the journal has the keyed digest that it suppressed, and the suppression is missing. Imported again, that number could be texted.",
    Fault.SUPPRESSION_DIFFERS: "The suppression {digest}: its row says {found} for {member}, and the journal says {expected}.",
    Fault.SUPPRESSION_NOT_IN_JOURNAL: "The suppression {digest}: the journal does not have it, so a store that is put back would not be told of it.",
    Fault.ERASURE_MISSING: "Contact {contact}: {reason} that they were erased, and the row of that erasure is missing.",
    Fault.ERASURE_NOT_IN_JOURNAL: "Contact {contact}: event {event} says that they were erased, and the journal does not have it: a store that is put back would not erase them again.",
    Fault.ERASURE_DIFFERS: "Contact {contact}: the row of their erasure says {found} for {member}, and {expected} is wanted.",
    Fault.ERASURE_INVENTED: "Contact {contact}: there is a row of an erasure, at the stage {found}, and no event says that they were erased.",
    Fault.ERASED_AT_DIFFERS: "Contact {contact}: its row says {found} for erased_at, and its events say {expected}.",
    Fault.WORDING_DIFFERS: "The wording {digest}: the digest of its text is {found}.",
    Fault.WORDING_MISSING: "Program {program}, version {version}: its wording in {language} is not in the store under its digest {digest}.",
    Fault.PROGRAM_DIFFERS: "Program {program}, version {version}: its digest is {found}, and what it says gives {expected}.",
    Fault.PROGRAM_VERSION_MISSING: "Program {program}, version {version}: it is missing.",
    Fault.PAGE_DIFFERS: "The page {digest}: the digest of its body is {found}.",
    Fault.PAGE_MISSING: "Collection point {point}, version {version}: its page in {language} is not in the store under its digest {digest}.",
    Fault.POINT_DIFFERS: "Collection point {point}, version {version}: {reason}",
    Fault.POINT_VERSION_MISSING: "Collection point {point}, version {version}: it is missing.",
    Fault.POINT_NOT_AS_NAMED: "Event {event}: it names version {version} of collection point {point}, with {what} {expected}, and the store has {found}.",
    Fault.CONTEST_DIFFERS: "Contest {contest}: {reason}",
    Fault.CONTEST_ENTRY_DIFFERS: "Contest {contest}, entry {entry}: {reason}",
    Fault.CONTEST_LIST_DIFFERS: "Contest {contest}, its published list: {reason}",
    Fault.CONTEST_DRAW_DIFFERS: "Contest {contest}, its draw: {reason}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """One thing that does not fit."""

    fault: Fault
    where: str  # the table, or the file
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.fault].format(**self.fields)

    def as_json(self) -> dict[str, object]:
        return {
            **self.fields,
            "code": self.fault.value,
            "where": self.where,
            "sentence": self.sentence,
        }


def misfit(fault: Fault, where: str, **fields: object) -> Misfit:
    return Misfit(fault=fault, where=where, fields={name: _plain(value) for name, value in fields.items()})


def _plain(value: object) -> object:
    """Bytes may stand where something else should: in a report they are written in hexadecimal."""
    return bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else value


@dataclass(kw_only=True)
class Misfits:
    """The first ones, in the order in which they were found, and how many there are in all."""

    told: list[Misfit] = field(default_factory=list)
    count: int = 0

    def add(self, found: Misfit) -> None:
        self.count += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(found)

    def take(self, others: "Misfits") -> None:
        self.told.extend(others.told[: MOST_TOLD - len(self.told)])
        self.count += others.count

    def __bool__(self) -> bool:
        return self.count > 0
