"""Consent on paper and aloud: what a list or a statement leaves in the record, and that nobody is asked who stopped."""

import json
from datetime import timedelta

import pytest

from factories.worlds import ANNA
from yesword.collect import offline, paper, scans, spoken
from yesword.collect.joining import Course
from yesword.collect.paper import PaperList, PaperRow
from yesword.collect.spoken import FutureSpokenError, Place, Spoken
from yesword.domain import phone
from yesword.domain.collecting.points import PointKind
from yesword.domain.events import Actor, Basis, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.proof.evidence import files
from yesword.proof.evidence.files import accept
from yesword.proof.evidence.opening import record_of
from yesword.store.programs import disclosure_digest

BEN = "+31612345679"
PRINTED = "Yes, Linde & Loom may text me offers [up to 4 a month]. STOP ends it."
SCAN = b"%PDF-1.7\n% the list of Saturday\n%%EOF\n"


def number(text=ANNA):
    return phone.parse(text, country=None)


def record(here, who=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(who)))


def paper_list(here, *, confirms=False, user=None):
    point = offline.place(here.club, PointKind.PAPER, "en", PRINTED, confirms=confirms)
    scan = accept(EvidenceKind.SCAN, SCAN)
    return PaperList(point=point, language="en", scan=scan, confirms=confirms, user=user)


def row(here, who=ANNA, *, days=3, **more):
    return PaperRow(number=number(who), signed_at=here.at - timedelta(days=days), **more)


def said(here, *, confirms=False, hours=1, **more):
    point = offline.place(here.club, PointKind.SPOKEN, "en", "")
    return Spoken(
        point=point,
        number=number(),
        language="en",
        place=Place.JOB_FAIR,
        where="Utrecht, stand 12",
        said_at=here.at - timedelta(hours=hours),
        agent="mira",
        confirms=confirms,
        **more,
    )


def test_i10_a_row_of_a_paper_list_is_a_grant_of_grade_c_with_the_scan_and_the_printed_words(on_both):
    here = on_both
    joined = paper.enter(here.store, paper_list(here, user=7), row(here, name="Anna"), here.at)
    assert (joined.course, joined.grade) == (Course.GRANT, Grade.C)
    (granted,) = record(here)
    event = granted.event
    assert (event.kind, event.actor, event.route) == (EventKind.GRANTED, Actor.AGENT, "paper")
    assert (event.basis, event.grade) == (Basis.EXPRESS_WRITTEN, Grade.C)
    assert event.occurred_at == here.at - timedelta(days=3)
    assert granted.sections["notice"]["text"] == PRINTED
    assert event.disclosure == disclosure_digest(PRINTED)
    kinds = {each["kind"]: each for each in granted.items}
    assert set(kinds) == {EvidenceKind.SCAN, EvidenceKind.FORM_VERSION}
    kept = files.read(here.store, files.from_text("evi", kinds[EvidenceKind.SCAN]["ref"]))
    assert kept.data == SCAN
    assert granted.sections["context"]["user"] == 7
    assert here.contact().name == "Anna"


def test_a_row_that_is_entered_twice_counts_once(here):
    lines = paper_list(here)
    paper.enter(here.store, lines, row(here), here.at)
    assert paper.enter(here.store, lines, row(here), here.at).course is Course.ALREADY_IN
    assert len(record(here)) == 1


def test_where_the_brand_confirms_a_signature_of_today_is_asked_by_text_and_a_yes_makes_it_grade_a(here):
    joined = paper.enter(here.store, paper_list(here, confirms=True), row(here, days=0), here.at)
    assert joined.course is Course.ASK
    assert here.state().grant_for(here.club.id) is None
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Club."]
    assert here.text(ANNA, "yes") == "confirmed"
    asked, confirmed = record(here)
    assert (asked.event.kind, asked.event.route) == (EventKind.REQUESTED, "paper")
    assert EvidenceKind.SCAN in {each["kind"] for each in asked.items}
    assert confirmed.event.grade is Grade.A


def test_where_the_brand_confirms_an_older_signature_sends_nothing_and_waits_for_the_handset(here):
    lines = paper_list(here, confirms=True)
    assert paper.preview(here.store, lines, row(here), here.at) is Course.WAIT
    assert paper.enter(here.store, lines, row(here), here.at).course is Course.WAIT
    here.settle()
    assert here.shown() == []
    assert here.state().grant_for(here.club.id) is None
    assert here.text(ANNA, "SAVEMORE") == "asked_again"  # now they asked by themselves
    assert here.text(ANNA, "yes") == "confirmed"


@pytest.mark.parametrize("confirms", [False, True])
def test_a_stop_and_a_no_win_over_every_list(here, confirms):
    here.join()
    here.text(ANNA, "STOP")
    here.text(BEN, "SAVEMORE")
    assert here.text(BEN, "no") == "declined"
    shown = here.shown(ANNA), here.shown(BEN)
    lines = paper_list(here, confirms=confirms)
    assert paper.preview(here.store, lines, row(here, days=0), here.at) is Course.WAIT
    assert paper.enter(here.store, lines, row(here, days=0), here.at).course is Course.WAIT
    assert paper.preview(here.store, lines, row(here, BEN, days=0), here.at) is Course.BARRED
    assert paper.enter(here.store, lines, row(here, BEN, days=0), here.at).course is Course.BARRED
    here.settle()
    assert (here.shown(ANNA), here.shown(BEN)) == shown
    assert here.state().grant_for(here.club.id) is None
    assert here.state(BEN).grant_for(here.club.id) is None


def test_a_preview_says_what_will_happen_and_changes_nothing(here):
    lines = paper_list(here)
    assert paper.preview(here.store, lines, row(here), here.at) is Course.GRANT
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]
    fixed = phone.parse("+31201234567", country=None)
    there = PaperRow(number=fixed, signed_at=here.at)
    assert paper.preview(here.store, lines, there, here.at) is Course.CANNOT_TEXT


def test_the_printed_words_make_a_version_of_their_own_and_the_same_words_none(here):
    one = paper_list(here).point
    assert paper_list(here).point.version == one.version
    other = offline.place(here.club, PointKind.PAPER, "en", "Other words", confirms=False)
    assert (other.version, other.id) == (one.version + 1, one.id)


def test_g16_spoken_consent_at_a_job_fair_keeps_script_agent_place_and_time(on_both):
    here = on_both
    told = said(here, user=7)
    joined = spoken.record(here.store, told, here.at)
    assert (joined.course, joined.grade) == (Course.GRANT, Grade.C)
    (granted,) = record(here)
    assert (granted.event.actor, granted.event.route) == (Actor.AGENT, "spoken")
    assert granted.event.basis is Basis.EXPRESS  # nothing was signed
    assert granted.event.disclosure == disclosure_digest(spoken.script(told.point, "en"))
    (item,) = [each for each in granted.items if each["kind"] == EvidenceKind.ATTESTATION]
    statement = json.loads(files.read(here.store, files.from_text("evi", item["ref"])).data)
    assert (statement["agent"], statement["place"], statement["where"]) == (
        "mira",
        "job_fair",
        "Utrecht, stand 12",
    )
    assert statement["script"]["sha256"] == told.point.digest
    assert statement["script"]["text"] == spoken.script(told.point, "en")
    assert statement["said_at"] == "2026-03-02T11:00:00.000Z"


def test_spoken_consent_is_confirmed_by_text_where_the_brand_asks_for_it(here):
    assert spoken.record(here.store, said(here, confirms=True), here.at).course is Course.ASK
    here.settle()
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(here.club.id).grade is Grade.A


def test_spoken_consent_of_two_days_ago_asks_nobody_any_more(here):
    told = said(here, confirms=True, hours=48)
    assert spoken.preview(here.store, told, here.at) is Course.WAIT
    assert spoken.record(here.store, told, here.at).course is Course.WAIT
    here.settle()
    assert here.shown() == []


def test_nobody_said_yes_tomorrow(here):
    with pytest.raises(FutureSpokenError):
        spoken.record(here.store, said(here, hours=-1), here.at)


def test_a_scan_waits_for_its_rows_and_is_gone_when_they_are_in(here):
    brand = here.club.brand
    word = scans.put(here.store, brand, accept(EvidenceKind.SCAN, SCAN))
    found = scans.get(here.store, brand, word)
    assert found is not None
    assert found.data == SCAN
    assert scans.get(here.store, brand + 1, word) is None  # of another brand
    assert scans.get(here.store, brand, "../x") is None
    scans.drop(here.store, brand, word)
    assert scans.get(here.store, brand, word) is None
