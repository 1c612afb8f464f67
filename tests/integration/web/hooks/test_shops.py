"""Calls of shops (I9): what a box at the checkout leads to, apart from the order; and texts about the order until it closes."""

import functools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from factories.hooks import changed, deliveries, point_for, raw, signed, source_of
from factories.worlds import ANNA, with_own_connections
from yesword.collect import points, sources
from yesword.domain.collecting.hooks import MOST_BYTES, Provider
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor, Basis, EventKind, Grade, trigger_ref
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.proof.evidence.grades import graded_record
from yesword.sending import draining
from yesword.store import contacts, models
from yesword.store.programs import disclosure_digest
from yesword.web.hooks import receiving

ORDER = raw("shopify-orders-create.json")
CONSENT = ("customer", "sms_marketing_consent")


def is_known(here, number=ANNA):
    with here.store.database.read() as session:
        return contacts.find(here.store, session, here.club.brand, number) is not None


def test_a_ticked_box_at_shopify_grants_with_source_date_and_wording_and_no_better_than_that(
    on_both, call, record
):
    here = on_both
    source = source_of(here, Provider.SHOPIFY)
    assert call(source, ORDER).json() == {"taken": True}
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.actor) == (EventKind.GRANTED, Actor.API)
    assert (granted.event.grade, granted.event.route) == (Grade.D, "checkout")
    assert granted.event.occurred_at == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    words = consent_text(source.point.definition, source.point.program, "en")
    assert granted.sections["notice"]["text"] == words
    assert granted.event.disclosure == disclosure_digest(words)
    row = next(each for each in granted.items if each["kind"] == "import_row")
    assert row["row"]["opt_in_level"] == "single_opt_in"
    assert granted.sections["context"]["lacks"] == []
    (again,) = graded_record(here.store, here.contact()).values()
    assert again.grade is Grade.D


def test_a_call_that_comes_again_is_the_same_call(here, call, record):
    source = source_of(here, Provider.SHOPIFY, informs=deliveries(here).key)
    for _ in range(3):
        assert call(source, ORDER).status_code == 200
    assert [each.event.kind for each in record(here)] == [EventKind.GRANTED, EventKind.GRANTED]


def test_a_yes_that_another_message_repeats_is_the_same_yes(here, call, record):
    source = source_of(here, Provider.SHOPIFY)
    call(source, ORDER)
    here.text(ANNA, "STOP")
    call(source, ORDER, topic="orders/create", delivery="d-2")
    assert [each.event.kind for each in record(here)] == [EventKind.GRANTED, EventKind.WITHDRAWN]


def test_where_the_point_asks_for_a_confirmation_a_single_opt_in_is_noted_and_sends_nothing(
    here, call, record
):
    point = point_for(here, Provider.SHOPIFY, confirming=Confirming.ASK)
    call(source_of(here, Provider.SHOPIFY, point=point), ORDER)
    (asked,) = record(here)
    assert asked.event.kind is EventKind.REQUESTED
    assert asked.sections["context"]["lacks"] == ["confirmation"]
    here.settle()
    assert here.shown() == []


def test_a_confirmed_opt_in_is_taken_as_what_it_is_claimed_to_be(here, call, record):
    point = point_for(here, Provider.SHOPIFY, confirming=Confirming.ASK)
    source = source_of(here, Provider.SHOPIFY, point=point)
    call(source, raw("shopify-customers-update.json"), topic="customers/update")
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.grade) == (EventKind.GRANTED, Grade.D)
    assert granted.sections["context"]["claims_confirmation"] is True


def test_without_a_date_a_yes_is_no_grant(here, call, record):
    body = changed("shopify-orders-create.json", *CONSENT, "consent_updated_at", to=None)
    call(source_of(here, Provider.SHOPIFY), body)
    (asked,) = record(here)
    assert asked.event.kind is EventKind.REQUESTED
    assert asked.sections["context"]["lacks"] == ["date"]


def test_no_shop_lifts_a_stop(here, call):
    here.join()
    here.text(ANNA, "STOP")
    here.wait(minutes=1)
    body = changed("shopify-orders-create.json", *CONSENT, "consent_updated_at", to=here.at.isoformat())
    call(source_of(here, Provider.SHOPIFY), body)
    assert here.state().grant_for(here.club.id) is None
    assert here.state().withdrawal_for(here.club.id) is not None


def test_a_refused_box_is_remembered_of_somebody_who_is_known_and_only_once(here, call, record):
    here.strangers([ANNA])
    source = source_of(here, Provider.SHOPIFY)
    body = changed("shopify-orders-create.json", *CONSENT, "state", to="not_subscribed")
    for delivery in ("d-1", "d-2"):
        call(source, body, delivery=delivery)
    (refused,) = record(here)
    assert (refused.event.kind, refused.event.reason) == (EventKind.REFUSED, "box_left_empty")
    assert here.state().refusals[0].program == here.club.id


def test_of_a_stranger_who_wants_nothing_nothing_is_kept(here, call):
    body = changed("shopify-orders-create.json", *CONSENT, "state", to="not_subscribed")
    call(source_of(here, Provider.SHOPIFY), body)
    assert not is_known(here)


def test_a_member_who_leaves_the_box_empty_stays_a_member(here, call):
    here.join()
    body = changed("shopify-orders-create.json", *CONSENT, "state", to="not_subscribed")
    call(source_of(here, Provider.SHOPIFY), body)
    assert here.state().grant_for(here.club.id) is not None


def test_who_ends_it_at_the_shop_is_out_here_too(on_both, call, record):
    here = on_both
    source = source_of(here, Provider.SHOPIFY)
    call(source, ORDER)
    body = raw("shopify-marketing-consent-update.json")
    topic = "customers_marketing_consent/update"
    for _ in range(2):
        assert call(source, body, topic=topic, delivery="d-9").status_code == 200
    assert [each.event.kind for each in record(here)] == [EventKind.GRANTED, EventKind.WITHDRAWN]
    assert here.state().withdrawal_for(here.club.id) is not None


def test_an_old_end_that_every_message_repeats_does_not_undo_a_later_yes(here, call, record):
    source = source_of(here, Provider.SHOPIFY)
    here.now[0] = datetime(2026, 3, 3, 12, tzinfo=UTC)
    here.join()
    call(source, raw("shopify-marketing-consent-update.json"), topic="customers_marketing_consent/update")
    assert here.state().grant_for(here.club.id) is not None


def ticked(state, at):
    """The customer's consent of a shop, as of a moment."""
    body = json.loads(ORDER)
    body["customer"]["sms_marketing_consent"] |= {"state": state, "consent_updated_at": at.isoformat()}
    return json.dumps(body).encode()


@pytest.mark.parametrize("between", [timedelta(seconds=50), timedelta(0)], ids=["before it", "in its second"])
def test_a_yes_that_is_told_after_a_later_end_of_somebody_unknown_lets_nobody_in(here, call, record, between):
    source, at = source_of(here, Provider.SHOPIFY), here.at
    call(source, ticked("unsubscribed", at), delivery="d-1")
    call(source, ticked("subscribed", at - between), delivery="d-2")
    (refused,) = record(here)
    assert (refused.event.kind, refused.event.reason) == (EventKind.REFUSED, "ended_elsewhere")
    assert refused.event.occurred_at == at


def test_of_a_yes_and_an_end_in_one_second_the_end_counts(here, call):
    source, at = source_of(here, Provider.SHOPIFY), here.at
    call(source, ticked("subscribed", at), delivery="d-1")
    call(source, ticked("unsubscribed", at), delivery="d-2")
    assert here.state().grant_for(here.club.id) is None


@pytest.mark.parametrize(
    ("age", "kind", "texts"),
    [
        (timedelta(minutes=1), EventKind.GRANTED, 1),
        (timedelta(days=30), EventKind.GRANTED, 0),
        (timedelta(days=2000), EventKind.REQUESTED, 0),
    ],
    ids=["just now: with a welcome", "long ago: without", "too long ago: the handset has to say it"],
)
def test_an_old_yes_is_recorded_as_what_it_is_and_texts_nobody(here, call, record, age, kind, texts):
    call(source_of(here, Provider.SHOPIFY), ticked("subscribed", here.at - age))
    assert [each.event.kind for each in record(here)] == [kind]
    assert here.sql("SELECT count(*) FROM message") == [(texts,)]


# --- the order -----------------------------------------------------------------------------------------------


def informed(here, call):
    """An order that texts may inform about, of somebody who said nothing about marketing."""
    parcels = deliveries(here)
    source = source_of(here, Provider.SHOPIFY, informs=parcels.key)
    call(source, changed("shopify-orders-create.json", "customer", "sms_marketing_consent", to=None))
    (grant,) = here.state().grants
    return source, parcels, grant


def about(here, parcels, grant, **more):
    usual = {
        "program": parcels,
        "message_class": MessageClass.INFORMATIONAL,
        "kind": MessageKind.REMINDER,
        "trigger": trigger_ref(grant.limits.trigger),
        "body": "Linde & Loom: your parcel comes today. Reply STOP to stop.",
    }
    return here.plan(here.contact().id, **(usual | more))


def test_an_order_permits_texts_about_it_and_no_marketing(here, call):
    _, parcels, grant = informed(here, call)
    assert (grant.basis, grant.scope.program) == (Basis.TRIGGER, parcels.id)
    assert here.state().grant_for(here.club.id) is None
    here.wait(days=2)
    sent, other, bare = (
        about(here, parcels, grant),
        about(here, parcels, grant, trigger="trg_9"),
        about(here, parcels, grant, trigger=None),
    )
    offer = here.plan(here.contact().id)
    here.settle()
    assert here.message(sent)[0] is MessageState.SENT
    for each in (other, bare, offer):
        assert here.message(each)[0] is MessageState.REFUSED


def test_without_a_program_for_it_an_order_permits_nothing(here, call):
    call(
        source_of(here, Provider.SHOPIFY),
        changed("shopify-orders-create.json", "customer", "sms_marketing_consent", to=None),
    )
    assert not is_known(here)


@pytest.mark.parametrize("topic", ["orders/cancelled", "orders/fulfilled"])
def test_a_closed_order_ends_its_permission_and_cancels_what_waits_for_it(on_both, call, record, topic):
    here = on_both
    source, parcels, grant = informed(here, call)
    waiting = about(here, parcels, grant, due_at=here.at + timedelta(days=1))
    kept = about(here, parcels, grant, trigger="appointment-7", due_at=here.at + timedelta(days=1))
    assert call(source, ORDER, topic=topic, delivery="d-2").status_code == 200
    assert here.message(waiting) == (MessageState.CANCELLED, "no_trigger")
    assert here.message(kept)[0] is MessageState.QUEUED
    assert [each.event.kind for each in record(here)][:2] == [EventKind.GRANTED, EventKind.EXPIRED]
    assert record(here)[1].event.reason == topic.partition("/")[2]
    late = about(here, parcels, grant)
    here.settle()
    assert here.message(late)[0] is MessageState.REFUSED


def test_a_text_that_is_being_handed_over_is_called_back_when_its_order_closes(on_both, call, monkeypatch):
    here = on_both
    monkeypatch.setattr(receiving, "drain_closed", functools.partial(draining.drain_closed, patience_s=60.0))
    source, parcels, grant = informed(here, call)
    moving = about(here, parcels, grant)
    (taken,) = here.claim_all()
    assert here.message(moving)[0] is MessageState.SENDING

    def carrier() -> None:
        """Takes its time, and looks once more before it writes."""
        while not here.sql("SELECT 1 FROM message WHERE id = %s AND recalled = 1", moving):
            time.sleep(0.005)
        here.hand_over(taken)

    with ThreadPoolExecutor(1) as pool:
        handing = pool.submit(with_own_connections, here.store, carrier)
        assert call(source, ORDER, topic="orders/cancelled", delivery="d-2").status_code == 200
        handing.result()
    here.wait(seconds=5)
    here.settle()
    assert here.message(moving)[0] is MessageState.CANCELLED
    assert not any("parcel" in each for each in here.shown())


def test_whoever_closes_an_order_is_told_to_try_again_while_a_text_about_it_is_on_its_way(
    on_both, call, monkeypatch
):
    here = on_both
    source, parcels, grant = informed(here, call)
    about(here, parcels, grant)
    (taken,) = here.claim_all()
    monkeypatch.setattr(receiving, "drain_closed", functools.partial(draining.drain_closed, patience_s=0.02))
    close = functools.partial(call, source, ORDER, topic="orders/cancelled", delivery="d-2")
    assert [close().status_code, close().status_code] == [503, 503]
    here.hand_over(taken)
    assert close().status_code == 200


def test_one_order_closes_and_another_stays_open(here, call):
    source, _, _ = informed(here, call)
    other = changed("shopify-orders-create.json", "id", to=4711)
    call(source, other, delivery="d-2")
    call(source, ORDER, topic="orders/fulfilled", delivery="d-3")
    parcels = source.informs
    left = [each for each in here.state().grants if each.scope.program == parcels.id]
    assert len(left) == 1


def test_after_a_stop_an_order_permits_nothing(here, call):
    here.join()
    here.text(ANNA, "STOP")
    source = source_of(here, Provider.SHOPIFY, informs=deliveries(here).key)
    call(source, changed("shopify-orders-create.json", "customer", "sms_marketing_consent", to=None))
    assert here.state().grants == ()


def test_texts_about_orders_need_a_program_that_promotes_nothing(here):
    with pytest.raises(sources.BadSourceError, match="promotes nothing"):
        source_of(here, Provider.SHOPIFY, informs=here.club.key)


# --- WooCommerce ---------------------------------------------------------------------------------------------


def test_a_ticked_box_at_woocommerce_grants_at_grade_d(here, call, record):
    call(source_of(here, Provider.WOOCOMMERCE), raw("woocommerce-order-created.json"))
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.grade) == (EventKind.GRANTED, Grade.D)
    assert granted.event.occurred_at == datetime(2026, 3, 2, 11, 28, 2, tzinfo=UTC)


def pinged(client, source, body="webhook_id=17", headers=None):
    """As WooCommerce does when a webhook is saved: a form, and no header of its own."""
    return client.post(
        f"/hooks/{source.key}",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"User-Agent": "WooCommerce/9.1.2 Hookshot (WordPress/6.6)", **(headers or {})},
    )


def test_the_ping_of_a_new_webhook_of_woocommerce_is_answered_unsigned_and_does_nothing(here, client):
    source = source_of(here, Provider.WOOCOMMERCE)
    assert pinged(client, source).status_code == 200
    row = models.HookSource.objects.get(pk=source.id)
    assert (row.refused, row.last_refusal, row.received, row.last_received_at) == (0, "", 0, None)
    assert here.sql("SELECT count(*) FROM hook_seen") == [(0,)]
    assert here.sql("SELECT count(*) FROM consent_event") == [(0,)]


@pytest.mark.parametrize(
    ("provider", "body", "headers"),
    [
        pytest.param(Provider.WOOCOMMERCE, "webhook_id=17&id=1", {}, id="more than a ping"),
        pytest.param(Provider.WOOCOMMERCE, "webhook_id=", {}, id="a ping without a number"),
        pytest.param(Provider.WOOCOMMERCE, '{"id": 17}', {}, id="an order"),
        pytest.param(
            Provider.WOOCOMMERCE, "webhook_id=17", {"X-WC-Webhook-Signature": "AAAA"}, id="a wrong signature"
        ),
        pytest.param(Provider.SHOPIFY, "webhook_id=17", {}, id="at another shop"),
    ],
)
def test_nothing_else_is_taken_unsigned(here, client, provider, body, headers):
    source = source_of(here, provider)
    assert pinged(client, source, body, headers).status_code == 401
    assert models.HookSource.objects.get(pk=source.id).refused == 1


# --- who calls -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda body, headers: (body.replace(b"+31612345678", b"+31612345679"), headers), id="another number"),
        pytest.param(lambda body, headers: (body + b" ", headers), id="one more byte"),
        pytest.param(lambda body, headers: (body, headers | {"X-Shopify-Hmac-Sha256": "AAAA"}), id="another signature"),
        pytest.param(lambda body, headers: (body, {k: v for k, v in headers.items() if "Hmac" not in k}), id="no signature"),
    ],
)  # fmt: skip
def test_what_is_altered_is_refused_and_nothing_of_it_is_kept(here, call, spoil):
    source = source_of(here, Provider.SHOPIFY)
    body, headers = spoil(ORDER, signed(Provider.SHOPIFY, ORDER))
    answer = call(source, body, headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "hook_bad_signature"
    assert not is_known(here)
    assert here.sql("SELECT count(*) FROM hook_seen") == [(0,)]
    row = models.HookSource.objects.get(pk=source.id)
    assert (row.refused, row.last_refusal, row.received) == (1, "hook_bad_signature", 0)


def test_an_address_that_nobody_gave_out_leads_nowhere(here, client):
    assert (
        client.post(
            "/hooks/aaaaaaaaaaaaaaaaaaaaaaaa", data=b"{}", content_type="application/json"
        ).status_code
        == 404
    )


def test_what_is_too_long_is_refused_before_it_is_read(here, call):
    source = source_of(here, Provider.SHOPIFY)
    assert call(source, b"x" * (MOST_BYTES + 1), {}).status_code == 413


def test_what_is_signed_and_cannot_be_read_is_refused(here, call):
    source = source_of(here, Provider.SHOPIFY)
    assert call(source, b"no json").status_code == 400
    assert models.HookSource.objects.get(pk=source.id).last_refusal == "hook_unreadable"


def test_only_meta_proves_its_address_by_looking(here, client):
    source = source_of(here, Provider.SHOPIFY)
    assert client.get(f"/hooks/{source.key}").status_code == 400


def test_a_secret_stands_nowhere_in_the_clear(here):
    source = source_of(here, Provider.SHOPIFY)
    ((sealed,),) = here.sql("SELECT sealed FROM store_hooksource")
    assert source.secrets.secret.encode() not in bytes(sealed)
    assert sources.find(here.store, source.key).secrets == source.secrets


def test_a_source_of_a_point_of_another_kind_is_refused(here):
    with pytest.raises(sources.BadSourceError, match="checkout"):
        source_of(here, Provider.SHOPIFY, point=point_for(here, Provider.META, "leads"))


def test_a_closed_source_is_as_if_it_were_not_there(here, call):
    source = source_of(here, Provider.SHOPIFY)
    models.HookSource.objects.update(is_open=False)
    assert call(source, ORDER).status_code == 404


def test_a_new_version_of_the_point_is_what_later_orders_are_pinned_to(here, call, record):
    source = source_of(here, Provider.SHOPIFY)
    newer = point_for(here, Provider.SHOPIFY, name="Checkout, again")
    call(source, ORDER)
    (granted,) = record(here)
    assert granted.items[1]["sha256"] == newer.digest == points.find(newer.key).digest
