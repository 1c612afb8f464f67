"""A log of its own making and a witness that is served on the loopback, for tests of what they say to each other."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.add_checkpoint import AddCheckpoint, write_request
from yesword.ledger.checkpoint import Checkpoint, Signer, sign_checkpoint
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import consistency_path, tree_root
from yesword.proof.witness_folder import read_key
from yesword.proof.witness_server import WitnessDesk, WitnessServer
from yesword.proof.witnessing import Witness, ask, post_over_http

ORIGIN = "sms.example/ledger/brand"
SIGNER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Log:
    """A log as its leaves; `word` makes another history of the same length."""

    def __init__(self, word=b"event", signer=SIGNER):
        self.leaves = [leaf_hash(b"%s %d" % (word, n)) for n in range(40)]
        self.signer = signer

    def note(self, size) -> str:
        root = tree_root(self.leaves[:size])
        return sign_checkpoint(Checkpoint(origin=self.signer.name, size=size, root=root), self.signer)

    def ask(self, witness, size, known_size=0, post=post_over_http):
        return ask(witness, self.note(size), lambda old: self.proof(old, size), known_size, post)

    def proof(self, old, new):
        assert 0 < old < new, "a proof is wanted only where there is one"
        return consistency_path(self.leaves[:new], old)

    def body(self, old, new) -> bytes:
        proof = consistency_path(self.leaves[:new], old)
        return write_request(AddCheckpoint(old_size=old, proof=proof, checkpoint=self.note(new)))


LOG, FORK = Log(), Log(b"other")


@contextmanager
def serving(folder, *logs, now=lambda: NOON):
    """The real server on a free port; the witness as the log would know it."""
    desk = WitnessDesk(folder, [each.signer.verifier_key for each in logs or (LOG,)], now)
    with running(WitnessServer(desk, "127.0.0.1", 0)) as url:
        yield Witness(key=read_key(folder).witness_key, url=url)


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
