"""What providers send, as their documents show it: read rightly when it is whole, refused when it is altered."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.collecting.hooks import (
    MOST_PEOPLE,
    Course,
    Fields,
    UnreadableHookError,
    Wish,
    moment,
    text,
    wish,
)
from yesword.domain.collecting.providers import (
    ats,
    google,
    greenhouse,
    meta,
    shopify,
    tiktok,
    woocommerce,
)
from yesword.domain.collecting.signatures import sign_stamped
from yesword.domain.standard_webhooks import BadSignatureError, StaleError

DATA = Path(__file__).parents[3] / "data" / "hooks"
SECRET = "hush-hush-hush"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUESTION = Fields(consent="May we text you offers?")


def raw(name):
    return (DATA / name).read_bytes()


def changed(name, *path, to):
    found = json.loads(raw(name))
    inner = found
    for each in path[:-1]:
        inner = inner[each]
    inner[path[-1]] = to
    return json.dumps(found).encode()


def order(body=None, topic="orders/create"):
    (told,) = shopify.read({"x-shopify-topic": topic}, body or raw("shopify-orders-create.json"))
    return told


# --- Shopify -------------------------------------------------------------------------------------------------


def test_an_order_of_shopify_tells_the_customers_own_choice_and_opens_the_order():
    told = order()
    assert (told.number, told.country, told.name) == ("+31612345678", "NL", "John Smith")
    assert (told.wish, told.is_confirmed, told.course) == (Wish.YES, False, Course.OPENS)
    assert told.said_at == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    assert told.ref == "820982911946154508"
    assert told.row["opt_in_level"] == "single_opt_in"
    assert told.row["consent_collected_from"] == "SHOPIFY"


def test_the_consent_to_e_mail_is_no_consent_to_texts():
    body = changed("shopify-orders-create.json", "customer", "sms_marketing_consent", to=None)
    assert order(body).wish is Wish.UNSAID


def test_a_number_for_the_delivery_is_never_a_yes_to_marketing():
    told = order(changed("shopify-orders-create.json", "customer", "phone", to=None))
    assert (told.number, told.wish) == ("06-12345678", Wish.UNSAID)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("subscribed", Wish.YES),
        ("not_subscribed", Wish.NO),
        ("unsubscribed", Wish.ENDED),
        ("pending", Wish.UNSAID),
    ],
)
def test_each_state_of_shopify_means_one_thing(state, expected):
    path = ("customer", "sms_marketing_consent", "state")
    assert order(changed("shopify-orders-create.json", *path, to=state)).wish is expected


def test_whoever_was_never_asked_has_not_said_no():
    never = {"state": "not_subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": None}
    body = changed("shopify-orders-create.json", "customer", "sms_marketing_consent", to=never)
    assert order(body).wish is Wish.UNSAID


def test_a_confirmed_opt_in_is_shopifys_claim():
    (told,) = shopify.read({"x-shopify-topic": "customers/update"}, raw("shopify-customers-update.json"))
    assert told.is_confirmed


def test_an_end_of_consent_at_shopify_is_an_end():
    (told,) = shopify.read(
        {"x-shopify-topic": "customers_marketing_consent/update"},
        raw("shopify-marketing-consent-update.json"),
    )
    assert (told.wish, told.number) == (Wish.ENDED, "+31612345678")


@pytest.mark.parametrize(
    ("topic", "field", "value", "closing"),
    [
        ("orders/cancelled", "note", None, "cancelled"),
        ("orders/fulfilled", "note", None, "fulfilled"),
        ("orders/updated", "cancelled_at", "2026-03-02T12:00:00Z", "cancelled"),
        ("orders/updated", "fulfillment_status", "fulfilled", "fulfilled"),
    ],
)
def test_an_order_that_is_over_closes(topic, field, value, closing):
    told = order(changed("shopify-orders-create.json", field, to=value), topic)
    assert (told.course, told.closing) == (Course.CLOSES, closing)


def test_a_topic_that_says_nothing_of_anybody_is_passed_over():
    assert shopify.read({"x-shopify-topic": "products/update"}, b"{}") == ()


# --- WooCommerce ---------------------------------------------------------------------------------------------


def woo(body=None, topic="order.created", fields=Fields()):  # noqa: B008 - frozen
    return woocommerce.read(
        {"x-wc-webhook-topic": topic}, body or raw("woocommerce-order-created.json"), fields
    )


def test_an_order_of_woocommerce_tells_what_the_box_of_the_shop_says():
    (told,) = woo()
    assert (told.number, told.country, told.wish, told.course) == (
        "06 1234 5678",
        "NL",
        Wish.YES,
        Course.OPENS,
    )
    assert told.said_at == datetime(2026, 3, 2, 11, 28, 2, tzinfo=UTC)


def test_a_shop_names_its_own_box_and_without_it_nobody_said_anything():
    assert woo(fields=Fields(consent="_other"))[0].wish is Wish.UNSAID
    assert woo(changed("woocommerce-order-created.json", "meta_data", 1, "value", to="0"))[0].wish is Wish.NO


def test_an_order_that_is_only_changed_repeats_no_yes():
    assert woo(topic="order.updated")[0].wish is Wish.UNSAID


def test_a_completed_order_closes():
    (told,) = woo(changed("woocommerce-order-created.json", "status", to="completed"), "order.updated")
    assert (told.course, told.closing) == (Course.CLOSES, "completed")


def test_the_ping_of_a_new_webhook_is_known_by_its_exact_form_and_by_being_unsigned():
    assert woocommerce.is_ping({}, b"webhook_id=4")
    for body in (
        b"",
        b"webhook_id=",
        b"webhook_id=4\n",
        b"webhook_id=4&id=1",
        b" webhook_id=4",
        b"webhook_id=x",
    ):
        assert not woocommerce.is_ping({}, body)
    assert not woocommerce.is_ping({"x-wc-webhook-signature": "AAAA"}, b"webhook_id=4")


# --- lead ads ------------------------------------------------------------------------------------------------


def test_meta_names_its_leads():
    found = meta.read(raw("meta-leadgen.json"))
    assert [each.ref for each in found] == ["123123123123", "123123123124"]
    assert found[0].form == "12312312312"


def test_a_lead_of_meta_is_read_by_the_names_of_its_fields():
    told = meta.lead(raw("meta-lead.json"), Fields(consent="may_we_text_you?"))
    assert (told.number, told.name, told.mail) == ("+31612345678", "Joe Example", "joe@example.com")
    assert (told.wish, told.form) == (Wish.YES, "12312312312")
    assert told.said_at == datetime(2026, 3, 2, 8, 49, 14, tzinfo=UTC)


@pytest.mark.parametrize(("box", "expected"), [("optional_1", Wish.YES), ("optional_2", Wish.NO)])
def test_the_box_of_a_disclaimer_is_an_answer(box, expected):
    assert meta.lead(raw("meta-lead.json"), Fields(consent=box)).wish is expected


def test_without_a_question_about_texts_a_lead_is_no_yes():
    assert meta.lead(raw("meta-lead.json")).wish is Wish.UNSAID


def test_the_address_is_proven_to_meta_only_with_the_right_word():
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "meatyhamhock"}
    assert meta.challenge(asked, "meatyhamhock") == "1158201444"
    with pytest.raises(BadSignatureError):
        meta.challenge(asked, "another")
    with pytest.raises(BadSignatureError):
        meta.challenge(asked | {"hub.mode": "x"}, "meatyhamhock")
    with pytest.raises(BadSignatureError):
        meta.challenge({"hub.mode": "subscribe"}, "")


def test_a_lead_of_google_is_read():
    (told,) = google.read(raw("google-lead.json"), Fields(consent="May we text you offers?"))
    assert (told.number, told.name, told.wish) == ("+31612345678", "John Doe", Wish.YES)
    assert (told.form, told.is_test) == ("40000000000", False)


def test_google_is_known_by_the_key_in_the_body():
    google.check("a shared secret", raw("google-lead.json"))
    for body in (changed("google-lead.json", "google_key", to="other"), b"{}", b'{"google_key": null}'):
        with pytest.raises(BadSignatureError):
            google.check("a shared secret", body)


def test_a_test_lead_says_so():
    assert google.read(changed("google-lead.json", "is_test", to=True))[0].is_test


def test_a_lead_of_tiktok_is_read():
    (told,) = tiktok.read(raw("tiktok-lead.json"), QUESTION)
    assert (told.number, told.name, told.wish) == ("+31612345678", "Joe Example", Wish.YES)
    assert (told.form, told.said_at) == ("7111111111111111111", datetime(2026, 3, 2, 11, 30, tzinfo=UTC))


def test_tiktoks_signature_holds_its_time():
    body = raw("tiktok-lead.json")
    given = {"tiktok-signature": sign_stamped(SECRET, body, NOON)}
    tiktok.check(SECRET, given, body, NOON)
    with pytest.raises(BadSignatureError):
        tiktok.check(SECRET, given, body + b" ", NOON)
    with pytest.raises(BadSignatureError):
        tiktok.check(SECRET, {}, body, NOON)
    with pytest.raises(StaleError):
        tiktok.check(SECRET, given, body, NOON + timedelta(minutes=6))


# --- applications --------------------------------------------------------------------------------------------


def test_an_application_of_greenhouse_tells_both_answers_and_the_mobile_number():
    (told,) = greenhouse.read({}, raw("greenhouse-new-application.json"))
    assert (told.number, told.name) == ("06 12345678", "Hector Porter")
    assert (told.wish, told.general, told.course) == (Wish.YES, Wish.YES, Course.OPENS)
    assert told.row["question"] == "May we text you about this job?"


def test_a_rejected_application_closes():
    (told,) = greenhouse.read({}, raw("greenhouse-rejected.json"))
    assert (told.ref, told.course, told.closing) == ("265293", Course.CLOSES, "rejected")


def test_a_ping_of_greenhouse_tells_of_nobody():
    assert greenhouse.read({}, b'{"action":"ping","payload":{}}') == ()


def test_our_own_format_is_read():
    (told,) = ats.read({}, raw("ats-application-created.json"))
    assert (told.ref, told.wish, told.general) == ("A-1001", Wish.YES, Wish.NO)
    (closed,) = ats.read({}, raw("ats-application-closed.json"))
    assert (closed.course, closed.closing) == (Course.CLOSES, "hired")


# --- all of them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        pytest.param(shopify.SIGNATURE, "shopify-orders-create.json", id="shopify"),
        pytest.param(woocommerce.SIGNATURE, "woocommerce-order-created.json", id="woocommerce"),
        pytest.param(meta.SIGNATURE, "meta-leadgen.json", id="meta"),
        pytest.param(greenhouse.SIGNATURE, "greenhouse-new-application.json", id="greenhouse"),
    ],
)
def test_a_body_that_is_altered_by_one_byte_or_signed_with_another_secret_is_refused(signature, name):
    body = raw(name)
    given = {signature.header: signature.sign(SECRET, body)}
    signature.check(SECRET, given, body)
    for headers, altered, secret in (
        (given, body.replace(b"1", b"2", 1), SECRET),
        (given, body, "another secret"),
        ({}, body, SECRET),
        ({signature.header: ""}, body, SECRET),
        ({signature.header: given[signature.header].upper() + "é"}, body, SECRET),
    ):
        with pytest.raises(BadSignatureError):
            signature.check(secret, headers, altered)


def test_the_signature_of_greenhouse_has_the_form_of_its_documents():
    assert greenhouse.SIGNATURE.sign("k", b"{}").startswith("sha256 ")
    assert meta.SIGNATURE.sign("k", b"{}").startswith("sha256=")


READERS = [
    lambda body: shopify.read({"x-shopify-topic": "orders/create"}, body),
    lambda body: woo(body) if body else (),
    meta.read,
    meta.lead,
    google.read,
    tiktok.read,
    lambda body: greenhouse.read({}, body),
    lambda body: ats.read({}, body),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["id", "customer", "phone", "entry", "changes", "value", "object", "field", "user_column_data", "payload",
     "application", "action", "data", "type", "meta_data", "sms_marketing_consent", "lead_id", "field_data"]
)  # fmt: skip


@pytest.mark.parametrize("read", READERS)
@given(found=st.dictionaries(NAMES, JSON, max_size=6))
def test_whatever_json_comes_is_read_or_refused_and_breaks_nothing(read, found):
    with contextlib.suppress(UnreadableHookError):
        read(json.dumps(found).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"nothing", b"\xff", b"[" * 100_000, b'{"a":' * 5000])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(UnreadableHookError):
        meta.read(body)


def test_more_people_than_one_call_may_have_are_refused():
    entry = json.loads(raw("tiktok-lead.json"))["entry"][0]
    with pytest.raises(UnreadableHookError):
        tiktok.read(json.dumps({"object": 1, "entry": [entry] * (MOST_PEOPLE + 1)}).encode())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Yes, text me offers", Wish.YES),
        (True, Wish.YES),
        ("1", Wish.YES),
        ("Ja", Wish.YES),
        (["Yes"], Wish.YES),
        ("No, thanks", Wish.NO),
        (False, Wish.NO),
        ("nej tack", Wish.NO),
        ("", Wish.UNSAID),
        (None, Wish.UNSAID),
        ("perhaps", Wish.UNSAID),
        (["Yes", "No"], Wish.UNSAID),
        ("not now, yes later", Wish.UNSAID),
        ({"yes": True}, Wish.UNSAID),
    ],
)
def test_only_a_plain_yes_is_one(said, expected):
    assert wish(said) is expected


@pytest.mark.parametrize(
    "said", ["2026-03-02", "2026-03-02T12:00:00", "yesterday", "", None, True, "9" * 40, [], 1e30]
)
def test_what_names_no_moment_for_certain_is_none(said):
    assert moment(said) is None


def test_what_is_kept_is_one_line_without_control_characters():
    assert text("a\nb\x00c\u202ed  e") == "a b c d e"
    assert len(text("x" * 9000)) == 500
