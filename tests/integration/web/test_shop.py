"""The pages for the shop: tablets that are made, paper lists that are entered, and a yes that was spoken."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.consoles import signed_in
from factories.triaged import body_of, words
from factories.worlds import ANNA, world
from yesword.collect import offline, points
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.events import EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.proof.evidence.opening import record_of
from yesword.store.models import AuditEntry, CollectionPoint, User

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

BEN, CIS = "+31612345679", "+31612345677"
SCAN = b"%PDF-1.7\n% the list of Saturday\n%%EOF\n"
PRINTED = "Yes, Linde & Loom may text me offers."


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture
def console(here):
    return signed_in()


def day(ago=3):
    """Of the brand, where it may be tomorrow already."""
    return (datetime.now(AMSTERDAM) - timedelta(days=ago)).date().isoformat()


def listed(here, *rows, **more):
    typed = {"program": str(here.club.id), "language": "en", "wording": PRINTED, **more}
    for index, (number, name, signed) in enumerate(rows):
        typed |= {f"number_{index}": number, f"name_{index}": name, f"day_{index}": signed}
    return typed


def scan():
    return SimpleUploadedFile("list.pdf", SCAN, content_type="application/pdf")


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def waiting(here):
    folder = Path(here.store.folder) / "scans"
    return list(folder.iterdir()) if folder.exists() else []


def test_i10_a_list_is_entered_with_its_scan_and_words(here, console):
    typed = listed(here, (ANNA, "Anna", day()), ("06 12345679", "", day(1)), ("", "", day()))
    answer = console.post("/shop/paper", {**typed, "scan": scan()}, follow=True)
    assert "2 people joined." in words(body_of(answer))
    for number in (ANNA, BEN):
        (granted,) = record(here, number)
        assert (granted.event.route, granted.event.grade) == ("paper", Grade.C)
        assert granted.sections["notice"]["text"] == PRINTED
        assert EvidenceKind.SCAN in {each["kind"] for each in granted.items}
    assert here.contact().name == "Anna"
    assert waiting(here) == []
    assert AuditEntry.objects.filter(action="paper.enter").get().detail == {"rows": 2}


def test_bad_rows_stay_as_typed_the_good_ones_are_in_and_the_scan_waits(here, console):
    typed = listed(here, (ANNA, "Anna", day()), ("06 12", "Ben", day()), (CIS, "Cis", day(-2)))
    page = console.post("/shop/paper", {**typed, "scan": scan()})
    assert page.status_code == 422
    html = body_of(page)
    assert 'value="06 12"' in html
    assert 'value="Ben"' in html
    assert "A digit is missing" in words(html)
    assert "still to come" in words(html)
    assert f'value="{ANNA}"' not in html
    assert here.state().grant_for(here.club.id) is not None
    kept = re.search(r'name="kept" value="(\w+)"', html)[1]
    mended = listed(here, (BEN, "Ben", day()), (CIS, "Cis", day()), kept=kept)
    assert console.post("/shop/paper", mended).status_code == 302
    assert EvidenceKind.SCAN in {each["kind"] for each in record(here, CIS)[0].items}
    assert waiting(here) == []


def test_a_list_without_a_scan_enters_nobody(here, console):
    page = console.post("/shop/paper", listed(here, (ANNA, "", day())))
    assert page.status_code == 422
    assert "Choose the scan of the list" in words(body_of(page))
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_a_file_that_is_no_scan_is_refused(here, console):
    typed = {**listed(here, (ANNA, "", day())), "scan": SimpleUploadedFile("list.pdf", b"<html>")}
    page = console.post("/shop/paper", typed)
    assert "no PDF or picture" in words(body_of(page))
    assert waiting(here) == []


def test_looking_ahead_says_what_becomes_of_each_row_and_changes_nothing(here, console):
    here.join(BEN)
    here.text(BEN, "STOP")
    events = here.sql("SELECT count(*) FROM consent_event")
    typed = listed(here, (ANNA, "", day()), (BEN, "", day()), (ANNA, "", day()), preview="1")
    shown = words(body_of(console.post("/shop/paper", {**typed, "scan": scan()})))
    assert "The welcome goes out" in shown
    assert "They join when they text SAVEMORE to 800123." in shown
    assert "stands in a row above already" in shown
    assert here.sql("SELECT count(*) FROM consent_event") == events
    assert CollectionPoint.objects.count() == 0
    assert len(waiting(here)) == 1


def test_a_list_that_has_to_be_confirmed_asks_who_signed_today_and_nobody_else(here, console):
    typed = listed(here, (ANNA, "", day(0)), (BEN, "", day(3)), confirms="on")
    shown = words(body_of(console.post("/shop/paper", {**typed, "scan": scan()}, follow=True)))
    assert "1 person is asked by text." in shown
    assert "1 person is noted" in shown
    assert [each.event.kind for each in record(here)] == [EventKind.REQUESTED]
    assert here.sql("SELECT count(*) FROM message WHERE kind = 'consent_request'") == [(1,)]


def test_more_rows_keep_what_was_typed_and_complain_of_nothing(here, console):
    typed = {**listed(here, ("06 12", "Ben", "")), "more": "1", "wording": ""}
    page = console.post("/shop/paper", typed)
    assert page.status_code == 200
    html = body_of(page)
    assert 'value="06 12"' in html
    assert html.count('type="tel"') == 9
    assert "aria-invalid" not in html


def test_g16_a_spoken_yes_is_recorded_in_the_name_of_who_is_signed_in(here, console):
    page = console.get("/shop/spoken")
    shown = re.search(r'name="shown" value="(\w+)"', body_of(page))[1]
    typed = {
        "program": str(here.club.id),
        "language": "en",
        "shown": shown,
        "number": ANNA,
        "name": "Anna",
        "place": "job_fair",
        "where": "Utrecht, stand 12",
        "attests": "on",
    }
    typed["said_at"] = re.search(r'name="said_at" value="([^"]+)"', body_of(page))[1]
    assert console.post("/shop/spoken", {**typed, "attests": ""}).status_code == 422
    assert console.post("/shop/spoken", {**typed, "shown": "another"}).status_code == 422
    answer = console.post("/shop/spoken", typed, follow=True)
    assert "Is asked" in words(body_of(answer))  # a new script asks for a confirmation
    (asked,) = record(here)
    assert (asked.event.kind, asked.event.route) == (EventKind.REQUESTED, "spoken")
    assert asked.sections["context"]["place"] == "job_fair"
    assert EvidenceKind.ATTESTATION in {each["kind"] for each in asked.items}


def test_a_changed_script_is_a_new_version_and_may_grant_at_once(here, console):
    typed = {"program": str(here.club.id), "language": "en", "change": "1", "script": "May we text you?"}
    assert console.post("/shop/spoken", typed).status_code == 302
    point = offline.find(here.club, PointKind.SPOKEN)
    assert point.version == 1
    shown = words(body_of(console.get("/shop/spoken")))
    assert "May we text you?" in shown
    assert "on your word" in shown


def test_a_tablet_is_made_in_one_step_and_opens(here, console):
    typed = {"name": "Counter", "program": str(here.club.id), "confirming": "reverse", "title": "10% off"}
    answer = console.post("/shop/tablets", typed, follow=True)
    link = re.search(r'href="http://localhost(/kiosk/[\w-]+)"', body_of(answer))[1]
    assert "10% off" in console.get(link).content.decode()
    row = CollectionPoint.objects.get(kind=PointKind.KIOSK.value)
    assert points.newest(row.pk).definition.confirming is Confirming.REVERSE


@pytest.mark.parametrize("path", ["/shop/tablets", "/shop/paper", "/shop/spoken"])
def test_who_may_only_look_enters_nobody(here, path):
    viewer = signed_in(User.Role.VIEWER)
    assert viewer.get(path).status_code == 200
    typed = {**listed(here, (ANNA, "", day())), "name": "x", "confirming": "none"}
    assert viewer.post(path, typed).status_code == 403
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]
