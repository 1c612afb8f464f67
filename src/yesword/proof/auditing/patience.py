"""Looking again: what another process writes a moment after its commit is not missing yet."""

import time
from collections.abc import Iterator
from typing import Final

WAITS_S: Final = (0.0, 0.1, 0.2, 0.4, 0.8, 1.5)  # together longer than a busy disk takes for a line


def looks() -> Iterator[None]:
    """Once for each look, the first at once. Whoever finds all that was wanted looks no further."""
    for wait_s in WAITS_S:
        time.sleep(wait_s)
        yield
