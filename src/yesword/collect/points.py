"""Collection points as they are kept: drafted, published in versions that never change, closed and opened again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yesword.domain import codec
from yesword.domain.collecting.points import PointDefinition, PointKind, check
from yesword.domain.collecting.wordings import worded
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.programs import Program
from yesword.store import models, point_versions, programs
from yesword.store.programs import BrandRow


class NoSuchPointError(YeswordError):
    """There is no open collection point {key}. `yesword point list` shows those that there are."""

    code = "no_such_point"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One published version, with what it belongs to."""

    id: int
    key: str
    version: int
    digest: str
    brand: BrandId
    is_open: bool
    definition: PointDefinition
    pages: tuple[tuple[str, str], ...] = ()  # language → digest of the page as it was published

    @property
    def program(self) -> Program:
        """As it was when this version was published: its words are what people see."""
        return programs.version(self.definition.program, self.definition.program_version)

    @property
    def brand_row(self) -> BrandRow:
        return programs.brand(self.brand)


def publish(
    brand: BrandId,
    key: str,
    definition: PointDefinition,
    pages: Mapping[str, str] | None = None,
    *,
    by: int | None = None,
) -> Point:
    """Make a new version of a point, and the point where there is none. One that says nothing new stays as it is.

    `pages`: language → digest of the page as people will see it, already kept. `by`: the user who publishes it, for the
    trail; None at the command line. Raises BadPointError, KeyTakenError.
    """
    program = programs.version(definition.program, definition.program_version)
    check(definition, program)
    definition = worded(definition, program)
    row, _ = models.CollectionPoint.objects.get_or_create(
        key=key,
        defaults={
            "brand_id": brand,
            "program_id": definition.program,
            "kind": definition.kind.value,
            "name": definition.name,
        },
    )
    if row.brand_id != brand:
        raise KeyTakenError(key=key)
    newest = models.PointVersion.objects.filter(point=row, version=row.version).first()
    if newest is None or newest.digest != definition.digest:
        row.name, row.program_id, row.kind = definition.name, definition.program, definition.kind.value
        newest = point_versions.add(row, definition.to_bytes(), definition.digest, pages or {}, by)
    return _point(row, newest)


class KeyTakenError(YeswordError):
    """The name {key} in the address is taken. Choose another."""

    code = "point_key_taken"


def find(key: str) -> Point:
    """The newest version of an open point. Raises NoSuchPointError."""
    row = models.CollectionPoint.objects.filter(key=key, is_open=True, version__gt=0).first()
    if row is None:
        raise NoSuchPointError(key=key)
    return _point(row, models.PointVersion.objects.get(point=row, version=row.version))


def newest(point: int) -> Point | None:
    """The newest version of a point, whether it is open or not; None where it was never published."""
    row = models.CollectionPoint.objects.filter(pk=point, version__gt=0).first()
    if row is None:
        return None
    return _point(row, models.PointVersion.objects.get(point=row, version=row.version))


def versions(point: Point) -> Iterator[Point]:
    """All that the point ever published, the newest first."""
    row = models.CollectionPoint.objects.get(pk=point.id)
    for version in models.PointVersion.objects.filter(point=row).order_by("-version"):
        yield _point(row, version)


def by_digest(digest: str) -> Point | None:
    """The version of this digest, also one that a newer one has replaced, or of a point that is closed."""
    newest = models.PointVersion.objects.select_related("point").filter(digest=digest).order_by("-pk").first()
    return None if newest is None else _point(newest.point, newest)


def of_brand(brand: BrandId, kind: PointKind | None = None) -> Sequence[models.CollectionPoint]:
    """Newest first."""
    rows = models.CollectionPoint.objects.filter(brand_id=brand).order_by("-pk")
    return list(rows if kind is None else rows.filter(kind=kind.value))


def set_open(key: str, *, is_open: bool) -> None:
    if not models.CollectionPoint.objects.filter(key=key).update(is_open=is_open):
        raise NoSuchPointError(key=key)


def _point(row: models.CollectionPoint, version: models.PointVersion) -> Point:
    return Point(
        id=row.pk,
        key=row.key,
        version=version.version,
        digest=version.digest,
        brand=BrandId(row.brand_id),
        is_open=row.is_open,
        definition=codec.loads(PointDefinition, bytes(version.definition)),
        pages=tuple(version.pages.items()),
    )


def program_of(row: models.CollectionPoint) -> Program:
    return programs.current(ProgramId(row.program_id))
