"""Versions of collection points: each under its own digest, none missing, and each as it was when it was published.

That stands in the trail, which the log names, and in the evidence of each event that came from it: the point, the version,
the digest of what it said, and that of its page.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final

from yesword.domain import codec
from yesword.domain.collecting.points import PointDefinition
from yesword.domain.errors import YeswordError
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.ledger.entry import JsonObject
from yesword.proof.auditing.report import AuditReport
from yesword.store import models
from yesword.store.database import Row
from yesword.store.forms import as_bytes, as_text, as_time
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.point_versions import PUBLISHED, says_published

_VERSIONS: Final = "store_pointversion"
_PAGE: Final = 50
_GRACE_S: Final = 0.2  # between a version and its point's row that counts it
_REF: Final = re.compile(r"([\w-]+)@(\d{1,9})(?:\.([\w-]+))?")  # as collect.backing writes it


def look_at_points(store: Store, report: AuditReport, brand: int | None) -> None:
    seen: dict[int, int] = {}
    published = _published(
        store
    )  # first: whoever publishes a version tells the trail in the same transaction
    newest = _newest(brand)
    for point, rows in groupby(_each(store, brand), key=itemgetter(0)):
        if point not in newest:
            continue  # made since
        key, _ = newest[point]
        for _, version, definition, digest, pages, at in rows:
            _tell_missing(report, key, seen.get(point, 0) + 1, version)
            seen[point] = version
            for found in _misfits(store, key, version, definition, digest, pages):
                report.misfits.add(found)
            traced = published.pop((key, version), None) or _published(store).get((key, version), {})
            wanted = says_published(key, version, as_text(digest), _pages(pages) or {}, as_time(at))
            for reason in _untold(traced, wanted):
                report.misfits.add(_differs(key, version, reason))
    for point, (key, version) in newest.items():
        _tell_missing(report, key, seen.get(point, 0) + 1, version + 1)
    _tell_set_back(report, brand, newest, seen)
    known = {key for key, _ in newest.values()}
    for (key, version), traced in published.items():
        if brand is None or key in known:
            reason = f"it is missing, and row {next(iter(traced))} of the trail tells of it."
            report.misfits.add(_differs(key, version, reason))


def _newest(brand: int | None) -> dict[int, tuple[str, int]]:
    points = models.CollectionPoint.objects.order_by("pk").values_list("pk", "key", "version")
    if brand is not None:
        points = points.filter(brand_id=brand)
    return {pk: (key, version) for pk, key, version in points}


def _each(store: Store, brand: int | None) -> Iterator[Row]:
    point, version = -1, -1
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_point_versions",
                point_id=point,
                version=version,
                brand_id=-1 if brand is None else brand,
                count=_PAGE,
            )
        if not rows:
            return
        yield from rows
        point, version = rows[-1][:2]


def _published(store: Store) -> dict[tuple[str, int], dict[int, JsonObject]]:
    """What the trail says of each version, by point and number: row by row, and one where nobody made up another."""
    told: dict[tuple[str, int], dict[int, JsonObject]] = {}
    with store.database.read() as session:
        rows = session.rows("point_publications", action=PUBLISHED)
    for row, detail in rows:
        said = _object(detail) or {}
        version = said.get("version")
        if isinstance(version, int):
            told.setdefault((str(said.get("point")), version), {})[row] = said
    return told


def _untold(traced: Mapping[int, JsonObject], wanted: JsonObject) -> Iterator[str]:
    if not traced:
        yield "no row of the trail tells that it was published."
    for row, said in traced.items():
        for member in sorted(wanted.keys() | said.keys()):
            if said.get(member) != wanted.get(member):
                yield f"its {member} is {wanted.get(member)}, and row {row} of the trail says {said.get(member)}."


def _misfits(
    store: Store, key: str, version: int, definition: object, digest: str, pages: object
) -> Iterator[Misfit]:
    wanted = hashlib.sha256(as_bytes(definition)).hexdigest()
    if wanted != digest:
        yield _differs(key, version, f"its digest is {as_text(digest)}, and what it says gives {wanted}.")
        return
    try:
        codec.loads(PointDefinition, as_bytes(definition))
    except YeswordError:
        yield _differs(key, version, "what it says cannot be read.")
    shown = _pages(pages)
    if shown is None:
        yield _differs(key, version, "which pages it has cannot be read.")
        return
    for language, page in shown.items():
        with store.database.read() as session:
            is_kept = session.first("page_is_kept", digest=page) is not None
        if not is_kept:
            yield misfit(
                Fault.PAGE_MISSING, "shown_page", point=key, version=version, language=language, digest=page
            )


def _tell_missing(report: AuditReport, key: str, first: int, end: int) -> None:
    """Those from the first to before the end; of a number that was made up, no more than are told."""
    for version in range(first, min(end, first + MOST_TOLD)):
        report.misfits.add(misfit(Fault.POINT_VERSION_MISSING, _VERSIONS, point=key, version=version))


def _tell_set_back(
    report: AuditReport, brand: int | None, newest: Mapping[int, tuple[str, int]], seen: Mapping[int, int]
) -> None:
    """Points whose row counts fewer versions than there are: an old one would be shown as the newest."""
    if all(seen.get(point, 0) <= version for point, (_, version) in newest.items()):
        return
    time.sleep(_GRACE_S)
    for point, (key, version) in _newest(brand).items():
        if seen.get(point, 0) > version:
            reason = f"it is there, and the row of the point says that {version} is the newest."
            report.misfits.add(_differs(key, seen[point], reason))


# --- what events say of them ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedVersions:
    """Versions as the store has them, looked up as events name them."""

    store: Store
    _known: dict[tuple[str, int], tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    def misfits_of(self, event: str, items: tuple[JsonObject, ...]) -> Iterator[Misfit]:
        for item in items:
            found = _REF.fullmatch(str(item.get("ref", "")))
            if found is None or item.get("kind") != EvidenceKind.FORM_VERSION.value:
                continue
            key, version, language = found[1], int(found[2]), found[3]
            digest, pages = self._version(key, version)
            what = "the digest" if language is None else f"the page in {language}"
            there = digest if language is None else pages.get(language, "none")
            if item.get("sha256") != there:
                yield misfit(
                    Fault.POINT_NOT_AS_NAMED,
                    _VERSIONS,
                    event=event,
                    point=key,
                    version=version,
                    what=what,
                    expected=item.get("sha256"),
                    found=there,
                )

    def _version(self, key: str, version: int) -> tuple[str, Mapping[str, str]]:
        known = self._known.get((key, version))
        if known is None:
            with self.store.database.read() as session:
                row = session.first("named_point_version", key=key, version=version)
            if row is None:
                return "none", {}
            known = self._known[key, version] = as_text(row[0]), _pages(row[1]) or {}
        return known


def _pages(value: object) -> dict[str, str] | None:
    """By language. None: it is something else."""
    found = _object(value)
    return None if found is None else {key: str(page) for key, page in found.items()}


def _object(value: object) -> JsonObject | None:
    try:
        found = json.loads(as_text(value))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _differs(key: str, version: int, reason: str) -> Misfit:
    return misfit(Fault.POINT_DIFFERS, _VERSIONS, point=key, version=version, reason=reason)
