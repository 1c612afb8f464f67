"""Getting providers' lists of opt-outs: asked for where a provider hands one over, or read from a file; and once a week.

What the lists come to is in `reporting.opt_outs`. Nothing is recorded by itself: an alert says that they differ.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from yesword.channels.http.opt_outs import ListsOptOuts, OptOutsAt
from yesword.channels.ports import ListedOptOut, OptOutList
from yesword.collect.number_files import open_numbers
from yesword.domain import phone
from yesword.domain.errors import YeswordError
from yesword.reporting import opt_out_mending, opt_outs
from yesword.reporting.opt_outs import FILE, PULLED, NobodyTextsFromItError, OptOut
from yesword.sending import carriers
from yesword.store.models import Account, OptOutCheck
from yesword.store.opening import Store

log = structlog.get_logger("yesword.opt_outs")

_LIST_S: Final = 30.0
_USUAL: Final = timedelta(days=7)
_AGAIN: Final = timedelta(days=1)  # after one that did not work
Progress = Callable[[int], None]


class NoOptOutListError(YeswordError):
    """The provider of {account} hands over no list of opt-outs. Download it there, and give the file."""

    code = "no_opt_out_list"


class BadOptOutSettingError(YeswordError):
    """YESWORD_OPT_OUTS_EVERY cannot be {value}. Give days; 0 asks never by itself."""

    code = "bad_opt_outs_setting"


def list_of(store: Store, account: Account) -> OptOutList | None:
    """What asks its provider; None where that hands over no list, or the account is not set up."""
    if not carriers.is_http(account):
        return None
    try:
        provider = carriers.carrier(store, account).provider
    except YeswordError:
        return None
    if not isinstance(provider, ListsOptOuts):
        return None
    return OptOutsAt(account=account.key, provider=provider, timeout_s=_LIST_S)


def pull(
    store: Store,
    account: Account,
    at: datetime,
    *,
    user: int | None = None,
    progress: Progress = lambda _: None,
) -> OptOutCheck:
    """Ask the provider, and compare. Raises NoOptOutListError, NobodyTextsFromItError, ChannelError."""
    asked = list_of(store, account)
    if asked is None:
        raise NoOptOutListError(account=account.key)
    entries = _Entries(asked.opt_outs())
    return _compared(store, account, entries, at, PULLED, user, progress)


def import_file(
    store: Store,
    account: Account,
    path: Path,
    at: datetime,
    *,
    country: str | None,
    user: int | None = None,
    progress: Progress = lambda _: None,
) -> OptOutCheck:
    """Compare with a list that was downloaded there. Raises an ImportFileError, NobodyTextsFromItError."""
    lines = open_numbers(path, country=country, at=at).lines()
    entries = _Entries(
        OptOut(number=each.number.e164, sender=each.sender, at=each.at) if each.number is not None else None
        for each in lines
    )
    return _compared(store, account, entries, at, FILE, user, progress)


def ask_around(store: Store, at: datetime) -> int:
    """Ask the providers that hand over a list and were not asked for a week. How many were."""
    every = how_often()
    if not every:
        return 0
    asked = 0
    for account in Account.objects.order_by("pk"):
        if not carriers.is_http(account) or not _is_due(account, at, every) or not list_of(store, account):
            continue
        asked += 1
        try:
            pull(store, account, at)
        except NobodyTextsFromItError:
            _note_trouble(account, at, NobodyTextsFromItError.code)
        except YeswordError as error:
            _note_trouble(account, at, error.code)
            log.warning("opt_outs_not_compared", account=account.pk, code=error.code)
    return asked


def how_often(environ: Mapping[str, str] = os.environ) -> timedelta:
    """Nothing: never. Raises BadOptOutSettingError."""
    written = environ.get("YESWORD_OPT_OUTS_EVERY")
    if not written:
        return _USUAL
    if not written.isdecimal():
        raise BadOptOutSettingError(value=written)
    return timedelta(days=int(written))


def _is_due(account: Account, at: datetime, every: timedelta) -> bool:
    last = OptOutCheck.objects.filter(account=account).order_by("-pk").first()
    return last is None or at - last.at >= (_AGAIN if last.trouble else every)


def _note_trouble(account: Account, at: datetime, code: str) -> None:
    OptOutCheck.objects.filter(account=account).exclude(trouble="").delete()
    OptOutCheck.objects.create(account=account, at=at, source=PULLED, trouble=code)


def _compared(
    store: Store,
    account: Account,
    entries: "_Entries",
    at: datetime,
    source: str,
    user: int | None,
    progress: Progress,
) -> OptOutCheck:
    check = opt_outs.compare(
        store,
        account,
        entries,
        at,
        source=source,
        user=user,
        unread=lambda: entries.unread,
        progress=progress,
    )
    opt_out_mending.tell(account, check, at)
    return check


@dataclass(kw_only=False)
class _Entries:
    """What could be read, one after the other; of the rest only how many."""

    given: Iterable[OptOut | ListedOptOut | None]
    unread: int = 0

    def __iter__(self) -> Iterator[OptOut]:
        for each in self.given:
            found = _read(each) if isinstance(each, ListedOptOut) else each
            if found is None:
                self.unread += 1
            else:
                yield found


def _read(listed: ListedOptOut) -> OptOut | None:
    try:
        number = phone.parse(listed.number, country=None)
    except phone.PhoneError:
        return None
    return OptOut(number=number.e164, sender=listed.sender, at=listed.at)
