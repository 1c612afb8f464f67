"""The carrier that speaks SMPP, as a process that may be killed: always at the same ports, always with the same log.

`python -m yesword.faults.peer` with one line of JSON on its standard input, as its token belongs on no command line.
"""

import json
import sys
from pathlib import Path

from yesword.channels.simulator.behaviour import CarrierBehaviour
from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
from yesword.channels.simulator.smsc import SmscSettings


def main() -> None:
    given = json.loads(sys.stdin.readline())
    folder = Path(given["folder"])
    run_carrier(
        CarrierSettings(
            token=given["token"],
            port=given["port"],
            smsc=SmscSettings(port=given["smpp_port"]),
            behaviour=CarrierBehaviour(
                delay_ms=2, reports=0.5, report_delay_ms=100, ack_timeout_ms=4_000, speed=given["speed"]
            ),
            log_path=folder / "peer.jsonl",
            ready_path=folder / "peer-port",
        )
    )


if __name__ == "__main__":
    main()
