"""One small log with a key of its own, and the receipt of one of its events."""

from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.checkpoint import Checkpoint, Signer, VerifierKey, read_checkpoint, sign_checkpoint
from yesword.ledger.entry import Entry, make_entry
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import inclusion_path, tree_root
from yesword.ledger.proof import TlogProof, format_proof
from yesword.ledger.receipt import Receipt

ORIGIN = "sms.example/ledger/brand"
EVENT_ID = "evt_0198c1b27a52"
SECTIONS = {
    "event": {
        "id": EVENT_ID,
        "type": "granted",
        "occurred_at": "2026-01-05T10:00:00.000Z",
        "received_at": "2026-01-05T10:00:01.250Z",
        "program": "SAVEMORE",
        "method": "keyword",
        "seq": 1,
        "prev": None,
        "actor": "person",
    },
    "subject": {"phone": "+4915112345678", "subject_id": "con_7"},
    "notice": {"id": "savemore", "version": 3, "lang": "de", "text": "Ja, Angebote per SMS.\nSTOP beendet."},
    "terms": {"controller": "Brand GmbH", "purposes": ["offers"]},
}


@dataclass(frozen=True, kw_only=True)
class Log:
    signer: Signer
    sections: dict[str, object]
    entry: Entry
    proof: TlogProof

    @property
    def key(self) -> VerifierKey:
        return self.signer.verifier_key

    def receipt(self, *, is_published=True) -> Receipt:
        return Receipt(
            origin=ORIGIN,
            event_id=EVENT_ID,
            entry=self.entry.entry,
            leaf_hash=self.entry.leaf_hash,
            disclosures=self.entry.disclosures,
            proof=format_proof(self.proof) if is_published else None,
        )


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """One log whose key was changed, with a receipt of before and one of after it."""

    keys: tuple[VerifierKey, ...]  # newest first
    old: Receipt
    new: Receipt
    stranger: VerifierKey  # by the same name, of somebody else


@pytest.fixture(scope="session")
def rotated(log) -> Rotated:
    signer = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    stranger = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
    note = sign_checkpoint(read_checkpoint(log.proof.checkpoint), signer)
    return Rotated(
        keys=(signer.verifier_key, log.key),
        old=log.receipt(),
        new=replace(log.receipt(), proof=format_proof(replace(log.proof, checkpoint=note))),
        stranger=stranger.verifier_key,
    )


@pytest.fixture(scope="session")
def log() -> Log:
    signer = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    entry = make_entry(SECTIONS)
    leaves = [leaf_hash(b"%d" % n) for n in range(11)]
    leaves[6] = entry.leaf_hash
    checkpoint = Checkpoint(origin=ORIGIN, size=len(leaves), root=tree_root(leaves))
    return Log(
        signer=signer,
        sections=SECTIONS,
        entry=entry,
        proof=TlogProof(
            index=6, path=inclusion_path(leaves, 6), checkpoint=sign_checkpoint(checkpoint, signer)
        ),
    )
