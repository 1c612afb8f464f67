"""Signed heads of a log, changed, and what others say of them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.tampering import BACK_US, FAR, last_recorded, newest, oldest, with_another_root
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint, sign_checkpoint
from yesword.store.misfits import Fault


def checkpoint_dropped(hands):
    size = newest(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size = %s", size)
    return f"checkpoint of {size} records: it is missing"


def vouched_checkpoint_dropped(hands):
    size = oldest(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size = %s", size)
    return f"checkpoint of {size} records, "


def checkpoint_changed(change):
    def act(hands):
        size = oldest(hands)
        note = hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", size)
        hands.sql("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", change(hands, note), size)
        return f"checkpoint of {size} records:"

    return act


def signed_by_a_stranger(hands, note):
    return sign_checkpoint(
        read_checkpoint(note), Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    )


def signed_anew_over_another_root(hands, note):
    head = read_checkpoint(note)
    return sign_checkpoint(Checkpoint(origin=head.origin, size=head.size, root=bytes(32)), hands.signer())


def of_another_size(hands, note):
    del note
    return hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", newest(hands))


def cosigned_in_place(hands, note):
    stranger = Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    return note + sign_checkpoint(read_checkpoint(note), stranger).rpartition("\n\n")[2]


def checkpoint_back_dated(hands):
    size = newest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at - %s WHERE size = %s", BACK_US, size)
    return f"checkpoint of {size} records: its time"


def oldest_checkpoint_back_dated(hands):
    size = oldest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at - %s WHERE size = %s", BACK_US, size)
    return f"checkpoint of {size} records: its time"


def checkpoint_post_dated(hands):
    size = oldest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at + %s WHERE size = %s", BACK_US, size)
    return "its time is"


def checkpoint_beyond(hands):
    size = newest(hands) + 5
    note = sign_checkpoint(Checkpoint(origin=hands.signer().name, size=size, root=bytes(32)), hands.signer())
    hands.sql(
        "INSERT INTO ledger_checkpoint VALUES (%s, %s, %s, %s)",
        hands.log,
        size,
        note,
        last_recorded(hands) + BACK_US,
    )
    return f"{size}"


def attestation(kind, change):
    def act(hands):
        where = f"kind = '{kind}'"
        size = hands.one(f"SELECT size FROM ledger_attestation WHERE {where}")
        change(hands, where)
        found = hands.one(f"SELECT size FROM ledger_attestation WHERE {where}")
        del size
        return f"checkpoint of {found} records, {kind}"

    return act


def body_flipped(hands, where):
    hands.flip("ledger_attestation", "body", where)


def back_dated(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET attested_at = attested_at - {BACK_US} WHERE {where}")


def moved(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET size = {newest(hands)} WHERE {where}")


def of_no_kind(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET body = %s WHERE {where}", b"nothing")


def checkpoint_dated_far(hands):
    size = oldest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = %s WHERE size = %s", FAR, size)
    return f"size {size}: its column signed_at holds {FAR}"


CASES = {
    "a checkpoint, dated in no calendar": (checkpoint_dated_far, Fault.VALUE_MALFORMED),
    "a checkpoint's root": (checkpoint_changed(with_another_root), Fault.CHECKPOINT_UNFIT),
    "a checkpoint, signed by a stranger": (checkpoint_changed(signed_by_a_stranger), Fault.CHECKPOINT_UNFIT),
    "a checkpoint, with a stranger's signature added": (
        checkpoint_changed(cosigned_in_place),
        Fault.CHECKPOINT_UNFIT,
    ),
    "a checkpoint, signed anew over another root": (
        checkpoint_changed(signed_anew_over_another_root),
        Fault.CHECKPOINT_OF_OTHER_TREE,
    ),
    "a checkpoint, that of another size": (checkpoint_changed(of_another_size), Fault.CHECKPOINT_UNFIT),
    "the newest checkpoint, dropped": (checkpoint_dropped, Fault.CHECKPOINT_MISSING),
    "a checkpoint that somebody vouches for, dropped": (vouched_checkpoint_dropped, Fault.ATTESTATION_UNFIT),
    "the newest checkpoint, back-dated": (checkpoint_back_dated, Fault.CHECKPOINT_OUT_OF_TIME),
    "the oldest checkpoint, back-dated": (oldest_checkpoint_back_dated, Fault.CHECKPOINT_OUT_OF_TIME),
    "a checkpoint, dated later than the next": (checkpoint_post_dated, Fault.CHECKPOINT_OUT_OF_TIME),
    "a checkpoint, added beyond the end": (checkpoint_beyond, None),
    "a cosignature, flipped": (attestation("witness", body_flipped), Fault.ATTESTATION_UNFIT),
    "a cosignature, back-dated": (attestation("witness", back_dated), Fault.ATTESTATION_UNFIT),
    "a cosignature, moved to another checkpoint": (attestation("witness", moved), Fault.ATTESTATION_UNFIT),
    "a cosignature, replaced": (attestation("witness", of_no_kind), Fault.ATTESTATION_UNFIT),
    "a timestamp, flipped": (attestation("stamp", body_flipped), Fault.ATTESTATION_UNFIT),
    "a timestamp, back-dated": (attestation("stamp", back_dated), Fault.ATTESTATION_UNFIT),
    "a timestamp, moved to another checkpoint": (attestation("stamp", moved), Fault.ATTESTATION_UNFIT),
    "a timestamp, replaced": (attestation("stamp", of_no_kind), Fault.ATTESTATION_UNFIT),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a checkpoint, dated in no calendar",
    "a checkpoint, signed anew over another root",
    "a cosignature, flipped",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
