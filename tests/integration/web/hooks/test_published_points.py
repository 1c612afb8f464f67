"""From a published point to an event: a box at a checkout and a question of an advertisement, made by file and by console."""

import html
import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from factories.consoles import signed_in
from factories.hooks import SECRET, raw, signed
from factories.worlds import ANNA
from yesword.cli.hook import command as hook
from yesword.cli.point import command as point
from yesword.collect import points, sources
from yesword.domain.collecting.hooks import Provider
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import EventKind, Grade
from yesword.proof.evidence.grades import graded_record
from yesword.store import models
from yesword.store.models import User
from yesword.store.programs import disclosure_digest
from yesword.web import point_publishing

WORDS = "Yes, [Brand] [Program] may text me recurring automated offers on shoes, [Frequency]. Msg & data rates may apply. Reply STOP to stop, HELP for help. Consent is not a condition of purchase. Terms: [Terms] Privacy: [Privacy]"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(point_publishing, "begin_pictures", lambda _store, _point: None)


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


def command(here, group, *arguments):
    done = CliRunner().invoke(group, [*arguments, "--data", str(here.store.folder)])
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    return done.output


@pytest.fixture(params=["file", "console"])
def make(request, here, tmp_path):
    """Publishes a point of a kind under a key, as a user does."""

    def made(kind, key, words=WORDS, confirming="none"):
        if request.param == "file":
            file = tmp_path / "point.toml"
            file.write_text(
                f'kind = "{kind}"\nname = "Box"\nprogram = "club"\nconfirming = "{confirming}"\n'
                f"[texts.en]\nconsent = {json.dumps(words)}\n"
            )
            command(here, point, "publish", str(file), "--key", key)
        else:
            fields = {
                "kind": kind,
                "program": str(here.club.id),
                "name": "Box",
                "key": key,
                "confirming": confirming,
                "speaks_en": "on",
                "consent_en": words,
            }
            answer = request.getfixturevalue("manager").post("/collect/new", fields)
            assert answer.status_code == 302, answer.content.decode()
        return points.find(key)

    return made


def test_a_shops_webhook_reaches_the_point_that_was_published(here, call, record, make):
    till = make("checkout", "till")
    added = command(here, hook, "add", "shopify", "--name", "Shop", "--point", "till", "--secret", SECRET)
    source = sources.find(here.store, added.split("/hooks/")[1].strip())
    body = raw("shopify-orders-create.json")
    assert call(source, body, signed(Provider.SHOPIFY, body)).status_code == 200
    (granted,) = record(here)
    words = consent_text(till.definition, till.program, "en")
    assert (granted.event.kind, granted.event.grade, granted.event.route) == (
        EventKind.GRANTED,
        Grade.D,
        "checkout",
    )
    assert granted.event.disclosure == disclosure_digest(words)
    assert granted.sections["notice"]["text"] == words
    assert next(each for each in granted.items if each["kind"] == "import_row")["row"]
    (again,) = graded_record(here.store, here.contact()).values()
    assert again.grade is Grade.D


def test_a_shops_own_server_tells_with_the_key_and_the_digest_of_the_printed_box(here, client, record, make):
    make("checkout", "till")
    key = command(here, point, "key", "till").strip()
    printed = command(here, point, "snippet", "till")
    digest = re.search(r'name="sms_consent_wording" value="([0-9a-f]{64})"', printed)[1]
    answer = client.post(
        "/api/collect/till",
        data=json.dumps(
            {
                "number": ANNA,
                "consent": True,
                "language": "en",
                "occurred_at": (here.at - timedelta(seconds=5)).isoformat(),
                "wording_sha256": digest,
            }
        ),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()) == (200, {"taken": "consent"})
    (granted,) = record(here)
    assert granted.event.disclosure == digest
    assert granted.sections["notice"]["text"] in html.unescape(printed)


def test_where_the_box_has_people_text_first_a_code_comes_back_and_nothing_is_granted(here, client, make):
    till = make("checkout", "till", confirming="reverse")
    assert till.definition.confirming is Confirming.REVERSE
    key = command(here, point, "key", "till").strip()
    said = {
        "number": ANNA,
        "consent": True,
        "language": "en",
        "occurred_at": (here.at - timedelta(seconds=5)).isoformat(),
        "wording_sha256": disclosure_digest(consent_text(till.definition, till.program, "en")),
    }
    answer = client.post(
        "/api/collect/till",
        data=json.dumps(said),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    ).json()
    assert answer["confirm"]["to"] == here.club.sender
    assert here.sql("SELECT count(*) FROM message") == [(0,)]


def test_a_lead_reaches_the_point_that_was_published_with_what_its_form_showed(here, call, record, make):
    leads = make("lead_ad", "leads")
    assert leads.definition.kind is PointKind.LEAD_AD
    added = command(
        here,
        hook,
        *("add", "google", "--name", "Ad", "--point", "leads", "--secret", "a shared secret"),
        *("--field", "consent=May we text you offers?"),
    )
    number = re.search(r"source (\d+)", added)[1]
    shown = consent_text(leads.definition, leads.program, "en")
    command(here, hook, "form", number, "40000000000", "--language", "en", "--wording", shown)
    source = sources.find(here.store, added.split("/hooks/")[1].strip())
    assert call(source, raw("google-lead.json"), {}).status_code == 200
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.grade, granted.event.route) == (
        EventKind.GRANTED,
        Grade.D,
        "lead_ad",
    )
    assert granted.sections["notice"]["text"] == shown
    assert granted.event.disclosure == disclosure_digest(shown)


@pytest.mark.parametrize("kind", ["checkout", "lead_ad"])
def test_the_console_shows_only_the_fields_of_the_kind_and_lints_its_wording(here, manager, kind):
    page = manager.get(f"/collect/new?kind={kind}").content.decode()
    assert 'name="consent_en"' in page
    assert not {"title_en", "button_en", "accent", "asks_name", "lets_choose"} & set(
        re.findall(r'name="(\w+)"', page)
    )
    assert set(
        re.findall(r'<option value="(\w+)"', page.partition('name="confirming"')[2].partition("</select>")[0])
    ) == {
        "reverse",
        "none",
    }
    fields = {
        "kind": kind,
        "program": str(here.club.id),
        "name": "Box",
        "key": "till",
        "confirming": "none",
        "speaks_en": "on",
    }
    bare = manager.post("/collect/new", fields | {"consent_en": "Text me!"})
    assert (bare.status_code, "breaks a rule" in bare.content.decode()) == (422, True)
    assert not models.CollectionPoint.objects.exists()
    assert manager.post("/collect/new", fields | {"consent_en": WORDS}).status_code == 302
    shown = html.unescape(manager.get("/collect/till").content.decode())
    assert "yesword hook add" in shown
    assert ('<input type="checkbox" id="sms-consent"' in shown) is (kind == "checkout")
    edit = manager.get("/collect/till/edit").content.decode()
    assert "recurring automated offers on shoes" in edit
