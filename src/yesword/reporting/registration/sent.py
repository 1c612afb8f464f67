"""What a program has sent, for samples: the templates of its newest campaigns."""

from yesword.domain.ids import ProgramId
from yesword.reporting.registration.tables import Kind, limits
from yesword.store import models


def templates(program: ProgramId) -> tuple[str, ...]:
    """Of campaigns that were started, the newest first; as many as a registration takes."""
    most = limits(Kind.TEN_DLC)["samples"].most
    started = models.Campaign.objects.filter(program_id=program, started_at__isnull=False)
    found = dict.fromkeys(started.order_by("-started_at").values_list("template", flat=True))
    return tuple(found)[:most]
