"""Connecting other systems by commands: sources, endpoints, keys and the box for a checkout."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories.points import definition, published
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.collect import checkout, points, sources
from yesword.domain import standard_webhooks
from yesword.domain.collecting.hooks import Provider
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.errors import YeswordError
from yesword.sending import webhooks
from yesword.sending.webhooks import Outcome
from yesword.store.models import HookSource


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def run(here):
    def run(*arguments, input=None):  # noqa: A002 - as click calls it
        found = CliRunner().invoke(group, [*arguments, "--data", str(here.store.folder)], input=input)
        if isinstance(found.exception, YeswordError):
            raise found.exception
        assert found.exit_code == 0, (found.output, found.exception)
        return found.output

    return run


@pytest.fixture
def till(here):
    return published(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)


def test_a_source_is_added_listed_closed_and_opened(here, run, till):
    made = run(
        "hook", "add", "shopify", "--name", "Webshop", "--point", "till", "--secret", "hush-hush-hush",
    )  # fmt: skip
    key = re.search(r"/hooks/(\S+)", made)[1]
    source = sources.find(here.store, key)
    assert (source.provider, source.secrets.secret) == (Provider.SHOPIFY, "hush-hush-hush")
    listed = run("hook", "list")
    assert "Webshop, for the point till" in listed
    assert "hush" not in listed
    run("hook", "close", str(source.id))
    assert not HookSource.objects.get().is_open
    run("hook", "open", str(source.id))
    run("hook", "secret", str(source.id), "--secret", "another-secret")
    assert sources.find(here.store, key).secrets.secret == "another-secret"


def test_what_a_form_shows_is_said_by_command_and_fields_by_their_names(here, run):
    published(here, "leads", kind=PointKind.LEAD_AD, confirming=Confirming.NONE)
    run(
        "hook", "add", "google", "--name", "Ads", "--point", "leads", "--secret", "a shared secret",
        "--field", "consent=May we text you?", "--field", "number=Mobile",
    )  # fmt: skip
    row = HookSource.objects.get()
    run("hook", "form", str(row.pk), "711", "--language", "en", "--wording", "-", input="We may text you.\n")
    source = sources.find(here.store, row.key)
    assert source.forms["711"].wording == "We may text you."
    assert (source.fields.consent, source.fields.number) == ("May we text you?", "Mobile")
    assert run("hook", "leavers", str(row.pk)) == "Nobody came by it in that time.\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("--point", "nowhere", "--secret", "hush-hush-hush"), "no_such_point", id="a point that is not there"),
        pytest.param(("--point", "till", "--secret", "short"), "bad_hook", id="a short secret"),
        pytest.param(("--point", "till", "--secret", "hush-hush-hush", "--field", "shoe=x"), "unknown_hook_field", id="a field that nobody knows"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_told(run, till, arguments, code):
    with pytest.raises(YeswordError) as caught:
        run("hook", "add", "shopify", "--name", "Webshop", *arguments)
    assert caught.value.code == code


def test_an_endpoint_is_added_looked_at_replayed_and_switched(here, run):
    number, secret = run("webhook", "add", "https://crm.example.org/in").split("\n")[:2]
    assert number == "endpoint 1"
    assert standard_webhooks.key_of(secret)
    here.join()
    webhooks.deliver_due(here.store, here.at, send=lambda *_: Outcome(status=200))
    log = run("webhook", "log", "1")
    assert log.count("told, 1 try") == 2
    assert ANNA not in log
    run("webhook", "replay", re.search(r"whk_\w+", log)[0])
    assert "1 told, 1 waiting, 0 given up" in run("webhook", "list")
    assert run("webhook", "replay", "1", "--days", "9999") == "1 to be told again\n"
    run("webhook", "off", "1")
    assert "off (by_hand)" in run("webhook", "list")
    run("webhook", "on", "1")
    assert "1  on" in run("webhook", "list")


def test_a_key_speaks_for_its_point_until_it_is_ended(here, run, till):
    key = run("point", "key", "till").strip()
    assert checkout.point_of("till", key).id == till.id
    assert f"{key[:9]}…" in run("point", "keys", "till")
    run("point", "key", "till", "--end", key[:9])
    with pytest.raises(checkout.UnknownKeyError):
        checkout.point_of("till", key)
    with pytest.raises(YeswordError, match="no key that begins"):
        run("point", "key", "till", "--end", key[:9])


def test_the_box_for_a_checkout_is_printed(here, run, till):
    snippet = run("point", "snippet", "till")
    assert 'type="checkbox"' in snippet
    assert "checked" not in snippet
    assert points.find("till").definition == definition(
        here, kind=PointKind.CHECKOUT, confirming=Confirming.NONE
    )
    assert Path(here.store.folder, "keys").is_dir()
