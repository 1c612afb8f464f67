"""Other systems that may tell us of people's answers: one row each, with a secret, an address and how to read its forms."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.collect import points
from yesword.collect.points import Point
from yesword.domain.collecting.hooks import USUAL, Fields, Provider
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.domain.times import from_micros, to_micros
from yesword.store import hook_secrets, models, programs
from yesword.store.database import Session
from yesword.store.models import HookSource
from yesword.store.opening import Store

KIND: Final = "hook_source"  # of its secrets
GRAPH: Final = "https://graph.facebook.com/v23.0"
REMEMBERED: Final = timedelta(days=90)  # what was told again after that long is looked at anew


class NoSuchSourceError(YeswordError):
    """There is no source {key}. `yesword hook list` shows those that there are."""

    code = "no_such_hook"


class BadSourceError(YeswordError):
    """The source cannot be kept: {what}."""

    code = "bad_hook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a form shows beside its question."""

    language: str
    wording: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Secrets:
    """Shared with the other system. `verify` proves an address to Meta; `token` fetches leads there."""

    secret: str
    verify: str = ""
    token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Source:
    id: int
    key: str
    name: str
    provider: Provider
    brand: BrandId
    point: Point
    secrets: Secrets
    language: str
    general: Point | None = None
    informs: Program | None = None
    fields: Fields = USUAL
    forms: Mapping[str, Shown]
    graph_url: str = ""

    def shown(self, form: str, point: Point, language: str) -> Shown | None:
        """What the person saw: of a form, what was said of that form; else what the point says. None: nobody knows."""
        if form and form in self.forms:
            return self.forms[form]
        if self.provider in (Provider.META, Provider.GOOGLE, Provider.TIKTOK):
            return None
        spoken = language if language in point.definition.languages else self.language
        return Shown(language=spoken, wording=consent_text(point.definition, point.program, spoken))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NewSource:
    """As it is set up. `point` and `general` are keys of points, `informs` the key of a program."""

    brand: BrandId
    provider: Provider
    name: str
    point: str
    secrets: Secrets
    general: str = ""
    informs: str = ""
    language: str = ""
    fields: Fields = USUAL
    graph_url: str = ""


def add(store: Store, new: NewSource) -> Source:
    """Raises BadSourceError, NoSuchPointError."""
    if len(new.secrets.secret) < 8:
        raise BadSourceError(what="its secret has fewer than 8 characters")
    point = _point(new, new.point)
    general = _point(new, new.general) if new.general else None
    if general is not None and general.program.id == point.program.id:
        raise BadSourceError(what="both questions are about the same program")
    informs = _informs(new, point) if new.informs else None
    row = HookSource.objects.create(
        brand_id=new.brand,
        provider=new.provider.value,
        name=new.name,
        key=secrets.token_urlsafe(24),
        point_id=point.id,
        general_id=general.id if general else None,
        informs_id=informs.id if informs else None,
        fields={name: getattr(new.fields, name) for name in Fields.__dataclass_fields__},
        language=new.language or point.program.default_language,
        graph_url=new.graph_url,
        sealed=b"",
    )
    set_secrets(store, row, new.secrets)
    return _source(store, row)


def set_secrets(store: Store, row: HookSource, given: Secrets) -> None:
    told = {"secret": given.secret, "verify": given.verify, "token": given.token}
    row.sealed = hook_secrets.close(store.folder, KIND, row.pk, told)
    row.save(update_fields=["sealed"])


def find(store: Store, key: str) -> Source:
    """An open source by the word in its address. Raises NoSuchSourceError."""
    row = HookSource.objects.filter(key=key, is_open=True).first()
    if row is None:
        raise NoSuchSourceError(key=key)
    return _source(store, row)


def by_id(store: Store, source: int) -> Source | None:
    row = HookSource.objects.filter(pk=source, is_open=True).first()
    return None if row is None else _source(store, row)


def rows_of(brand: BrandId | None = None) -> Sequence[HookSource]:
    rows = HookSource.objects.select_related("point", "general", "informs").order_by("pk")
    return list(rows if brand is None else rows.filter(brand_id=brand))


def row_of(source: int) -> HookSource:
    """Raises NoSuchSourceError."""
    row = HookSource.objects.select_related("point").filter(pk=source).first()
    if row is None:
        raise NoSuchSourceError(key=source)
    return row


def say_form(session: Session, source: int, form: str, shown: Shown) -> None:
    """Say what a form shows. Answers that came before it was said stay as they are: requests that send nothing."""
    row = row_of(source)
    if not shown.wording.strip():
        raise BadSourceError(what="the wording says nothing")
    row.forms = {**row.forms, form: {"language": shown.language, "wording": shown.wording}}
    row.save(update_fields=["forms"])
    session.run("forget_unknown_form", source_id=source, form=form)


# --- what happened there -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownForm:
    form: str
    waiting: int
    last_at: datetime


def unknown_forms(session: Session, source: int) -> list[UnknownForm]:
    """Forms that people answered and of which nobody has said what they show, the newest first."""
    rows = session.rows("unknown_forms", source_id=source)
    return [UnknownForm(form=form, waiting=int(n), last_at=from_micros(at)) for form, n, at in rows]


def leads_waiting(session: Session, source: int) -> tuple[int, str]:
    """How many leads are still to be fetched, and what stands in the way of one of them."""
    row = session.first("waiting_leads", source_id=source)
    return (0, "") if row is None else (int(row[0]), row[1] or "")


def note_received(source: int, at: datetime) -> None:
    from_now = HookSource.objects.filter(pk=source).values_list("received", flat=True).first() or 0
    HookSource.objects.filter(pk=source).update(received=from_now + 1, last_received_at=at)


def note_refused(source: int, code: str, at: datetime) -> None:
    """That a call was refused, and why. Of what it said nothing is kept."""
    until_now = HookSource.objects.filter(pk=source).values_list("refused", flat=True).first() or 0
    HookSource.objects.filter(pk=source).update(
        refused=until_now + 1, last_refused_at=at, last_refusal=code[:40]
    )


def purge(session: Session, at: datetime) -> None:
    session.run("purge_seen_hooks", before=to_micros(at - REMEMBERED))
    session.run("purge_call_answers", before=to_micros(at - timedelta(days=2)))


def _point(new: NewSource, key: str) -> Point:
    point = points.find(key)
    if point.brand != new.brand:
        raise BadSourceError(what="the point belongs to another brand")
    if point.definition.kind is not new.provider.kind:
        raise BadSourceError(
            what=f"{new.provider.value} speaks for points of the kind {new.provider.kind.value}"
        )
    return point


def _informs(new: NewSource, point: Point) -> Program:
    row = models.Program.objects.filter(brand_id=new.brand, key=new.informs).first()
    if row is None:
        raise BadSourceError(what=f"there is no program {new.informs}")
    program = programs.current(ProgramId(row.pk))
    if program.message_class is MessageClass.PROMOTIONAL or program.id == point.program.id:
        raise BadSourceError(what="texts about orders need a program of their own, one that promotes nothing")
    return program


def _source(store: Store, row: HookSource) -> Source:
    point = points.newest(row.point_id)
    assert point is not None, "a source is made for a published point"
    opened = hook_secrets.open_(store.folder, KIND, row.pk, bytes(row.sealed))
    return Source(
        id=row.pk,
        key=row.key,
        name=row.name,
        provider=Provider(row.provider),
        brand=BrandId(row.brand_id),
        point=point,
        secrets=Secrets(**opened),
        language=row.language,
        general=points.newest(row.general_id) if row.general_id else None,
        informs=programs.current(ProgramId(row.informs_id)) if row.informs_id else None,
        fields=replace(Fields(), **row.fields),
        forms={form: Shown(**shown) for form, shown in row.forms.items()},
        graph_url=row.graph_url or GRAPH,
    )
