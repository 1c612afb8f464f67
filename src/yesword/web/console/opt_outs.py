"""Providers' own lists of opt-outs beside ours, an account a page: where they differ, and one press that mends it.

Numbers are masked; the list for the provider holds them in full, and takes the right to that.
"""

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.accounts.rights import Right
from yesword.channels.http.opt_outs import OptOutListRefusedError
from yesword.channels.ports import CarrierUnreachableError
from yesword.collect.imports.errors import ImportFileError
from yesword.domain.ids import ContactId
from yesword.reporting import opt_out_mending, opt_outs
from yesword.reporting.opt_outs import OURS, PULLED, THEIRS, NobodyTextsFromItError
from yesword.store import contacts
from yesword.store.contacts import Contact
from yesword.store.models import Account, OptOutCheck, OptOutDifference
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, may_act, may_use
from yesword.web.console.addresses import person_url
from yesword.web.console.exclusion_forms import country_choice
from yesword.web.error_words import told
from yesword.web.formats import count, masked
from yesword.web.installation import store
from yesword.worker import opt_outs as lists

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

_SHOWN: Final = 50
_LARGEST: Final = 100 * 1024 * 1024
# What may come of asking a provider.
_TROUBLE: Final = (
    lists.NoOptOutListError,
    NobodyTextsFromItError,
    CarrierUnreachableError,
    OptOutListRefusedError,
)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    who: str
    number: str
    url: str
    brand: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """An account, for the page of connections."""

    key: str
    told: str
    url: str
    is_mended: bool


class ListForm(forms.Form):
    """A list that was downloaded at the provider."""

    file = forms.FileField(
        label=gettext_lazy("The list, as it was downloaded there"),
        help_text=gettext_lazy("Text or CSV: a number a line, or columns with names."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, data: object, files: object, country: str) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        self.fields["country"] = country_choice(country)

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > _LARGEST:
            raise forms.ValidationError(
                _("That is too large. The command “yesword account optouts” reads it.")
            )
        return file


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    return _show(request, get_object_or_404(Account, key=key))


@require_POST
@for_actors
def pull(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the provider now."""
    account = get_object_or_404(Account, key=key)
    try:
        lists.pull(store(), account, datetime.now(UTC), user=actor(request).pk)
    except _TROUBLE as error:
        messages.warning(request, told(error))
    return redirect("console:opt-outs", key)


@require_POST
@for_actors
def take_list(request: HttpRequest, key: str) -> HttpResponse:
    """Compare with a file. It is read and forgotten."""
    account = get_object_or_404(Account, key=key)
    form = ListForm(request.POST, request.FILES, _country(request))
    if not form.is_valid():
        return _show(request, account, form=form, status=422)
    path = _kept(form.cleaned_data["file"])
    try:
        lists.import_file(
            store(),
            account,
            path,
            datetime.now(UTC),
            country=form.cleaned_data["country"] or None,
            user=actor(request).pk,
        )
    except (ImportFileError, NobodyTextsFromItError) as error:
        form.add_error("file", told(error))
        return _show(request, account, form=form, status=422)
    finally:
        path.unlink(missing_ok=True)
    return redirect("console:opt-outs", key)


@require_POST
@for_actors
def record(request: HttpRequest, key: str) -> HttpResponse:
    """Record here what they have and we do not."""
    account = get_object_or_404(Account, key=key)
    check = opt_outs.newest(account)
    if check is not None:
        now = datetime.now(UTC)
        done = opt_out_mending.repair(store(), check, now, actor(request).pk)
        opt_out_mending.tell(account, check, now)
        said = ngettext("%(count)s stop was recorded.", "%(count)s stops were recorded.", done.withdrawn)
        said_so = said % {"count": count(done.withdrawn)}
        if done.traced:
            traces = ngettext(
                "%(count)s number that nobody here has is kept out from now on.",
                "%(count)s numbers that nobody here has are kept out from now on.",
                done.traced,
            )
            said_so = f"{said_so} {traces % {'count': count(done.traced)}}"
        (messages.success if done.is_drained else messages.warning)(request, said_so)
    return redirect("console:opt-outs", key)


@require_POST
def download(request: HttpRequest, key: str) -> HttpResponse:
    """The list for them, with numbers in the clear."""
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    account = get_object_or_404(Account, key=key)
    check = opt_outs.newest(account)
    if check is None:
        return redirect("console:opt-outs", key)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("number", "opted_out_at"))
    rows = 0
    for number, at in opt_out_mending.numbers_for_them(store(), check):
        writer.writerow((number, "" if at is None else at.isoformat(timespec="seconds")))
        rows += 1
    with store().database.write():
        opt_out_mending.handed_over(check, actor(request).pk, rows)
    opt_out_mending.tell(account, check, datetime.now(UTC))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="opt-outs-for-{account.key}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def account_lines() -> list[AccountLine]:
    """Each account that programs text from, and whether its list and ours were the same."""
    found = []
    for account in Account.objects.filter(sender__program__isnull=False).distinct().order_by("key"):
        check = opt_outs.newest(account)
        left = None if check is None else opt_outs.left(check)
        state = _("Not compared yet.") if left is None else _differing(left.ours + left.theirs)
        found.append(
            AccountLine(
                key=account.key,
                told=state,
                url=reverse("console:opt-outs", args=[account.key]),
                is_mended=left is not None and not (left.ours or left.theirs),
            )
        )
    return found


def _show(
    request: HttpRequest, account: Account, *, form: ListForm | None = None, status: int = 200
) -> HttpResponse:
    brand = brand_of(request)
    check = opt_outs.newest(account)
    acts = may_act(request)
    left = None if check is None else opt_outs.left(check)
    unknown = 0 if left is None else left.ours - left.ours_known
    return render(
        request,
        "console/opt_outs.html",
        {
            "account": account,
            "zone": zone_of(brand.country) if brand else "UTC",
            "check": check,
            "left": left,
            "told": [] if check is None else _told(check),
            "ours": [] if check is None else _rows(check, OURS),
            "theirs": [] if check is None else _rows(check, THEIRS),
            "unknown": _unknown(unknown) if unknown else "",
            "may_act": acts,
            "may_take_out": may_use(request, Right.NUMBERS),
            "may_pull": acts and lists.list_of(store(), account) is not None,
            "form": (form or ListForm(None, None, _country(request))) if acts else None,
            "crumbs": [(_("Connections"), reverse("console:connections"))],
        },
        status=status,
    )


def _told(check: OptOutCheck) -> Sequence[str]:
    """What was compared."""
    listed = ngettext(
        "%(count)s number stands in their list.", "%(count)s numbers stand in their list.", check.listed
    )
    found = [
        _("Asked of the provider.") if check.source == PULLED else _("From a file that somebody brought."),
        listed % {"count": count(check.listed)},
        ngettext("%(count)s is stopped here, too.", "%(count)s are stopped here, too.", check.agreed)
        % {"count": count(check.agreed)},
    ]
    if check.came_back:
        said = ngettext(
            "%(count)s person came back later, from their own phone, and stays.",
            "%(count)s people came back later, from their own phones, and stay.",
            check.came_back,
        )
        found.append(said % {"count": count(check.came_back)})
    if check.unread:
        said = ngettext(
            "%(count)s line could not be read.", "%(count)s lines could not be read.", check.unread
        )
        found.append(said % {"count": count(check.unread)})
    return found


def _differing(number: int) -> str:
    if not number:
        return _("Their list and ours are the same.")
    said = ngettext("%(count)s number differs.", "%(count)s numbers differ.", number)
    return said % {"count": count(number)}


def _unknown(number: int) -> str:
    said = ngettext(
        "And %(count)s number that nobody here has. Recorded, it leaves a scrambled trace that keeps it out.",
        "And %(count)s numbers that nobody here has. Recorded, they leave scrambled traces that keep them out.",
        number,
    )
    return said % {"count": count(number)}


def _rows(check: OptOutCheck, side: OptOutDifference.Side) -> list[Row]:
    wanted = OptOutDifference.objects.filter(
        check_of=check, side=side, is_settled=False, contact_id__isnull=False
    )
    rows = list(wanted.select_related("brand").order_by("pk")[:_SHOWN])
    ids = [ContactId(each.contact_id) for each in rows if each.contact_id is not None]
    with store().database.read() as session:
        people = contacts.read_many(store(), session, ids)
    return [_row(people[contact], each.brand.name) for contact, each in zip(ids, rows, strict=True)]


def _row(person: Contact, brand: str) -> Row:
    is_gone = person.erased_at is not None
    return Row(
        who=_("Erased person") if is_gone else person.name or _("Nameless so far"),
        number="" if is_gone else masked(person.number),
        url=person_url(person.id),
        brand=brand,
    )


def _country(request: HttpRequest) -> str:
    brand = brand_of(request)
    return brand.country if brand else "NL"


def _kept(file: "UploadedFile[Any]") -> Path:
    """In the run folder, readable by the server only, until it was read."""
    handle, name = tempfile.mkstemp(prefix="opt-outs-", dir=store().run)
    with os.fdopen(handle, "wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return Path(name)
