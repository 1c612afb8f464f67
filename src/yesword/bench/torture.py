"""Killing the dispatcher at random moments of a campaign, and counting from the carrier's own log what it did twice or lost."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yesword.bench.scratch import (
    carrier_process,
    program_with_crowd,
    scratch_store,
    start_campaign,
    start_dispatcher,
)
from yesword.channels.simulator import SimulatorControl
from yesword.domain.messages import MessageState
from yesword.store import models
from yesword.store.opening import Store

_SPEED: Final = 4000.0  # slow enough that ten kills fall inside the campaign
_PATIENCE_S: Final = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tortured:
    messages: int
    kills: int
    submitted: int  # texts in the carrier's log
    twice: int  # message ids that stand in it more than once
    lost: int  # said to be sent, but not in it
    unshown: int  # in it, but shown as something else than sent or uncertain
    unsettled: int  # neither sent, nor failed, nor uncertain in the end
    uncertain: int
    seconds: float

    @property
    def is_held(self) -> bool:
        return not (self.twice or self.lost or self.unshown or self.unsettled)

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__} | {"is_held": self.is_held}


def torture(
    messages: int, kills: int, seed: int, say: Callable[[str], None], server_url: str | None = None
) -> Tortured:
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, no secret
    with scratch_store(server_url) as store:
        log = store.folder / "carrier.log"
        program = program_with_crowd(store, messages)
        say(f"{messages:,} people; {kills} kills to come.")
        started = time.monotonic()
        with carrier_process(store, log, speed=_SPEED, delay_ms=20) as control:
            campaign = start_campaign(program)
            moments = sorted(chance.uniform(0.02, 0.95) * messages for _ in range(kills))
            dispatcher = start_dispatcher(store)
            try:
                for moment in moments:
                    while _accepted(control) < moment and dispatcher.poll() is None:
                        time.sleep(0.002)
                    time.sleep(chance.uniform(0, 0.03))
                    dispatcher.kill()
                    dispatcher.wait()
                    say(f"Killed at {control.counts()['accepted']:,} accepted.")
                    dispatcher = start_dispatcher(store)
                _wait_until_done(campaign)
            finally:
                dispatcher.terminate()
                dispatcher.wait()
        return _count(store, campaign, log, kills, time.monotonic() - started)


def _accepted(control: SimulatorControl) -> int:
    return control.counts().get("accepted", 0)


def _wait_until_done(campaign: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while models.Campaign.objects.get(pk=campaign).state != models.Campaign.State.DONE:
        if time.monotonic() > deadline:
            raise TimeoutError("the campaign was not done after five minutes")
        time.sleep(0.1)


def _count(store: Store, campaign: int, log: Path, kills: int, seconds: float) -> Tortured:
    submitted = Counter(_logged(log))
    with store.database.read() as session:
        rows = session.rows("states_of_campaign_messages", campaign_id=campaign)
    states = {message: MessageState(state) for message, state in rows}
    sent = {
        message for message, state in states.items() if state in (MessageState.SENT, MessageState.DELIVERED)
    }
    uncertain = {message for message, state in states.items() if state is MessageState.UNCERTAIN}
    ended = (
        sent | uncertain | {m for m, s in states.items() if s in (MessageState.FAILED, MessageState.REFUSED)}
    )
    return Tortured(
        messages=len(states),
        kills=kills,
        submitted=sum(submitted.values()),
        twice=sum(1 for count in submitted.values() if count > 1),
        lost=len(sent - submitted.keys()),
        unshown=len(submitted.keys() - sent - uncertain),
        unsettled=len(states) - len(ended),
        uncertain=len(uncertain),
        seconds=round(seconds, 1),
    )


def _logged(log: Path) -> list[int]:
    """The message ids of what the carrier took. Its last line may be cut off if it was killed."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            found.append(int(json.loads(line)["ref"]))
        except (ValueError, KeyError):
            continue
    return found
