"""Evidence of consent, as far as it can be judged without looking anything up.

`kinds` names it, `media` tells what a file really is, `probe` and `presentation` read how a wording was shown, `addresses`
shortens what is kept of an IP address, and `grading` says how well all of it backs an event. Keeping evidence, sealing it
and showing it are elsewhere. What is said of it stands in `sentences`.
"""

from yesword.domain.evidence.grading import Evidence, Graded, Happening, grade
from yesword.domain.evidence.kinds import EvidenceKind

__all__ = ["Evidence", "EvidenceKind", "Graded", "Happening", "grade"]
