"""The journal, changed: the heads that it remembers, and its stops."""

import json
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.tampering import BACK_US, flipped, newest, oldest, with_another_root
from yesword.domain.ids import to_text
from yesword.ledger.checkpoint import Checkpoint, Signer, sign_checkpoint
from yesword.store.misfits import Fault


def head_dropped(hands):
    name = hands.signer().name
    hands.head.unlink()
    return f"{name}: the journal does not know"


def head_lowered(hands):
    size = oldest(hands)
    hands.head.write_text(hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", size))
    return f"it is of {size} records"


def head_flipped(hands):
    note = hands.head.read_text()
    hands.head.write_text(with_another_root(hands, note))
    return "head in the journal"


def head_of_other_bytes(hands):
    hands.head.write_bytes(b"\xff\xfe")
    return "head in the journal"


def head_of_another_log(hands):
    stranger = Signer(name="example.org/other", private=Ed25519PrivateKey.generate())
    hands.head.write_text(sign_checkpoint(Checkpoint(origin=stranger.name, size=1, root=bytes(32)), stranger))
    return "head in the journal"


def head_raised(hands):
    note = sign_checkpoint(Checkpoint(origin=hands.signer().name, size=9999, root=bytes(32)), hands.signer())
    hands.head.write_text(note)
    return "it was signed at 9999 records"


def head_signed_over_another_root(hands):
    note = sign_checkpoint(
        Checkpoint(origin=hands.signer().name, size=newest(hands), root=bytes(32)), hands.signer()
    )
    hands.head.write_text(note)
    return f"head of {newest(hands)} records in the journal"


def head_of_no_log(hands):
    shutil.copy(hands.head, hands.head.with_name("log-7.checkpoint"))
    return "no such log: generation 7 of brand 0"


def stop_lines(change):
    def act(hands):
        lines = hands.stops.read_text().splitlines()
        fields = json.loads(lines[0])
        hands.stops.write_text("\n".join(change(lines, fields)) + "\n")
        return to_text("evt", fields[1])

    return act


def line_dropped(lines, fields):
    del fields
    return lines[1:]


def line_of(**changes):
    def change(lines, fields):
        for index, value in changes.items():
            place = int(index[1:])
            fields[place] = value(fields[place])
        return [json.dumps(fields), *lines[1:]]

    return change


def stop_invented(hands):
    fields = json.loads(hands.stops.read_text().splitlines()[0])
    fields[1] += 1
    with hands.stops.open("a") as file:
        file.write(json.dumps(fields) + "\n")
    return to_text("evt", fields[1])


def stops_garbled(hands):
    hands.stops.write_text("nothing\n" + hands.stops.read_text())
    return f"Line 1 of {hands.stops.name}"


def stops_dropped(hands):
    event = json.loads(hands.stops.read_text().splitlines()[0])[1]
    del event
    hands.stops.unlink()
    return "is a stop, and the journal does not have it"


CASES = {
    "the journal's head, dropped": (head_dropped, Fault.HEAD_MISSING),
    "the journal's head, an older one": (head_lowered, Fault.HEAD_BEHIND),
    "the journal's head, changed": (head_flipped, Fault.HEAD_UNFIT),
    "the journal's head, no text at all": (head_of_other_bytes, Fault.HEAD_UNFIT),
    "the journal's head, that of another log": (head_of_another_log, Fault.HEAD_UNFIT),
    "the journal's head, signed beyond the end": (head_raised, Fault.HEAD_BEYOND),
    "the journal's head, signed over another root": (head_signed_over_another_root, Fault.HEAD_OF_OTHER_TREE),
    "a head in the journal for a log that is not there": (head_of_no_log, Fault.HEAD_OF_NO_LOG),
    "a stop in the journal, dropped": (stop_lines(line_dropped), Fault.STOP_NOT_IN_JOURNAL),
    "a stop in the journal, of another number": (
        stop_lines(line_of(_3=lambda digest: flipped(bytes.fromhex(digest)).hex())),
        Fault.STOP_DIFFERS,
    ),
    "a stop in the journal, back-dated": (
        stop_lines(line_of(_7=lambda at: at - BACK_US)),
        Fault.STOP_DIFFERS,
    ),
    "a stop in the journal, of one program only": (
        stop_lines(line_of(_5=lambda _: 4711)),
        Fault.STOP_DIFFERS,
    ),
    "a stop in the journal, of another kind": (
        stop_lines(line_of(_6=lambda _: "erased")),
        Fault.STOP_DIFFERS,
    ),
    "a stop in the journal, invented": (stop_invented, Fault.STOP_UNKNOWN),
    "the journal's stops, garbled": (stops_garbled, Fault.JOURNAL_UNREADABLE),
    "the journal's stops, dropped": (stops_dropped, Fault.STOP_NOT_IN_JOURNAL),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = ("a stop in the journal, back-dated",)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
