"""A witness of one's own: the real server on the loopback, over a folder that outlives it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from factories.worlds import NOON
from yesword.ledger.checkpoint import VerifierKey
from yesword.proof.witness_folder import make_key
from yesword.proof.witness_server import WitnessDesk, WitnessServer


@contextmanager
def witness_at(
    folder: Path, logs: Sequence[VerifierKey], port: int = 0, at: datetime = NOON
) -> Iterator[tuple[str, str]]:
    """Its address and its key, while it answers."""
    key = make_key(folder, None).witness_key
    server = WitnessServer(WitnessDesk(folder, logs, lambda: at), "127.0.0.1", port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", str(key)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
