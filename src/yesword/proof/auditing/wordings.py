"""What everybody was shown, each under its own digest: wordings, versions of programs and of points, and pages."""

import hashlib
import json
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from typing import Final

from yesword.domain import codec, composing
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program
from yesword.proof.auditing.points import look_at_points
from yesword.proof.auditing.report import AuditReport
from yesword.store import models
from yesword.store.forms import as_bytes
from yesword.store.misfits import MOST_TOLD, Fault, misfit
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

_VERSION: Final = [field.name for field in fields(Program)].index("version")
_PAGES: Final = 50  # a page of pages: pictures are large


def look_at_wordings(store: Store, report: AuditReport, brand: int | None) -> None:
    _look_at_disclosures(report, brand)
    _look_at_versions(report, brand)
    _look_at_pages(store, report, brand)
    look_at_points(store, report, brand)


def _look_at_disclosures(report: AuditReport, brand: int | None) -> None:
    rows = models.Disclosure.objects.order_by("digest").values_list("digest", "text")
    if brand is not None:
        rows = rows.filter(program__brand_id=brand)
    for digest, text in rows.iterator(chunk_size=200):
        found = disclosure_digest(text)
        if found != digest:
            report.misfits.add(misfit(Fault.WORDING_DIFFERS, "store_disclosure", digest=digest, found=found))


def _look_at_versions(report: AuditReport, brand: int | None) -> None:
    programs = models.Program.objects.order_by("pk").values_list("pk", "key", "version")
    versions = models.ProgramVersion.objects.order_by("program_id", "version").values_list(
        "program_id", "version", "definition", "digest"
    )
    if brand is not None:
        programs, versions = programs.filter(brand_id=brand), versions.filter(program__brand_id=brand)
    newest = {pk: (key, version) for pk, key, version in programs}
    seen: dict[int, int] = {}
    for program, rows in groupby(versions.iterator(chunk_size=50), key=itemgetter(0)):
        if program not in newest:
            continue  # made since
        key, _ = newest[program]
        for _, version, definition, digest in rows:
            _tell_missing(report, key, seen.get(program, 0) + 1, version)
            seen[program] = version
            _look_at_version(report, key, version, as_bytes(definition), digest)
    for program, (key, version) in newest.items():
        _tell_missing(report, key, seen.get(program, 0) + 1, version + 1)


def _look_at_version(report: AuditReport, key: str, version: int, definition: bytes, digest: str) -> None:
    expected = _digest(definition)
    if expected != digest:
        report.misfits.add(
            misfit(
                Fault.PROGRAM_DIFFERS,
                "store_programversion",
                program=key,
                version=version,
                expected=expected,
                found=digest,
            )
        )
        return
    program = codec.loads(Program, definition)
    if program.version != version or program.key != key:
        report.misfits.add(
            misfit(
                Fault.PROGRAM_DIFFERS,
                "store_programversion",
                program=key,
                version=version,
                expected=f"version {program.version} of {program.key}",
                found=digest,
            )
        )
    for language in program.languages:
        wording = disclosure_digest(composing.disclosure(program, language))
        # Another release may have composed it otherwise; then it stands under the version that had it first.
        is_known = models.Disclosure.objects.filter(digest=wording).exists()
        if (
            not is_known
            and not models.Disclosure.objects.filter(
                program_id=program.id, version=version, language=language
            ).exists()
        ):
            report.misfits.add(
                misfit(
                    Fault.WORDING_MISSING,
                    "store_disclosure",
                    program=key,
                    version=version,
                    language=language,
                    digest=wording,
                )
            )


def _digest(definition: bytes) -> str:
    """As when it was published, under no number yet. By its own fields: a later release knows more of them."""
    try:
        values = json.loads(definition)
        values[_VERSION] = 0
        return hashlib.sha256(codec.dumps(values)).hexdigest()
    except (ValueError, TypeError, IndexError, YeswordError):
        return "none: it cannot be read"


def _tell_missing(report: AuditReport, key: str, first: int, end: int) -> None:
    """Those from the first to before the end; of a number that was made up, no more than are told."""
    for version in range(first, min(end, first + MOST_TOLD)):
        report.misfits.add(
            misfit(Fault.PROGRAM_VERSION_MISSING, "store_programversion", program=key, version=version)
        )


def _look_at_pages(store: Store, report: AuditReport, brand: int | None) -> None:
    cursor = ""
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_pages", cursor=cursor, brand_id=-1 if brand is None else brand, count=_PAGES
            )
        if not rows:
            return
        cursor = rows[-1][0]
        for digest, body in rows:
            found = hashlib.sha256(as_bytes(body)).hexdigest()
            if found != digest:
                report.misfits.add(misfit(Fault.PAGE_DIFFERS, "shown_page", digest=digest, found=found))
