"""The page about other systems: what came, what was refused, what is missing, and who is told."""

import html as markup
import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from factories.consoles import signed_in
from factories.hooks import raw, source_of
from factories.worlds import world
from yesword.collect import sources
from yesword.domain.collecting.hooks import Provider
from yesword.sending import webhooks
from yesword.sending.webhooks import PAUSES, Outcome
from yesword.store.models import AuditEntry, HookSource, User, WebhookEndpoint
from yesword.store.webhooks import WebhookKind, tell_paused
from yesword.web import counted


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.OWNER)


def read(client):
    answer = client.get("/connections")
    assert answer.status_code == 200
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def paused(here):
    row, _ = webhooks.add(
        here.store, here.club.brand, "https://crm.example.org/in", [WebhookKind.PROGRAM_PAUSED]
    )
    with here.store.database.write() as session:
        tell_paused(here.store, session, here.club.brand, "club", "opt_outs", here.at)
    return row


def test_at_first_it_says_how_to_begin(console):
    page = read(console)
    assert "No other system tells us of answers yet." in page
    assert "yesword hook add shopify" in page
    assert "yesword webhook add" in page


def test_it_shows_what_came_what_was_refused_and_what_is_missing_and_no_secret(here, console):
    source = source_of(here, Provider.TIKTOK)
    sources.note_received(source.id, here.at)
    sources.note_refused(source.id, "hook_bad_signature", here.at)
    with here.store.database.write() as session:
        session.run("count_unknown_form", source_id=source.id, form="711", last_at=0)
    page = read(console)
    assert "Our tiktok" in page
    assert "1 call, on " in page
    assert "the signature did not fit: the secret may be another." in page
    assert "Nobody has said what form 711 shows: 1 answer grants nothing." in page
    for secret in (source.secrets.secret, source.secrets.token, source.key):
        assert secret not in page


def test_it_shows_how_each_endpoint_fares_and_tells_again_what_it_did_not_get(here, console):
    row = paused(here)
    for _ in range(len(PAUSES) + 1):
        WebhookEndpoint.objects.update(rests_until=None, failing_since=None)
        here.wait(days=2)
        webhooks.deliver_due(
            here.store, here.at, send=lambda *_: Outcome(status=500, trouble="it answers 500")
        )
    page = read(console)
    assert "0 told in the last month, 0 waiting, 1 given up." in page
    assert "It has failed since" in page
    assert console.post(f"/connections/endpoints/{row.pk}/replay").status_code == 302
    assert webhooks.counts(here.store, row.pk) == (1, 0, 0)
    assert AuditEntry.objects.filter(action="webhook.replayed").exists()


def test_who_may_act_switches_both_and_leaves_a_trace(here, console):
    source, row = source_of(here, Provider.SHOPIFY), paused(here)
    console.post(f"/connections/sources/{source.id}/switch")
    console.post(f"/connections/endpoints/{row.pk}/switch")
    assert not HookSource.objects.get().is_open
    assert not WebhookEndpoint.objects.get().is_on
    assert "Somebody switched it off." in read(console)
    assert {each.action for each in AuditEntry.objects.all()} >= {"hook.closed", "webhook.off"}


def test_who_only_looks_changes_nothing(here):
    source = source_of(here, Provider.SHOPIFY)
    viewer = signed_in(User.Role.VIEWER)
    assert "Close" not in read(viewer)
    assert viewer.post(f"/connections/sources/{source.id}/switch").status_code == 403
    assert HookSource.objects.get().is_open


def test_what_is_not_there_cannot_be_switched(console, here):
    assert console.post("/connections/sources/99/switch").status_code == 404
    assert raw("ats-application-closed.json")
