"""What comes after an import: wordings attached, canaries, whom to ask, and taking it back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from factories.imports import ANNA, BACKED, CLAIMED, NOW, OUT, WORDING, events, join, outcomes, person, state
from factories.statements import imported_people
from yesword.collect.imports import asking_lists, undoing
from yesword.collect.imports.attached import Attached, WordingRule, read_rules
from yesword.collect.imports.canaries import is_canary
from yesword.collect.imports.columns import chosen_columns, preview
from yesword.collect.imports.errors import BadColumnError, WordingTableError
from yesword.collect.imports.remedies import Remedy
from yesword.consent.record import open_sections
from yesword.domain.events import Actor, EventKind, Grade
from yesword.ledger.entry import open_disclosure
from yesword.store import models, programs

LATER = NOW + timedelta(hours=3)
WHO = "phone,name,source,consent date"


def run():
    return models.ImportRun.objects.order_by("-pk").first()


# --- what is attached -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "wording"),
    [
        ("0612345678,Anna,Checkout,2023-12-31", "Everywhere else"),
        ("0612345678,Anna,Checkout,2024-01-01", "At the till"),
        ("0612345678,Anna,check-out,2024-01-01", "Everywhere else"),
        ("0612345678,Anna,CHECKOUT,2024-06-30 23:59", "At the till"),
        ("0612345678,Anna,checkout,2024-07-01", "Everywhere else"),
    ],
    ids=["the day before", "the first day", "another source", "the last minute", "the day after"],
)
def test_a_wording_is_attached_by_source_and_days(store, club, people, imported, row, wording):
    rules = (
        WordingRule(
            source="checkout", since=date(2024, 1, 1), until=date(2024, 6, 30), wording="At the till"
        ),
    )
    imported(people(row, header=WHO), attached=Attached(rules=rules, wording="Everywhere else"))
    [event], [stored] = events(store, club)
    sections = opened(store, club, event, stored)
    assert event.grade is Grade.D
    assert sections["notice"]["text"] == wording
    assert sections["context"]["attached"] == {"wording": None}, "it says that the row itself did not"


def opened(store, club, event, stored):
    seal = store.vault.seal(person(store, club).id)
    origin = programs.brand(club.brand).origin
    return dict(open_disclosure(each) for each in open_sections(seal, bytes(stored[2]), origin, event.id))


def test_source_and_date_are_attached_and_said_to_be(store, club, people, imported):
    at = datetime(2024, 5, 1, tzinfo=UTC)
    imported(people(CLAIMED), attached=Attached(source="the fair", consented_at=at, wording=WORDING))
    [event], [stored] = events(store, club)
    assert (event.grade, event.occurred_at) == (Grade.D, at)
    assert opened(store, club, event, stored)["context"]["attached"] == {
        "source": "the fair", "date": at.isoformat(), "wording": None,
    }  # fmt: skip


def test_what_a_row_says_itself_counts_before_what_is_attached(store, club, people, imported):
    imported(people(BACKED), attached=Attached(source="elsewhere", consented_at=NOW, wording="Another"))
    [event], [stored] = events(store, club)
    sections = opened(store, club, event, stored)
    assert sections["notice"]["text"] == WORDING
    assert event.occurred_at.date() == date(2024, 3, 1)
    assert "attached" not in sections["context"]


def test_a_list_that_was_bought_stays_one_whatever_is_attached(store, club, people, imported):
    report = imported(people(CLAIMED), attached=Attached(source="purchased list", wording=WORDING))
    assert outcomes(report) == {"rejected": 1}


@pytest.mark.parametrize(
    "table",
    ["who,what\n", "source,from,until,wording\nx,,,\n", "source,from,until,wording\nx,1/2/24,,Yes\n",
     "source,from,until,wording\nx,2024-02-01,2024-01-01,Yes\n"],
    ids=["other columns", "no wording", "a day that is none", "the last before the first"],
)  # fmt: skip
def test_a_table_of_wordings_that_is_not_right_is_refused(tmp_path, table):
    file = tmp_path / "wordings.csv"
    file.write_text(table)
    with pytest.raises(WordingTableError):
        read_rules(file)


# --- columns --------------------------------------------------------------------------------------------------


def test_columns_can_be_taken_for_something_else(store, club, people, imported):
    file = people("0612345678,2024-03-01,Anna", header="phone,when,who")
    assert preview(file).guess == ("phone", "attribute", "attribute")
    columns = chosen_columns(file, {"when": "consent_date", "Who": "name"})
    imported(file, columns=columns, attached=Attached(source="till", wording=WORDING))
    assert (person(store, club).name, state(store, club).grant_for(club.id).grade) == ("Anna", Grade.D)
    with pytest.raises(BadColumnError):
        chosen_columns(file, {"whose": "name"})


def test_a_preview_shows_no_number_name_or_address_in_full(people):
    file = people(
        "+31 6 12345678,Anna Jansen,anna@example.org,2024-03-01", header="phone,name,email,consent date"
    )
    shown = repr(preview(file).rows)
    assert not any(part in shown for part in ("12345", "5678", "Anna", "Jansen", "anna", "example"))
    assert "2024-03-01" in shown


# --- canaries -------------------------------------------------------------------------------------------------


def test_a_share_is_marked_and_always_the_same(store, club, people, imported):
    rows = [BACKED.replace("0612345678", f"06{20000000 + number}") for number in range(400)]
    report = imported(people(*rows), canary=20)
    marked = canaries(store, club)
    assert report.canaries == len(marked)
    assert 40 <= len(marked) <= 120
    imported(people(*rows, name="again.csv"), canary=50)
    assert marked < canaries(store, club), "a larger share holds the smaller one"


def canaries(store, club):
    from yesword.store import contacts

    with store.database.read() as session:
        ids = contacts.page_after(session, club.brand, -1, 1000)
        people = contacts.read_many(store, session, ids)
    found = {each for each, one in people.items() if one.attributes.get("canary") == "yes"}
    assert found == {each for each in people if is_canary(each, 20)} or len(found) > len(people) / 3
    return found


# --- whom to ask ----------------------------------------------------------------------------------------------


def test_each_who_is_known_by_a_claim_is_on_one_list_until_they_join_or_leave(store, club, people, imported):
    rows = [
        "0612345678,anna@example.org",
        "0612345679,bo@example.org",
        "0612345670,",
        "0612345671,c@example.org",
    ]
    report = imported(people(*rows, header="phone,email"))
    assert report.remedies == {"mail": 3, "checkout": 1}
    assert asking_lists.count_to_ask(store, run()) == {Remedy.MAIL: 3, Remedy.CHECKOUT: 1}
    join(store, club)
    imported(people("0612345679", header="phone", name="stop.csv"), is_opt_outs=True)
    first = models.ImportRun.objects.order_by("pk").first()
    assert asking_lists.count_to_ask(store, first) == {Remedy.MAIL: 1, Remedy.CHECKOUT: 1}
    told = list(asking_lists.lines(store, first, Remedy.MAIL))
    assert told == ["phone,email,name,language\r\n", "+31612345671,c@example.org,,nl\r\n"]


@pytest.mark.parametrize(
    ("number", "way"),
    [("0612345678", "text"), ("+4520123456", "mail")],
    ids=["no law bars it", "Denmark bars it"],
)
def test_a_text_asks_only_where_the_program_and_the_law_let_it(store, club, people, imported, number, way):
    from dataclasses import replace

    from yesword.collect.imports.remedies import Remedies

    report = imported(people(f"{number},a@example.org", header="phone,email"))
    assert report.remedies == {"mail": 1}, "the program does not allow it"
    country = "DK" if number.startswith("+45") else "NL"
    assert Remedies(replace(club, may_invite=True)).for_person(country, has_mail=True) == way


# --- undone ---------------------------------------------------------------------------------------------------


def test_what_an_import_granted_ends_by_an_event_and_the_rest_stays(store, club, people, imported):
    bo, out = BACKED.replace("0612345678", "0612345679"), OUT.replace("0612345678", "0612345670")
    imported(people(BACKED, bo, CLAIMED.replace("0612345678", "0612345671"), out))
    join(store, club, at=NOW + timedelta(hours=1))
    would = undoing.undo(store, run().pk, "wrong file", LATER, is_dry_run=True)
    assert run().state == "done"
    done = undoing.undo(store, run().pk, "wrong file", LATER)
    assert done == would == undoing.Undone(taken_back=1, acted=1, claims=1)
    assert state(store, club).grant_for(club.id) is not None, "Anna has joined herself since"
    assert state(store, club, "+31612345679").grants == ()
    granted, ended = events(store, club, "+31612345679")[0]
    assert (ended.kind, ended.actor, ended.answers, ended.reason) == (
        EventKind.EXPIRED, Actor.AGENT, granted.id, "wrong file",
    )  # fmt: skip
    assert outcomes(imported(people(out, name="o.csv"))) == {"already_stopped": 1}, "its opt-outs stay"
    assert run().state == "done"
    undone = models.ImportRun.objects.order_by("pk").first()
    assert (undone.state, undone.report["undone"]["taken_back"]) == ("undone", 1)
    [trace] = models.AuditEntry.objects.filter(action="import.undo")
    assert trace.detail["taken_back"] == 1


def test_an_import_that_was_undone_can_be_done_anew(store, club, people, imported):
    file = people(BACKED)
    imported(file)
    undoing.undo(store, run().pk, "wrong wording", LATER)
    assert outcomes(imported(file, at=LATER)) == {"updated": 1}
    assert state(store, club).grant_for(club.id) is not None


@pytest.mark.parametrize("why", ["a day has passed", "once before", "no reason", "no such import"])
def test_what_cannot_be_undone_says_so_and_changes_nothing(store, club, people, imported, why):
    imported(people(BACKED))
    number, reason, at = run().pk, "wrong", LATER
    if why == "a day has passed":
        at = NOW + timedelta(days=1, minutes=1)
    elif why == "once before":
        undoing.undo(store, number, "wrong", LATER)
    elif why == "no reason":
        reason = " "
    else:
        number = 4711
    before = len(events(store, club)[0])
    with pytest.raises(undoing.CannotUndoError):
        undoing.undo(store, number, reason, at)
    assert len(events(store, club)[0]) == before


def test_who_is_erased_is_in_no_import_any_more(store, club, people, imported):
    from yesword.privacy import erasing
    from yesword.privacy.erasing import REQUESTED, Wish

    imported(people(BACKED))
    erasing.erase(store, person(store, club).id, Wish(ground=REQUESTED), LATER)
    assert imported_people(run().pk) == 0
    assert ANNA not in "".join(asking_lists.lines(store, run(), Remedy.CHECKOUT))
