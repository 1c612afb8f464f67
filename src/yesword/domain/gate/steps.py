"""The steps that say no for good, in their order. What only has to wait is in `waits`."""

from collections.abc import Callable, Iterable
from typing import Final

from yesword.domain.decisions import Reason
from yesword.domain.gate.allowing import blocks, permitted
from yesword.domain.gate.case import Case
from yesword.domain.gate.contents import age, wording
from yesword.domain.gate.freshness import program_pause, staleness, usefulness
from yesword.domain.gate.pausing import reputation
from yesword.domain.gate.routes import registries, sender

Step = Callable[[Case], Iterable[Reason]]
BEFORE_WAITING: Final[tuple[Step, ...]] = (blocks, permitted, age, sender, registries, wording)
AFTER_WAITING: Final[tuple[Step, ...]] = (usefulness, staleness, program_pause, reputation)
