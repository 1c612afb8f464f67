"""Files about one person that others check: the evidence pack, and the file of silence. They hold the number in the clear.

`yesword pack` and `yesword silence` write the same; a pack for a carrier comes with the answer to its audit.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yesword.accounts.rights import Right
from yesword.domain.errors import YeswordError
from yesword.domain.ids import random_bucket, to_text
from yesword.domain.programs import Program
from yesword.ledger.packs import Purpose
from yesword.ledger.silence import write_silence
from yesword.privacy import traces
from yesword.privacy.former_records import Former, former_records
from yesword.proof.packs.dossier import (
    NoHeadYetError,
    NoRecordError,
    ScatteredEventsError,
    collect,
    waiting_events,
)
from yesword.proof.packs.earlier import EarlierDossier
from yesword.proof.packs.writing import FormerOwnerInPackError, NumberInPackError, Order, Pack, write_pack
from yesword.proof.silence import EmptySpanError, HandOversWaitingError, NoPublishedLogError, sent_to
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store
from yesword.web.brands import zone_of_person
from yesword.web.console.acting import actor, for_actors, may_use
from yesword.web.console.addresses import living_person_at, person_url
from yesword.web.installation import store

log = structlog.get_logger("yesword.person_files")

_WAIT_S: Final = 2.0  # the log takes an event up within a second while it is being kept
_LOOK_S: Final = 0.1
_PURPOSES: Final[Mapping[Purpose, Promise]] = {
    Purpose.LITIGATION: gettext_lazy("Somebody with a claim"),
    Purpose.DSAR: gettext_lazy("The person"),
}
# What may stand in the way, in the reader's language.
_TROUBLE: Final[Mapping[type[YeswordError], Promise]] = {
    NoRecordError: gettext_lazy("Nothing is on record of them about this program."),
    NoHeadYetError: gettext_lazy("The log is not published yet. Try again in a moment."),
    NoPublishedLogError: gettext_lazy("The log is not published yet. Try again in a moment."),
    HandOversWaitingError: gettext_lazy(
        "Some texts of that time are not in the log yet. Try again in a moment."
    ),
    EmptySpanError: gettext_lazy("That day is still to come."),
    ScatteredEventsError: gettext_lazy(
        "The log is just taking up something of theirs. Try again in a moment."
    ),
    FormerOwnerInPackError: gettext_lazy(
        "The number changed hands, and a pack would show whoever has it now the record of its former owner. Give them what is held about them instead."
    ),
    NumberInPackError: gettext_lazy(
        "Somebody wrote their number where no number belongs, so it would stand in the file. Correct that first."
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesView:
    """`console/person_files.html`."""

    pack_url: str
    silence_url: str
    programs: Sequence[tuple[str, str]]
    purposes: Sequence[tuple[str, str]]
    zone: str
    today: str
    since: str


def shown(
    request: HttpRequest, person: Contact, spoken_of: Sequence[Program], stop: datetime | None
) -> FilesView | None:
    """None for whoever may not take out numbers, and where nothing is on record. `stop`: the newest one."""
    if not spoken_of or not may_use(request, Right.NUMBERS):
        return None
    zone = ZoneInfo(zone_of_person(person))
    today = datetime.now(zone).date()
    names = [to_text("con", person.id)]
    return FilesView(
        pack_url=reverse("console:person-pack", args=names),
        silence_url=reverse("console:person-silence", args=names),
        programs=[(each.key, each.name) for each in spoken_of],
        purposes=[(key.value, str(words)) for key, words in _PURPOSES.items()],
        zone=zone.key,
        today=today.isoformat(),
        since=(stop.astimezone(zone).date() if stop else today).isoformat(),
    )


@require_POST
@for_actors
def pack(request: HttpRequest, contact: str) -> HttpResponse:
    person = _person(request, contact)
    program = programs.by_key(person.brand, request.POST.get("program", ""))
    purpose = request.POST.get("purpose", "")
    day = _day(request.POST.get("at", ""))
    if program is None or purpose not in set(_PURPOSES):
        raise Http404
    now = datetime.now(UTC)
    if day is None:
        return _refused(request, person, _("That is no day. Write it as 2027-02-01."))
    end = _midnight(person, day + timedelta(days=1)) - timedelta(microseconds=1)
    if _midnight(person, day) > now:
        return _refused(request, person, str(_TROUBLE[EmptySpanError]))
    try:
        made = _packed(store(), person, program, Purpose(purpose), min(end, now), now)
    except YeswordError as error:
        return _refused(request, person, _told(error))
    manifest = made.manifest
    with store().database.write():
        traces.leave(
            "pack.made",
            traces.about(person.id),
            actor(request).pk,
            pack=manifest.id,
            program=program.key,
            purpose=purpose,
            disclosed=list(manifest.disclosed),
        )
    return _file(made.data, "application/zip", f"{manifest.id}.zip")


@require_POST
@for_actors
def silence(request: HttpRequest, contact: str) -> HttpResponse:
    person, day = _person(request, contact), _day(request.POST.get("since", ""))
    now = datetime.now(UTC)
    if day is None:
        return _refused(request, person, _("That is no day. Write it as 2027-02-01."))
    since = _midnight(person, day)
    try:
        written = write_silence(sent_to(store(), person, since, now))
    except YeswordError as error:
        return _refused(request, person, _told(error))
    with store().database.write():
        about = traces.about(person.id)
        traces.leave("silence.made", about, actor(request).pk, since=day.isoformat())
    if _former(store(), person).kept:
        messages.info(
            request,
            _(
                "An earlier record under this number was erased. `yesword silence` writes a file about that one, too."
            ),
        )
    return _file(written, "application/json", f"silence-{to_text('con', person.id)}-{day}.json")


def _person(request: HttpRequest, contact: str) -> Contact:
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    return living_person_at(contact).contact


def _packed(
    here: Store, person: Contact, program: Program, purpose: Purpose, at: datetime, now: datetime
) -> Pack:
    """As of `at`. For a claim, with the records under the number that were erased before, whose proof is kept for that."""
    former = _former(here, person)
    earlier = []
    for kept in former.kept if purpose is Purpose.LITIGATION else ():
        try:
            dossier = collect(here, kept.contact, program, now)
        except NoRecordError:  # they had nothing to do with this program
            continue
        name = to_text("pak", here.ids.make(random_bucket()))
        earlier.append(EarlierDossier(kept=kept, dossier=dossier, id=name))
    until = time.monotonic() + _WAIT_S
    while waiting_events(here, person) and time.monotonic() < until:
        time.sleep(_LOOK_S)
    order = Order(id=to_text("pak", here.ids.make(random_bucket())), purpose=purpose, created_at=now, at=at)
    # Whoever has the number now may be somebody else than the person before them, and is not told of them.
    forgotten = former.forgotten if purpose is Purpose.LITIGATION else None
    return write_pack(collect(here, person, program, now), order, earlier, forgotten)


def _former(here: Store, person: Contact) -> Former:
    if person.number is None:
        return Former(kept=(), forgotten=None)
    return former_records(here, person.brand, person.number)


def _midnight(person: Contact, day: date) -> datetime:
    zone = ZoneInfo(zone_of_person(person))
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _told(error: YeswordError) -> str:
    known = _TROUBLE.get(type(error))
    if known is not None:
        return str(known)
    log.error("person_file_not_made", code=error.code, exc_info=error)
    return _("The file cannot be made (%(code)s). The server's log says why.") % {"code": error.code}


def _refused(request: HttpRequest, person: Contact, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(f"{person_url(person.id)}#files")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(data, content_type=kind, headers=headers)
