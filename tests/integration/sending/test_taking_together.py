"""Many texts in one transaction: what comes of each is what would come of it alone."""

from collections.abc import Sequence

import pytest

from factories.worlds import ANNA, CLUB, World, world
from yesword.channels.http import shapes
from yesword.channels.ports import DeliveryReport, InboundText, ReportState
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.sending import inbound, reacting, taking
from yesword.store.opening import Store

BEN, CORA = "+31612340001", "+31612340002"


def text(here: World, number: str, body: str, ref: str, *, to: str = CLUB) -> InboundText:
    return InboundText(
        account=here.account.key,
        provider_id=ref,
        sender_number=number,
        to_address=to,
        text=body,
        received_at=here.at,
    )


def bring(here: World, items: Sequence[InboundText | DeliveryReport]) -> list[bool]:
    here.wait(seconds=20)
    return taking.take(here.store, here.account.pk, items, lambda: here.at)


def handled(here: World) -> dict[str, str]:
    return dict(here.sql("SELECT provider_id, handled FROM inbound_ref"))


def test_a_batch_does_what_each_of_its_texts_does_alone(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        report = DeliveryReport(
            account=here.account.key, provider_id="nobodys", state=ReportState.DELIVERED, at=here.at
        )
        items = [
            text(here, ANNA, "STOP", "1"),
            text(here, BEN, "SAVEMORE", "2"),
            report,
            text(here, CORA, "do you have this in blue?", "3"),
            text(here, ANNA, "hello", "4", to="no address of ours"),
            text(here, "unreadable", "STOP", "5"),
        ]
        assert bring(here, items) == [True] * 6
        assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]
        assert here.kinds(BEN) == ["requested"]
        assert here.kinds(CORA) == []
        assert len(here.sql("SELECT id FROM inbound_text")) == 3 + 2
        here.settle()
        assert here.shown(ANNA)[-1] == "Linde & Loom: no more messages."


def test_two_texts_of_one_person_in_a_batch_are_read_one_after_the_other(store: Store) -> None:
    with world(store) as here:
        batch = [
            text(here, ANNA, "SAVEMORE", "1"),
            text(here, BEN, "SAVEMORE", "2"),
            text(here, "0031" + ANNA[3:], "hm", "3"),
            text(here, ANNA, "YES", "4"),
            text(here, ANNA, "STOP", "5"),
        ]
        assert bring(here, batch) == [True] * 5
        assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]
        assert here.kinds(BEN) == ["requested"]


def test_a_batch_that_comes_again_changes_nothing_and_drains_again(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        first = [text(here, ANNA, "STOP", "1"), text(here, BEN, "SAVEMORE", "2")]
        assert bring(here, first) == [True, True]
        before = handled(here)
        assert bring(here, [*first, text(here, CORA, "SAVEMORE", "3")]) == [True] * 3
        assert {ref: handled(here)[ref] for ref in before} == before
        assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]
        assert here.kinds(CORA) == ["requested"]


def test_one_id_for_two_people_is_two_texts_however_often_they_come(store: Store) -> None:
    with world(store) as here:
        both = [text(here, BEN, "SAVEMORE", "1"), text(here, CORA, "SAVEMORE", "1")]
        for _ in range(2):
            assert bring(here, both) == [True, True]
            assert here.sql("SELECT count(*) FROM inbound_text") == [(2,)]


def test_a_text_that_fails_takes_no_other_with_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(store) as here:
        here.join(ANNA)

        def breaks(*_: object) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(reacting, "_help", breaks)
        batch = [
            text(here, BEN, "HELP", "1"),
            text(here, ANNA, "STOP", "2"),
            text(here, CORA, "SAVEMORE", "3"),
        ]
        assert bring(here, batch) == [False, True, True]
        assert here.kinds(ANNA) == ["requested", "confirmed", "withdrawn"]
        assert set(handled(here)) >= {"2", "3"}
        assert "1" not in handled(here), "it comes again"
        monkeypatch.undo()
        assert bring(here, batch) == [True] * 3


def test_a_stop_that_does_not_drain_holds_no_other_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.join(BEN)
        here.plan(here.contact(ANNA).id)
        here.sql("UPDATE message SET state = 2, owner = 'frozen', claim_token = 1 WHERE state = 0")
        monkeypatch.setattr("yesword.sending.draining.PATIENCE_S", 0.05)
        monkeypatch.setattr(inbound.drain_each, "__defaults__", (0.05,))
        stops = [text(here, ANNA, "STOP", "1"), text(here, BEN, "STOP", "2")]
        assert bring(here, stops) == [False, True]
        assert here.kinds(ANNA)[-1] == here.kinds(BEN)[-1] == "withdrawn"


def test_groups_hold_each_person_once_and_keep_their_order() -> None:
    def of(*numbers: str) -> list[list[int]]:
        class Only:
            def __init__(self, number: str) -> None:
                self.sender_number = number

        return list(inbound.apart([Only(number) for number in numbers]))  # type: ignore[arg-type]

    assert of() == []
    assert of(ANNA, BEN, ANNA, "0031" + ANNA[3:], BEN) == [[0, 1], [2, 4], [3]]
    many = [f"+3161{1_000_000 + each}" for each in range(inbound.TOGETHER + 1)]
    assert [len(group) for group in of(*many)] == [inbound.TOGETHER, 1]


# --- what tells texts apart -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_together", [True, False], ids=["together", "apart"])
@pytest.mark.parametrize("ref", ["", "7"], ids=["no id", "the same id"])
def test_an_id_that_the_carrier_gives_twice_hides_nobodys_stop(
    store: Store, ref: str, *, is_together: bool
) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.join(BEN)
        items = [
            text(here, CORA, "HELP", ref),
            text(here, ANNA, "HELP", ref),
            text(here, BEN, "STOP", ref),
            text(here, ANNA, "STOP", ref),
        ]
        for batch in [items] if is_together else [[each] for each in items]:
            assert all(bring(here, batch))
        assert here.kinds(ANNA)[-1] == here.kinds(BEN)[-1] == "withdrawn"


@pytest.mark.parametrize("is_together", [True, False], ids=["together", "apart"])
def test_whatever_comes_again_is_the_same_text_under_an_id_of_two_as_well(
    store: Store, *, is_together: bool
) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.join(BEN)
        items = [text(here, ANNA, "HELP", "7"), text(here, BEN, "STOP", "7"), text(here, ANNA, "STOP", "7")]
        for _ in range(3):
            for batch in [items] if is_together else [[each] for each in items]:
                assert all(bring(here, batch))
        assert len(here.sql("SELECT id FROM inbound_text WHERE sealed_body IS NOT NULL")) == 3 + 4
        assert {each for each in handled(here) if each.startswith("7")} == {"7", "7#1", "7#2"}
        here.settle()
        assert here.shown(ANNA).count("Linde & Loom: no more messages.") == 1


def test_an_id_that_was_made_of_a_text_is_kept_as_a_keyed_digest(here: World) -> None:
    here.join(ANNA)
    made = shapes.made_id(ANNA, CLUB, "2026-03-02T12:00:00Z", "STOP")
    for _ in range(2):
        assert bring(here, [text(here, ANNA, "STOP", made)]) == [True]
    assert here.kinds(ANNA).count("withdrawn") == 1
    assert not [each for each in handled(here) if each in made or made in each]


def test_what_comes_again_of_somebody_who_was_erased_is_no_new_text(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        erase(store, here.contact(ANNA).id, Wish(ground=REQUESTED), here.at)
        known = len(here.sql("SELECT id FROM contact"))
        for words, ref in (("SAVEMORE", "in-0"), ("YES", "in-1")):
            assert bring(here, [text(here, ANNA, words, ref)]) == [True]
        assert len(here.sql("SELECT id FROM contact")) == known


def test_an_id_of_a_text_for_nobody_hides_no_text_of_somebody(store: Store) -> None:
    with world(store) as here:
        here.join(ANNA)
        assert bring(here, [text(here, ANNA, "hello", "7", to="no address of ours")]) == [True]
        assert bring(here, [text(here, BEN, "SAVEMORE", "7")]) == [True]
        assert here.kinds(BEN) == ["requested"]
