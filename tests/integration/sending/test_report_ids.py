"""Delivery reports whose ids are written in another way than the carrier gave them."""

from datetime import timedelta

import pytest

from factories.worlds import World, world
from yesword.channels.ports import DeliveryReport, ReportState
from yesword.domain.messages import MessageState
from yesword.sending import deliveries, report_ids
from yesword.store import models
from yesword.store.opening import Store


def handed_over(here: World, ids: list[str]) -> None:
    """Texts that the carrier took under these ids."""
    here.members(len(ids))
    here.campaign()
    here.settle()
    rows = here.sql("SELECT provider_id FROM provider_ref ORDER BY message_id")
    for (was,), becomes in zip(rows, ids, strict=True):
        here.sql("UPDATE provider_ref SET provider_id = %s WHERE provider_id = %s", becomes, was)
    models.Account.objects.update(channel="smpp")


def report(here: World, provider_id: str, state: ReportState = ReportState.DELIVERED) -> DeliveryReport:
    return DeliveryReport(account=here.account.key, provider_id=provider_id, state=state, at=here.at)


def bring(here: World, *ids: str) -> int:
    deliveries.keep(here.store, here.account.pk, [report(here, each) for each in ids])
    here.wait(seconds=10)
    matched = report_ids.match(here.store, here.at)
    deliveries.apply(here.store)
    return matched


def delivered(here: World) -> int:
    return here.sql("SELECT count(*) FROM message WHERE state = %s", MessageState.DELIVERED.value)[0][0]


def form(here: World) -> str | None:
    return models.Account.objects.get().settings.get("dialect", {}).get("id_form")


@pytest.mark.parametrize(
    ("given", "told", "learned"),
    [
        pytest.param(
            ["1a2b3c", "1A2B3D", "001a2b3e"], ["1715004", "1715005", "1715006"], "hex_then_decimal",
            id="hexadecimal when taken, decimal when reported",
        ),
        pytest.param(
            ["1715004", "1715005", "1715006"], ["1A2B3C", "1a2b3d", "001A2B3E"], "decimal_then_hex",
            id="the other way round",
        ),
        pytest.param(
            ["0000001715", "0000001716", "0000001717"], ["1715", "1716", "1717"], "hex",
            id="without the zeros in front",
        ),
    ],
)  # fmt: skip
def test_the_form_is_learned_from_what_finds_no_text(
    store: Store, given: list[str], told: list[str], learned: str
) -> None:
    with world(store) as here:
        handed_over(here, given)
        assert bring(here, *told[:2]) == 0, "two may be chance"
        assert form(here) is None
        assert bring(here, *told) == 3
        assert (delivered(here), form(here)) == (3, learned)


def test_with_the_setting_one_report_is_enough_and_what_nobody_sent_finds_nothing(store: Store) -> None:
    with world(store) as here:
        handed_over(here, ["1a2b3c", "ff"])
        models.Account.objects.update(settings={"dialect": {"id_form": "hex_then_decimal"}})
        assert bring(here, "1715004", "99") == 1
        assert delivered(here) == 1


def test_reports_that_fit_as_they_are_teach_nothing(store: Store) -> None:
    with world(store) as here:
        handed_over(here, ["10", "16", "a0"])
        assert bring(here, "10", "16", "a0") == 0
        assert (delivered(here), form(here)) == (3, None)


def test_a_report_that_came_before_our_own_record_is_left_in_peace(store: Store) -> None:
    with world(store) as here:
        handed_over(here, ["1a2b3c", "1a2b3d", "1a2b3e"])
        early = [report(here, each) for each in ("1715004", "1715005", "1715006")]
        deliveries.keep(here.store, here.account.pk, early)
        here.wait(seconds=2)
        assert report_ids.match(here.store, here.at) == 0
        here.wait(seconds=timedelta(seconds=5).total_seconds())
        assert report_ids.match(here.store, here.at) == 3
