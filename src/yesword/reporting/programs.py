"""Programs as a page shows them: the current version, and those before it."""

from dataclasses import dataclass
from datetime import datetime

from yesword.domain.ids import BrandId
from yesword.domain.programs import Program
from yesword.store import models, programs


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandLine:
    id: BrandId
    key: str
    name: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    number: int
    published_at: datetime
    digest: str  # SHA-256 of what it says


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramPage:
    program: Program
    is_paused: bool
    versions: tuple[Version, ...]  # newest first


def brands() -> list[BrandLine]:
    """Every brand of the installation, the oldest first."""
    return [
        BrandLine(id=BrandId(row.pk), key=row.key, name=row.name, country=row.country)
        for row in models.Brand.objects.order_by("pk")
    ]


def read_program(brand: BrandId, key: str) -> ProgramPage | None:
    row = models.Program.objects.filter(brand_id=brand, key=key).first()
    if row is None:
        return None
    versions = models.ProgramVersion.objects.filter(program=row).order_by("-version")
    return ProgramPage(
        program=programs.version(row.pk, row.version),
        is_paused=row.is_paused,
        versions=tuple(
            Version(number=each.version, published_at=each.created_at, digest=each.digest)
            for each in versions.defer("definition")
        ),
    )
