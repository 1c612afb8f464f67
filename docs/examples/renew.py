"""Makes the receipts of the examples anew: Anna's, from the demo, before and after the log has taken it up.

    .venv/bin/python docs/examples/renew.py

Writes receipt.json (a promise), receipt.tlog-proof (proven) and log.vkey (the keys of the log) beside itself. Ids, times
and keys are other ones each time, so the documents show none of them.
"""

# ruff: noqa: INP001 - a script beside its examples, no package

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from yesword.store.opening import open_store

HERE = Path(__file__).parent
ANNA, PROGRAM = "+31612345001", "club"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "data", may_create=True)

        from yesword.cli.finding import find_person, find_program
        from yesword.demo.house import furnish
        from yesword.ledger.receipt import write_receipt, write_tlog_receipt
        from yesword.proof.receipts import keys_of, receipt_for
        from yesword.proof.sequencer import Sequencer

        furnish(store)
        program = find_program(PROGRAM)
        anna = find_person(store, ANNA, program)
        assert anna is not None
        promise = receipt_for(store, anna, program)
        sequencer = Sequencer(store=store, clock=lambda: datetime.now(UTC))
        while sequencer.round():
            pass
        proven = receipt_for(store, anna, program)
        (HERE / "receipt.json").write_bytes(write_receipt(promise))
        (HERE / "receipt.tlog-proof").write_bytes(write_tlog_receipt(proven))
        (HERE / "log.vkey").write_text(
            "".join(f"{key}\n" for key in keys_of(store, anna, proven)), encoding="utf-8"
        )
        store.close()


if __name__ == "__main__":
    main()
