"""A brand with a log, witnesses beside it, and a clock, for tests of asking others to vouch."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from factories.witnesses import witness_at
from factories.worlds import World
from yesword.ledger.checkpoint import Checkpoint, sign_checkpoint
from yesword.ledger.cosignature import read_witness_vkey
from yesword.ledger.leaf import leaf_hash
from yesword.proof import attesters, logs
from yesword.proof.attesting import Occasion, attest_due, note_with_cosignatures
from yesword.proof.sequencer import Sequencer
from yesword.proof.witnessing import Witness
from yesword.store import attesters as rows
from yesword.store import ledgers
from yesword.store.ledgers import WITNESS


@dataclass(kw_only=True)
class Bench:
    """A world whose log is grown by hand, and a folder for its witnesses."""

    here: World
    folder: Path

    @property
    def store(self):
        return self.here.store

    @property
    def log(self):
        with self.store.database.read() as session:
            return ledgers.logs(session, self.here.club.brand)[-1]

    @property
    def keys(self):
        return list(logs.verifier_keys(self.store, self.log).values())

    def grow(self, count=1, watch=lambda _: None) -> int:
        self.here.members(count)
        return Sequencer(store=self.store, clock=lambda: self.here.at, watch=watch).round()

    @contextmanager
    def witness(self, name="W", port=0, brand=None):
        """It answers, and is asked."""
        with witness_at(self.folder / name, self.keys, port) as (url, vkey):
            attesters.add_witness(self.store, name, url, vkey, brand)
            yield Witness(key=read_witness_vkey(vkey), url=url)

    def attest(self, occasion=Occasion.ROUND, **ports) -> int:
        return attest_due(self.store, self.here.at, occasion=occasion, **ports)

    def asking(self, name="W", kind=WITNESS):
        return rows.askings().get((kind, name, self.log.id))

    def attested(self, kind=WITNESS):
        """Sizes, smallest first."""
        with self.store.database.read() as session:
            return [each.size for each in ledgers.attestations(session, self.log.id) if each.kind == kind]

    def note(self, size) -> str:
        with self.store.database.read() as session:
            return note_with_cosignatures(session, self.log, size)

    def signed_elsewhere(self, extra: bytes, *, is_continued: bool) -> str:
        """A head that another store signed with the key of the log."""
        log = self.log
        frontier = log.frontier if is_continued else type(log.frontier)()
        larger = frontier.append(leaf_hash(extra))
        checkpoint = Checkpoint(origin=log.origin, size=larger.size, root=larger.root())
        return sign_checkpoint(checkpoint, logs.signer_of(self.store, log))


def until(claim):
    for _ in range(600):
        if claim():
            return True
        threading.Event().wait(0.05)
    return False
