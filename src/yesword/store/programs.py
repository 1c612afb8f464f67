"""Programs as rows: published in versions that never change, read as the domain knows them."""

import contextlib
import functools
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from yesword.domain import codec, composing, gateways
from yesword.domain.facts import BrandFacts, ProgramFacts, SenderFacts
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.parties import SenderTrait
from yesword.domain.phone import sender_kind
from yesword.domain.programs import Program
from yesword.store import models
from yesword.store.database import Row, asking


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandRow:
    """The legal sender, as the record and the gate need it."""

    id: BrandId
    name: str
    country: str
    origin: str
    region: str | None = None
    traits: tuple[SenderTrait, ...] = ()

    @property
    def facts(self) -> BrandFacts:
        return _brand_facts(self.country, self.region, self.traits)


@functools.lru_cache(maxsize=256)
def _brand_facts(country: str, region: str | None, traits: tuple[SenderTrait, ...]) -> BrandFacts:
    """The same object again and again: the gate finds its plan by it, and an object is quickly equal to itself."""
    return BrandFacts(country=country, region=region, traits=traits)


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderRow:
    id: int
    account: int
    facts: SenderFacts


P = ParamSpec("P")
T = TypeVar("T")


class _Still(threading.local):
    known: dict[object, object] | None = None


_still = _Still()


@contextlib.contextmanager
def held_still() -> Iterator[None]:
    """Within, what is set is read once: brands, programs, senders, contests. For a batch of texts, which takes milliseconds."""
    before, _still.known = _still.known, {}
    try:
        yield
    finally:
        _still.known = before


def read_once(read: Callable[P, T]) -> Callable[P, T]:
    """Mark what is read once within `held_still`."""

    @functools.wraps(read)
    def reads(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _still.known
        if known is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(kwargs.items()))
        if key not in known:
            known[key] = read(*args, **kwargs)
        return known[key]  # type: ignore[return-value]

    return reads


@read_once
def brand(brand_id: int) -> BrandRow:
    row = asking().first("brand_as_set", id=brand_id)
    if row is None:
        raise models.Brand.DoesNotExist
    name, country, origin, region, traits = row
    return BrandRow(
        id=BrandId(brand_id),
        name=name,
        country=country,
        origin=origin,
        region=region or None,
        traits=tuple(SenderTrait(trait) for trait in json.loads(traits)),
    )


def publish(program: Program, sender: models.Sender) -> Program:
    """Make a new version of the program, unless it says nothing new; with its wordings, each under its digest."""
    row = models.Program.objects.filter(brand_id=program.brand, key=program.key).first()
    if row is None:
        row = models.Program.objects.create(brand_id=program.brand, key=program.key, sender=sender, version=0)
    program = replace(program, id=ProgramId(row.pk), version=0)
    digest = hashlib.sha256(codec.dumps(program)).hexdigest()
    newest = models.ProgramVersion.objects.filter(program=row, version=row.version).first()
    if newest is not None and newest.digest == digest:
        return replace(program, version=row.version)
    published = replace(program, version=row.version + 1)
    models.ProgramVersion.objects.create(
        program=row, version=published.version, definition=codec.dumps(published), digest=digest
    )
    for language in published.languages:
        text = composing.disclosure(published, language)
        models.Disclosure.objects.get_or_create(
            digest=disclosure_digest(text),
            defaults={"program": row, "version": published.version, "language": language, "text": text},
        )
    row.version, row.sender = published.version, sender
    row.save(update_fields=["version", "sender"])
    return published


def disclosure_digest(text: str) -> str:
    """SHA-256 of the wording's UTF-8 bytes, as shown: its name everywhere."""
    return hashlib.sha256(text.encode()).hexdigest()


def sender_for(account: models.Account, address: str) -> models.Sender:
    """The sender with this address on the account, made where it is missing. Its kind shows in its address.

    Raises GatewayRefusedError.
    """
    gateways.refuse(f"The sender {address}", address)
    sender, _ = models.Sender.objects.get_or_create(
        account=account, address=address, defaults={"kind": sender_kind(address)}
    )
    return sender


@read_once
def current(program_id: ProgramId) -> Program:
    return version(program_id, models.Program.objects.values_list("version", flat=True).get(pk=program_id))


@functools.lru_cache(maxsize=256)
def _version(program_id: int, number: int, digest: str) -> Program:
    row = models.ProgramVersion.objects.get(program_id=program_id, version=number, digest=digest)
    return codec.loads(Program, bytes(row.definition))


def version(program_id: int, number: int) -> Program:
    digest = models.ProgramVersion.objects.values_list("digest", flat=True).get(
        program_id=program_id, version=number
    )
    return _version(program_id, number, digest)


def of_brand(brand: BrandId) -> list[Program]:
    return list(_of_brand(brand))


@read_once
def _of_brand(brand: BrandId) -> tuple[Program, ...]:
    return tuple(_version(*row) for row in asking().rows("versions_of_brand", brand=brand))


def by_key(brand: BrandId, key: str) -> Program | None:
    row = models.Program.objects.filter(brand_id=brand, key=key).values_list("pk", "version").first()
    return version(*row) if row else None


def facts_of(program: Program) -> ProgramFacts:
    is_paused = models.Program.objects.values_list("is_paused", flat=True).get(pk=program.id)
    return ProgramFacts(
        id=program.id,
        version=program.version,
        key=program.key,
        purpose=program.purpose,
        categories=program.categories,
        frequency=program.frequency,
        minimum_age=program.minimum_age,
        is_paused=is_paused,
        may_invite=program.may_invite,
    )


def sender_row(sender: models.Sender) -> SenderRow:
    account = sender.account
    answers_stop = (sender.answers_stop, account.answers_stop)
    registrations = sender.registrations
    return _sender(
        sender.pk, account.pk, sender.address, sender.kind, answers_stop, registrations, account.channel
    )


def _sender_of_row(row: Row) -> SenderRow:
    pk, account, address, kind, own, accounts, registrations, channel = row
    return _sender(pk, account, address, kind, (own, accounts), json.loads(registrations), channel)


def _sender(
    pk: int,
    account: int,
    address: str,
    kind: str,
    answers_stop: Iterable[bool],
    registrations: Iterable[str],
    provider: str,
) -> SenderRow:
    return SenderRow(
        id=pk,
        account=account,
        facts=SenderFacts(
            address=address,
            kind=kind,
            can_receive=kind != models.Sender.Kind.ALPHANUMERIC,
            carrier_answers_stop=any(answers_stop),
            registrations=tuple(registrations),
            provider=provider,
        ),
    )


@read_once
def invited_by(campaign: int) -> int | None:
    """The program that a campaign invites to."""
    return models.Campaign.objects.values_list("invites_id", flat=True).filter(pk=campaign).first()


def sender_of(program: Program) -> SenderRow:
    return _sender_of(program.id)


@read_once
def _sender_of(program_id: int) -> SenderRow:
    return sender_row(models.Sender.objects.select_related("account").get(program__id=program_id))


@read_once
def sender_by_id(sender_id: int) -> SenderRow:
    row = asking().first("sender_as_set", id=sender_id)
    if row is None:
        raise models.Sender.DoesNotExist
    return _sender_of_row(row)


@read_once
def sender_by_address(account: int, address: str) -> SenderRow | None:
    row = asking().first("sender_at_address", account=account, address=address)
    return None if row is None else _sender_of_row(row)


@read_once
def account_as_set(account: int) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """An account's settings, and the addresses of its senders."""
    row = models.Account.objects.get(pk=account)
    return row.settings, tuple(row.sender_set.order_by("pk").values_list("address", flat=True))


def sender_at(account: str, address: str) -> SenderRow | None:
    """By the account's key."""
    row = (
        models.Sender.objects.select_related("account").filter(account__key=account, address=address).first()
    )
    return sender_row(row) if row else None


def on_sender(sender_id: int) -> list[Program]:
    """The programs that text from a sender, whichever brand's they are; from it alone, or as one of several."""
    return list(_of_sender(sender_id))


@read_once
def _of_sender(sender_id: int) -> tuple[Program, ...]:
    return tuple(_version(*row) for row in asking().rows("versions_on_sender", sender=sender_id))
