"""Counting what comes in: texts, delivery reports, and how long a stop takes from its arrival until it is drained."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from yesword.channels.ports import DeliveryReport, InboundItem
from yesword.store.opening import Store
from yesword.telemetry.catalogue import CARRIER_ERRORS, INBOUND, REPORTS, STOP_SECONDS, STOPS
from yesword.telemetry.tally import TALLY
from yesword.telemetry.tracing import span

Given = ParamSpec("Given")
Take = Callable[Concatenate[Store, int, Sequence[InboundItem], Given], list[bool]]

_PAGE: Final = "page"  # stands for the account where somebody left by a page
_arrived: ContextVar[tuple[str, float]] = ContextVar("arrived")


def counted(take: Take[Given]) -> Take[Given]:
    """Mark the function that takes in what an account brings."""

    @wraps(take)
    def counting(
        store: Store, account: int, items: Sequence[InboundItem], /, *args: Given.args, **more: Given.kwargs
    ) -> list[bool]:
        token = _arrived.set((str(account), time.monotonic()))
        try:
            with span("take_in", account=account, items=len(items)) as told:
                taken = take(store, account, items, *args, **more)
                told.tell(taken=sum(taken))
        finally:
            _arrived.reset(token)
        _count(str(account), items, taken)
        return taken

    return counting


def note_drained(stops: int) -> None:
    """So many withdrawals have nothing on its way any more; counted from the arrival of the text that made them."""
    account, since = _arrived.get((_PAGE, 0.0))
    TALLY.add(STOPS, account, by=stops)
    if account != _PAGE:
        for _ in range(stops):
            TALLY.observe(STOP_SECONDS, time.monotonic() - since, account)


def _count(account: str, items: Sequence[InboundItem], taken: Sequence[bool]) -> None:
    texts, reports, errors = Counter[str](), Counter[str](), Counter[str]()
    for item, is_taken in zip(items, taken, strict=True):
        if not isinstance(item, DeliveryReport):
            texts["acknowledged" if is_taken else "not_yet"] += 1
        elif is_taken:
            reports[item.state.value] += 1
            if item.meaning is not None:
                errors[item.meaning.value] += 1
    for figure, found in ((INBOUND, texts), (REPORTS, reports), (CARRIER_ERRORS, errors)):
        for label, number in found.items():
            TALLY.add(figure, account, label, by=number)
