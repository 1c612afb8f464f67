"""Witnesses and timestamp authorities as rows, and how asking each of them went. Asking is `proof.attesting`'s."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.store import models


class AttesterNameTakenError(YeswordError):
    """The name {name} belongs to another witness or timestamp authority, with a key of its own, and what that one said stays under it. Choose another name."""

    code = "attester_name_taken"


class UnknownAttesterError(YeswordError):
    """There is no witness or timestamp authority {name}. There are: {known}."""

    code = "unknown_attester"


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessRow:
    name: str
    brand: BrandId | None  # None: all brands
    url: str
    vkey: str
    is_on: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorityRow:
    name: str
    url: str
    roots: bytes  # PEM
    every_s: int
    is_on: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class AskingRow:
    """How asking one of them about one log went."""

    kind: str  # WITNESS or STAMP, as in `store.ledgers`
    name: str
    log: int
    size: int  # of the log, when it was last vouched for; 0 for never
    last_asked_at: datetime
    last_ok_at: datetime | None
    failures: int  # since it last went well
    last_error_code: str
    last_error: str


def witnesses() -> list[WitnessRow]:
    return [
        WitnessRow(
            name=row.name,
            brand=None if row.brand_id is None else BrandId(row.brand_id),
            url=row.url,
            vkey=row.vkey,
            is_on=row.is_on,
        )
        for row in models.Witness.objects.order_by("name")
    ]


def authorities() -> list[AuthorityRow]:
    return [
        AuthorityRow(
            name=row.name, url=row.url, roots=row.roots.encode(), every_s=row.every_s, is_on=row.is_on
        )
        for row in models.StampAuthority.objects.order_by("name")
    ]


def askings() -> dict[tuple[str, str, int], AskingRow]:
    """By kind, name and log."""
    return {
        (row.kind, row.name, row.log): AskingRow(
            kind=row.kind,
            name=row.name,
            log=row.log,
            size=row.size,
            last_asked_at=row.last_asked_at,
            last_ok_at=row.last_ok_at,
            failures=row.failures,
            last_error_code=row.last_error_code,
            last_error=row.last_error,
        )
        for row in models.Asking.objects.order_by("kind", "name", "log")
    }


def enter_witness(witness: WitnessRow) -> None:
    """A new one, or one that is known with this key, as it is to be from now on. Raises AttesterNameTakenError."""
    known = models.Witness.objects.filter(name=witness.name).first()
    is_another = known is not None and known.vkey != witness.vkey
    if is_another or models.StampAuthority.objects.filter(name=witness.name).exists():
        raise AttesterNameTakenError(name=witness.name)
    models.Witness.objects.update_or_create(
        name=witness.name,
        defaults={
            "brand_id": witness.brand,
            "url": witness.url,
            "vkey": witness.vkey,
            "is_on": witness.is_on,
        },
    )


def enter_authority(authority: AuthorityRow) -> None:
    """The same, of an authority, which is known by its roots."""
    roots = authority.roots.decode()
    known = models.StampAuthority.objects.filter(name=authority.name).first()
    is_another = known is not None and known.roots != roots
    if is_another or models.Witness.objects.filter(name=authority.name).exists():
        raise AttesterNameTakenError(name=authority.name)
    models.StampAuthority.objects.update_or_create(
        name=authority.name,
        defaults={
            "url": authority.url,
            "roots": roots,
            "every_s": authority.every_s,
            "is_on": authority.is_on,
        },
    )


def switch_off(name: str) -> None:
    """Ask it no more. Its row stays, since what it said is checked with its key. Raises UnknownAttesterError."""
    kinds = (models.Witness.objects, models.StampAuthority.objects)
    if not sum(rows.filter(name=name).update(is_on=False) for rows in kinds):
        known = sorted(each for rows in kinds for each in rows.values_list("name", flat=True))
        raise UnknownAttesterError(name=name, known=", ".join(known) or "none yet")


def note_success(kind: str, name: str, log: int, size: int, at: datetime) -> None:
    models.Asking.objects.update_or_create(
        kind=kind,
        name=name,
        log=log,
        defaults={
            "size": size,
            "last_asked_at": at,
            "last_ok_at": at,
            "failures": 0,
            "last_error_code": "",
            "last_error": "",
        },
    )


def note_failure(kind: str, name: str, log: int, error: YeswordError, at: datetime) -> None:
    told = {"last_asked_at": at, "last_error_code": error.code, "last_error": error.message}
    models.Asking.objects.update_or_create(
        kind=kind,
        name=name,
        log=log,
        defaults={**told, "failures": F("failures") + 1},
        create_defaults={**told, "failures": 1},
    )
