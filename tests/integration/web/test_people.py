"""People and persons in the console: found, shown masked, explained, proved."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape as html_unescape

import pytest
from django.core.cache import cache

from factories.consoles import signed_in
from factories.worlds import ANNA, EVENTS, world
from yesword.domain.events import Actor, Grade
from yesword.domain.ids import to_text
from yesword.ledger.receipt import read_receipt
from yesword.reporting.figures import count, newest_events
from yesword.reporting.people import Wanted, people_page, read_events
from yesword.reporting.standings import Reader, Standing, standing_of
from yesword.store import contacts
from yesword.store.models import AuditEntry, User
from yesword.web import counted

BEA = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:
        yield opened


@pytest.fixture
def anywhere(store):
    """The same on each database, for what is asked in SQL."""
    with world(store) as opened:
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def url_of(here, number=ANNA):
    return f"/people/{to_text('con', here.contact(number).id)}"


def read(client, address, **more):
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer
    return words(answer.content.decode())


def words(html):
    """The text of the page's own part, with single spaces."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def named(here, **people):
    return {name: here.strangers([number], name=name)[0] for name, number in people.items()}


# The list


def test_everybody_is_listed_by_name_with_a_masked_number_and_how_they_stand(here, console):
    named(here, Zoe="+31612340001", Adam="+31612340002")
    here.join("+31612340002")
    said = read(console, "/people")
    assert said.index("Adam") < said.index("Zoe")
    assert "+31 •••••• 002" in said
    assert "12340002" not in console.get("/people").content.decode()
    assert "Granted Club" in said
    assert "No consent" in said


def test_pages_follow_each_other_without_a_gap_or_a_double(anywhere):
    anywhere.strangers([f"+3161234{number:04}" for number in range(25)], name="Same Name")
    anywhere.strangers([f"+3161235{number:04}" for number in range(25)])
    seen, after = [], None
    while True:
        page = people_page(
            anywhere.store,
            anywhere.club.brand,
            Wanted(),
            [anywhere.club.id],
            anywhere.at,
            after=after,
            count=7,
        )
        seen += [each.contact.id for each in page.people]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 50


def test_names_are_searched_on_each_database(anywhere):
    (found, _other) = anywhere.strangers(["+31612340001", "+31612340002"], name="Åsa 100%_!")
    anywhere.strangers(["+31612340003"], name="Bo")
    for name in ("åsa", "100%", "_!"):
        page = people_page(
            anywhere.store, anywhere.club.brand, Wanted(name=name), [anywhere.club.id], anywhere.at
        )
        assert found in [each.contact.id for each in page.people]
        assert len(page.people) == 2


def test_events_on_their_way_into_the_ledger_say_so(anywhere):
    anywhere.join()
    found = read_events(anywhere.store, anywhere.contact())
    assert [each.is_in_outbox for each in found] == [True, True]
    assert [each.words for each in found] == ["yes", "SAVEMORE"]


def test_the_second_page_is_a_link_away(here, console):
    here.strangers([f"+3161234{number:04}" for number in range(60)])
    html = console.get("/people").content.decode()
    assert "50 of 60 shown" in html
    (url,) = re.findall(r'href="(/people\?after=con_\w+)"', html)
    said = read(console, url)
    assert "10 shown" in said or "10 of 60 shown" in said


@pytest.mark.parametrize(
    ("asked", "found"),
    [("ann", "Anna Öberg"), ("ÖBERG", "Anna Öberg"), ("öb", "Anna Öberg"), ("100%", "100% Bo"), ("0_", "")],
    ids=[
        "a beginning",
        "capitals that ASCII lacks",
        "the middle",
        "a percent sign",
        "an underscore is itself",
    ],
)
def test_a_name_is_found_by_any_part_of_it(here, console, asked, found):
    here.strangers(["+31612340001"], name="Anna Öberg")
    here.strangers(["+31612340002"], name="100% Bo")
    answer = console.post("/people/search", {"q": asked})
    assert answer.status_code == 302
    assert asked not in answer["Location"]
    said = read(console, answer["Location"])
    for name in ("Anna Öberg", "100% Bo"):
        assert (name in said) == (name == found)


def test_a_full_number_leads_to_its_person_and_into_no_address(here, console):
    here.join()
    for written in (ANNA, "06 12345678", "0031-6-12345678"):
        answer = console.post("/people/search", {"q": written})
        assert answer["Location"] == url_of(here)
    assert "12345678" not in json.dumps(dict(console.session.items()))


def test_a_number_that_nobody_has_is_said_masked(here, console):
    said = words(console.post("/people/search", {"q": BEA}).content.decode())
    assert "Nobody with the number +31 •••••• 679 is known" in said


def test_what_is_no_number_is_said_and_what_was_typed_is_kept(here, console):
    answer = console.post("/people/search", {"q": "06 1234 5"})
    assert answer.status_code == 422
    assert 'value="06 1234 5"' in answer.content.decode()
    assert "too few digits" in answer.content.decode()


def test_people_are_filtered_by_program_and_state(here, console):
    named(here, Granted="+31612340001", Late="+31612340002", Stopped="+31612340003", Silent="+31612340004")
    here.join("+31612340001")
    here.text("+31612340002", "SAVEMORE")
    here.join("+31612340003")
    here.text("+31612340003", "STOP")
    for state, found in (("granted", "Granted"), ("lapsed", "Late"), ("withdrawn", "Stopped")):
        rows = console.get(f"/people?program=club&state={state}").content.decode()
        rows = rows[rows.index("<tbody") : rows.index("</tbody>")]
        assert [name for name in ("Granted", "Late", "Stopped", "Silent") if f">{name}</a>" in rows] == [
            found
        ]
    assert "Nobody here" in read(console, "/people?program=events")


def test_a_brand_without_people_teaches(here, console):
    assert "Nobody is known yet" in read(console, "/people")


# How people stand


def test_the_quick_reading_says_what_the_fold_says(anywhere):
    for number, texts in (
        ("+31612340001", ["SAVEMORE"]),
        ("+31612340002", ["SAVEMORE", "yes"]),
        ("+31612340003", ["SAVEMORE", "no"]),
        ("+31612340004", ["SAVEMORE", "yes", "STOP"]),
        ("+31612340005", ["SAVEMORE", "yes", "STOP", "START"]),
        ("+31612340006", ["STOP"]),
        ("+31612340007", ["SAVEMORE", "yes", "STOP", "SAVEMORE"]),
        ("+31612340008", ["SAVEMORE", "yes", "STOP SAVEMORE"]),
    ):
        for text in texts:
            anywhere.text(number, text)
    # Two questions alike but for the hour: of one the answer still counts tomorrow, of the other it does not.
    anywhere.wait(hours=10)
    anywhere.text("+31612340009", "SAVEMORE")
    both = [anywhere.club.id, anywhere.events.id]
    found = {}
    for at in (anywhere.at, anywhere.at + timedelta(hours=18), anywhere.at.replace(year=2027)):
        reader = Reader(both, at)
        for stored, number in anywhere.sql("SELECT state, contact_id FROM standing"):
            state = anywhere.state(number)
            assert reader.read(bytes(stored)) == tuple(standing_of(state, each, at) for each in both)
            found.setdefault(number, []).append(standing_of(state, anywhere.club.id, at))
    last = {number: found[anywhere.contact(f"+3161234000{number}").id] for number in range(1, 10)}
    pending, lapsed = Standing.PENDING, Standing.LAPSED
    assert last == {
        1: [pending, lapsed, lapsed],
        2: [Standing.GRANTED] * 3,
        3: [Standing.REFUSED] * 3,
        4: [Standing.WITHDRAWN] * 3,
        5: [Standing.GRANTED] * 3,
        6: [Standing.NONE] * 3,
        7: [pending, lapsed, lapsed],
        8: [Standing.WITHDRAWN] * 3,
        9: [pending, pending, lapsed],
    }


def test_figures_count_people_texts_and_stops(anywhere):
    anywhere.join(ANNA)
    anywhere.text(BEA, "SAVEMORE")
    anywhere.join("+31612340003")
    anywhere.text("+31612340003", "STOP")
    anywhere.plan(anywhere.contact(ANNA).id)
    found = count(anywhere.store, anywhere.club.brand, anywhere.at)
    assert found.people == 3
    assert found.programs[anywhere.club.id] == {
        Standing.GRANTED: 1,
        Standing.PENDING: 1,
        Standing.WITHDRAWN: 1,
    }
    assert found.waiting == 1
    assert found.uncertain == 0
    assert found.stops == (0, 0, 0, 0, 0, 0, 1)


def test_the_newest_events_come_first_whoever_they_are_of(anywhere):
    for number in (ANNA, BEA, "+31612340003"):
        anywhere.text(number, "SAVEMORE")
    anywhere.text(ANNA, "yes")
    with anywhere.store.database.read() as session:
        found = newest_events(session, anywhere.club.brand, anywhere.at, 3)
    assert [each.event.contact for each in found] == [
        anywhere.contact(number).id for number in (ANNA, "+31612340003", BEA)
    ]


# One person


def test_the_page_says_what_is_permitted_and_because_of_what(here, console):
    here.strangers([ANNA], name="Anna")
    here.join()
    said = read(console, url_of(here))
    assert (
        "Anna may be texted Club offers, because they confirmed on 2 March 2026 from their own phone." in said
    )
    assert "Nothing was ever said about: event news" in said
    here.text(ANNA, "Stop.")
    said = read(console, url_of(here))
    assert "Anna may not be texted by Linde &amp; Loom: they ended everything on 2 March 2026." in said
    assert "Only they can change it" in said


def test_what_start_brought_back_is_told_apart_from_what_stays_ended(here, console):
    here.strangers([ANNA], name="Anna")
    here.join()
    here.text(ANNA, "STOP")
    here.text(ANNA, "START")
    said = read(console, url_of(here))
    assert "Anna may be texted Club offers" in said
    assert "Anna may not be texted anything else by Linde &amp; Loom: they ended everything" in said
    assert "Anna may not be texted by Linde" not in said


def test_the_timeline_shows_the_wording_the_words_and_what_they_do_not_prove(here, console):
    here.join()
    here.text(ANNA, "Stop. Thank you 🙏")
    said = read(console, url_of(here))
    timeline = said[said.index("Newest first, in Amsterdam time") :]
    assert (
        timeline.index("ended everything")
        < timeline.index("confirmed Club")
        < timeline.index("asked for Club")
    )
    assert "Linde &amp; Loom texts you offers, up to 4 a month." in timeline
    assert "Stop. Thank you 🙏" in timeline
    assert "“yes”" in timeline
    assert "Does not prove Who was holding the phone." in timeline
    assert "2 March 2026, 13:00 Amsterdam time" in timeline


def test_the_handset_holds_what_reached_the_phone_and_the_list_what_did_not(here, console):
    here.join()
    here.plan(here.contact().id, body="Linde & Loom: hello. Reply STOP to stop.")
    html = console.get(url_of(here)).content.decode()
    handset = html[
        html.index('class="handset-screen"') : html.index("</section>", html.index('class="handset-screen"'))
    ]
    assert "welcome to Club" in handset
    assert "hello" not in handset
    assert "Linde &amp; Loom: hello." in html[html.index("Did not reach the phone") :]


def test_the_name_of_a_former_owner_is_hidden(here, console):
    (anna,) = here.strangers([ANNA], name="Anna Berg", attributes=(("city", "Utrecht"),))
    assert "Anna Berg" in read(console, url_of(here))
    with here.store.database.write() as session:
        contacts.hide_owner(here.store, session, anna, here.at)
    html = console.get(url_of(here)).content.decode()
    assert "Anna" not in html
    assert "Utrecht" not in html
    said = html_unescape(words(html))
    assert "Former owner's name hidden" in said
    assert "Somebody else has this number now." in said
    assert "Anna" not in console.get("/people").content.decode()


def test_texts_of_several_codes_are_kept_apart(here, console):
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    html = console.get(url_of(here)).content.decode()
    assert "welcome to Events" in html
    assert "welcome to Club" not in html
    (other,) = re.findall(r'href="(\?from=\d+)#texts">800123', html)
    assert "welcome to Club" in console.get(url_of(here) + other).content.decode()


def test_the_number_is_shown_on_demand_and_that_leaves_a_trace(here, console):
    here.join()
    page = url_of(here)
    assert ANNA not in console.get(page).content.decode()
    assert ANNA in console.post(f"{page}/number").content.decode()
    (row,) = AuditEntry.objects.filter(action="number.shown")
    assert row.subject == page.removeprefix("/people/")
    assert console.get(f"{page}/number").status_code == 405


def test_a_viewer_sees_no_number_and_takes_no_receipt(here):
    here.join()
    viewer, page = signed_in(User.Role.VIEWER), url_of(here)
    assert "Show the number" not in read(viewer, page)
    assert viewer.post(f"{page}/number").status_code == 403
    assert viewer.post(f"{page}/receipt/club").status_code == 403
    assert not AuditEntry.objects.exists()


def test_the_receipt_is_the_one_that_verifies(here, console):
    here.join()
    answer = console.post(f"{url_of(here)}/receipt/club")
    assert "attachment" in answer["Content-Disposition"]
    assert ANNA not in answer["Content-Disposition"]
    receipt = read_receipt(answer.content)
    assert receipt.origin == "example.org/ledger/demo"
    assert AuditEntry.objects.get().detail == {"program": "club"}
    assert console.post(f"{url_of(here)}/receipt/nothing").status_code == 404


def test_asking_whether_a_text_may_go_shows_the_reasons_and_keeps_nothing(here, console):
    here.join()
    said = read(console, f"{url_of(here)}?check=events")
    assert "May this person be texted event news now?" in said
    assert "The person agreed to other texts, not to these." in said
    assert "It may not go." in said
    assert here.sql("SELECT count(*) FROM decision WHERE verdict = 'refuse'") == [(0,)]


@pytest.mark.parametrize("contact", ["con_0", "con_zzzzzzzzzzzzz", "nobody"])
def test_a_person_who_is_not_there_is_not_found(here, console, contact):
    assert console.get(f"/people/{contact}").status_code == 404


def test_without_the_key_the_record_stays_and_says_that_it_is_sealed(here, console):
    here.join()
    page = url_of(here)
    import sqlite3

    with sqlite3.connect(here.store.folder / "keys.sqlite3") as keys:
        keys.execute("UPDATE subject_key SET wrapped = NULL")
    said = read(console, page)
    assert "The number cannot be read: its key is not here." in said
    assert "Sealed: the key of this person is not here." in said
    assert "confirmed Club offers" in said


def test_an_attested_grant_says_what_it_rests_on(here, console):
    (anna,) = here.strangers([ANNA], name="Anna")
    here.grant([anna], replace(here.club), actor=Actor.AGENT, grade=Grade.C)
    said = read(console, url_of(here))
    assert "Anna may be texted Club offers, because they agreed in writing on 2 March 2026." in said
    assert "More than the word of whoever attested it." in said


# Home


def test_home_shows_figures_and_the_newest_events(here, console):
    here.strangers([ANNA], name="Anna")
    here.join()
    said = read(console, "/")
    assert "People you know 1" in said
    assert "May be texted by Club 1" in said
    assert "Anna confirmed Club offers from their own phone." in said
    assert "Counted" in said


def test_an_empty_home_teaches_with_one_action(here, console):
    html = console.get("/").content.decode()
    assert "text SAVEMORE to 800123 from a handset" in words(html)
    assert html.count("button-main") == 1
