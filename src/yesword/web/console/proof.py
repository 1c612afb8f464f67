"""The page about proof: how a brand's log stands, who outside vouches for it, and how anybody checks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yesword.proof.standing import LogStatus, statuses
from yesword.reporting.programs import BrandLine
from yesword.store import attesters, ledgers
from yesword.store.attesters import AskingRow
from yesword.store.database import Session
from yesword.store.ledgers import STAMP, WITNESS, LogRow
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.alarms import remedy_of, what_of
from yesword.web.formats import count, duration
from yesword.web.installation import store
from yesword.web.public.addresses import ledger_path, log_path, origin
from yesword.web.telling import plain_moment


@dataclass(frozen=True, kw_only=True, slots=True)
class LogView:
    """One generation of the log."""

    name: str
    is_newest: bool
    tone: str
    state: str
    records: str
    waiting: str  # and since when
    head: str  # the newest that is published
    address: str
    keys: Sequence[parts.Code]  # newest first
    trouble: parts.Notice | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttesterView:
    """A witness or a timestamp authority, as it stands to the newest log."""

    kind: str
    name: str
    tone: str
    icon: str
    state: str
    told: str
    error: str  # in English, as it was written down
    url: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/proof.html", {"empty": _no_brand()})
    zone = zone_of(brand.country)
    here = store()
    found = statuses(here, brand.id)
    with here.database.read() as session:
        rows = {each.origin: each for each in ledgers.logs(session, brand.id)}
        logs = [
            _log(session, each, rows[each.origin], brand, origin(request), zone) for each in reversed(found)
        ]
    newest = rows[found[-1].origin] if found else None
    public = origin(request) + ledger_path(brand.key)
    return render(
        request,
        "console/proof.html",
        {
            "brand": brand,
            "logs": logs,
            "attesters": _attesters(brand, newest, zone),
            "public_url": public,
            "policy_url": reverse("public:ledger-policy", args=[brand.key]),
            "verifier_url": reverse("public:ledger-verifier-page", args=[brand.key]),
            "audit": parts.Code(text=f"yesword ledger audit --brand {brand.key}"),
            "status": parts.Code(text=f"yesword ledger status --brand {brand.key}"),
            "add_witness": parts.Code(text=f"yesword attest witness add NAME URL KEY --brand {brand.key}"),
            "empty": None if found else _no_log(),
        },
    )


def _log(session: Session, status: LogStatus, row: LogRow, brand: BrandLine, base: str, zone: str) -> LogView:
    head = ledgers.checkpoint(session, row.id, row.published_size)
    keys = [each[1] for each in reversed(session.rows("ledger_keys", log_id=row.id))]
    tone, state = _state(status)
    return LogView(
        name=status.origin,
        is_newest=status.is_newest,
        tone=tone,
        state=state,
        records=count(status.size),
        waiting=_waiting(status, zone),
        head=_("%(size)s records, signed on %(moment)s")
        % {"size": count(row.published_size), "moment": plain_moment(head.signed_at, zone)}
        if head
        else "",
        address=base + log_path(brand.key, row.generation),
        keys=[
            parts.Code(text=key, label=_("Public key") if index == 0 else _("Earlier key"))
            for index, key in enumerate(keys)
        ],
        trouble=parts.Notice(
            tone="brick", title=f"{_('It is not signed any more.')} {what_of(status)}", text=remedy_of(status)
        )
        if status.trouble and status.is_newest
        else None,
    )


def _state(log: LogStatus) -> tuple[str, str]:
    if not log.is_newest:
        return "slate", _("Given up; another log follows it")
    if log.trouble:
        return "brick", _("Not signed any more")
    return "leaf", _("Grows and is signed")


def _waiting(log: LogStatus, zone: str) -> str:
    if not log.waiting or log.waiting_since is None:
        return _("Nothing waits") if log.is_newest else ""
    span = duration(max((datetime.now(UTC) - log.waiting_since).total_seconds(), 0))
    return ngettext(
        "%(shown)s record waits for its place, since %(moment)s (%(span)s)",
        "%(shown)s records wait for their place, the first since %(moment)s (%(span)s)",
        log.waiting,
    ) % {"shown": count(log.waiting), "moment": plain_moment(log.waiting_since, zone), "span": span}


# --- who vouches for it ----------------------------------------------------------------------------------------


def _attesters(brand: BrandLine, log: LogRow | None, zone: str) -> list[AttesterView]:
    """Those that are asked about the brand's log; witnesses first."""
    asked = attesters.askings()
    found = [
        _attester(_("Witness"), WITNESS, each.name, each.url, asked, log, zone, is_on=each.is_on)
        for each in attesters.witnesses()
        if each.brand in (None, brand.id)
    ]
    return found + [
        _attester(_("Timestamp authority"), STAMP, each.name, each.url, asked, log, zone, is_on=each.is_on)
        for each in attesters.authorities()
    ]


def _attester(
    word: str,
    kind: str,
    name: str,
    url: str,
    asked: Mapping[tuple[str, str, int], AskingRow],
    log: LogRow | None,
    zone: str,
    *,
    is_on: bool,
) -> AttesterView:
    row = asked.get((kind, name, log.id)) if log is not None else None
    tone, icon, state = _standing(row, log, is_on=is_on)
    return AttesterView(
        kind=word,
        name=name,
        tone=tone,
        icon=icon,
        state=state,
        told=_told(row, zone),
        error=row.last_error if row is not None and row.failures and is_on else "",
        url=url,
    )


def _standing(row: AskingRow | None, log: LogRow | None, *, is_on: bool) -> tuple[str, str, str]:
    """Colour, icon and word."""
    if not is_on:
        return "slate", "pause", _("No longer asked")
    if row is None:
        return "amber", "clock", _("Not asked yet")
    if row.failures:
        return "amber", "warning", _("Last asked in vain")
    if log is not None and row.size < log.published_size:
        return "leaf", "clock", _("Vouches for it, asked again soon")
    return "leaf", "check", _("Vouches for all of it")


def _told(row: AskingRow | None, zone: str) -> str:
    if row is None or row.last_ok_at is None:
        return _("It has not vouched for anything yet.")
    return _("It vouched for %(size)s records on %(moment)s.") % {
        "size": count(row.size),
        "moment": plain_moment(row.last_ok_at, zone),
    }


def _no_brand() -> parts.Empty:
    return parts.Empty(
        icon="proof",
        title=_("No brand yet"),
        text=_("Each brand has a log of its own, which begins with its first consent."),
    )


def _no_log() -> parts.Empty:
    return parts.Empty(
        icon="proof",
        title=_("There is no log yet"),
        text=_("It begins by itself with the first yes or stop that is recorded."),
    )
