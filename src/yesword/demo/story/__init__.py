"""The story: what Yesword promises, played through on a scratch store with a stepped clock, each claim checked."""

from collections.abc import Callable
from pathlib import Path

from yesword.demo.story import asking_why, campaigning, importing, joining, leaving, waiting
from yesword.demo.story.stage import Stage, Told, open_stage

SCENES = (joining.play, campaigning.play, waiting.play, leaving.play, asking_why.play, importing.play)


def tell(folder: Path, say: Callable[[str], None] | None = None) -> Told:
    """Play all scenes on a new store in the folder; `say` gets each line as it happens."""
    with open_stage(folder, say) as stage:
        for scene in SCENES:
            scene(stage)
        return Told(claims=tuple(stage.claims))


__all__ = ["Stage", "Told", "tell"]
