"""A17: excluding by number in the console: one press, from one program or all, alone or as a list; and who is excluded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.accounts import rights
from yesword.accounts.rights import Right
from yesword.domain.ids import to_text
from yesword.store import models
from yesword.store.models import User
from yesword.web.console import exclusions

BEN = "+31687654321"
EVE = "+31611111111"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        on_the_clock_of(opened, monkeypatch, exclusions)
        opened.members(1, numbers=[ANNA], name="Anna Berg")
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def said(here, **more):
    return {"number": ANNA, "scope": f"brand:{here.club.brand}", "reason": "asked_by_phone", **more}


def is_in(here, program, number=ANNA):
    return here.state(number).grant_for(program.id) is not None


def test_one_press_ends_it_and_says_what_ended(here, console):
    answer = console.post("/exclusions/one", said(here, number="06 12345678"))
    assert answer.status_code == 200
    assert "Ended at Linde & Loom: Club." in words(answer)
    assert not is_in(here, here.club)
    assert ANNA not in answer.content.decode()
    assert trail("number.excluded") == [(to_text("con", here.contact().id), "owner")]
    assert "Nothing changed." in words(console.post("/exclusions/one", said(here)))


def test_only_one_program_where_that_was_asked(here, console):
    here.grant([here.contact().id], here.events)
    console.post("/exclusions/one", said(here, scope=f"program:{here.club.id}"))
    assert (is_in(here, here.club), is_in(here, here.events)) == (False, True)


def test_a_number_that_nobody_has_is_kept_out_and_found_again(here, console):
    answer = console.post("/exclusions/one", said(here, number=BEN, reason="complaint"))
    assert "A scrambled trace keeps it out" in words(answer)
    found = words(console.post("/exclusions/find", {"find": BEN}))
    assert (
        "is excluded. Nobody at Linde & Loom has the number; its trace keeps it out. Why: They complained."
        in found
    )
    assert "They complained 1" in found
    assert "and it is not excluded" in words(console.post("/exclusions/find", {"find": EVE}))
    assert "is not excluded. See this person" in words(console.post("/exclusions/find", {"find": ANNA}))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"number": "06 123"}, "A digit is missing", id="too short"),
        pytest.param({"number": ""}, "Type the number", id="nothing"),
        pytest.param({"reason": "other"}, "Say in your own words why", id="other, without words"),
        pytest.param({"scope": "brand:999"}, "999 is not one of the available choices", id="no such brand"),
    ],
)
def test_what_cannot_be_understood_changes_nothing(here, console, changes, wrong):
    answer = console.post("/exclusions/one", said(here, **changes))
    assert answer.status_code == 422
    assert wrong in words(answer)
    assert is_in(here, here.club)


def test_a_wrong_number_cannot_be_wrong_for_one_program(here, console):
    answer = console.post(
        "/exclusions/one", said(here, scope=f"program:{here.club.id}", reason="wrong_number")
    )
    assert (answer.status_code, is_in(here, here.club)) == (422, True)


def test_a_list_says_of_each_line_what_became_of_it(here, console):
    pasted = f"number;name\n{ANNA};Anna\n\n06 12\n{BEN}\n{ANNA}\n"
    more = {"many-numbers": pasted, "many-scope": f"brand:{here.club.brand}", "many-reason": "asked_by_mail"}
    answer = console.post("/exclusions/many", more)
    table = words(answer).partition("Who is excluded")[0]
    assert [table.count(each) for each in ("Ended at", "scrambled trace keeps", "A digit is missing")] == [
        2,
        1,
        1,
    ]
    assert not is_in(here, here.club)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_file_is_read_as_any_program_saves_it(here, console, encoding):
    more = {"many-scope": f"brand:{here.club.brand}", "many-reason": "asked_by_mail"}
    file = SimpleUploadedFile("list.csv", f"Åsa;{ANNA}\r\n".encode(encoding))
    console.post("/exclusions/many", {**more, "many-file": file})
    assert not is_in(here, here.club)


def test_a_file_that_is_no_text_is_refused_in_words(here, console):
    more = {"many-numbers": ANNA, "many-scope": f"brand:{here.club.brand}", "many-reason": "asked_by_mail"}
    file = SimpleUploadedFile("list.xlsx", b"PK\x03\x04 and so on")
    answer = console.post("/exclusions/many", {**more, "many-file": file})
    assert "This file cannot be read as a list of numbers" in words(answer)
    assert is_in(here, here.club)


def test_a_list_that_is_too_long_is_an_import(here, console, monkeypatch):
    from yesword.web.console import exclusion_forms

    monkeypatch.setattr(exclusion_forms, "MOST_LINES", 1)
    more = {
        "many-numbers": f"{ANNA}\n{BEN}",
        "many-scope": f"brand:{here.club.brand}",
        "many-reason": "complaint",
    }
    answer = console.post("/exclusions/many", more)
    assert (answer.status_code, is_in(here, here.club)) == (422, True)
    assert "Import the list as opt-outs" in words(answer)


def test_a_persons_page_has_the_same_button(here, console):
    page = console.get(f"/people/{to_text('con', here.contact().id)}")
    assert "Exclude this number" in words(page)
    answer = console.post(f"/people/{to_text('con', here.contact().id)}/exclude", said(here), follow=True)
    assert "Ended at Linde & Loom: Club." in answer.content.decode().replace("&amp;", "&")
    assert not is_in(here, here.club)


def test_the_list_is_filtered_and_shows_no_number(here, console):
    console.post("/exclusions/one", said(here, reason="complaint"))
    page = console.get("/exclusions?why=complaint&route=hand&program=club")
    assert "Anna Berg" in words(page)
    assert ANNA not in page.content.decode()
    assert "Nobody so far" in words(console.get("/exclusions?why=wrong_number"))
    assert "Nobody so far" in words(console.get("/exclusions?since=2099-01-01"))
    assert "Anna Berg" in words(console.get(f"/exclusions?until={here.at:%Y-%m-%d}"))
    assert "Anna Berg" in words(console.get("/exclusions?program=nonsense&route=?&since=x&after=y.z"))


def test_a_number_is_shown_to_whoever_asks_and_that_leaves_a_trace(here, console):
    console.post("/exclusions/one", said(here))
    answer = console.post(f"/exclusions/{to_text('con', here.contact().id)}/number?route=hand")
    assert ANNA in words(answer)
    assert trail("number.shown") == [(to_text("con", here.contact().id), "owner")]


def test_the_list_with_numbers_takes_a_right(here, console):
    console.post("/exclusions/one", said(here))
    answer = console.post("/exclusions/taken-out.csv", {"route": "hand"})
    assert ANNA in answer.content.decode()
    assert trail("exclusions.taken_out") == [(f"brand {here.club.brand}", "owner")]
    manager = signed_in(User.Role.MANAGER)
    assert manager.post("/exclusions/taken-out.csv").status_code == 403
    assert "Take this list as CSV" not in words(manager.get("/exclusions"))
    rights.give("manager", Right.NUMBERS)
    assert manager.post("/exclusions/taken-out.csv").status_code == 200


def test_who_only_looks_excludes_nobody(here):
    viewer = signed_in(User.Role.VIEWER)
    assert "Exclude now" not in words(viewer.get("/exclusions"))
    contact = to_text("con", here.contact().id)
    for path in (
        "/exclusions/one",
        "/exclusions/many",
        f"/people/{contact}/exclude",
        f"/exclusions/{contact}/number",
    ):
        assert viewer.post(path, said(here)).status_code == 403
    assert is_in(here, here.club)
    assert Client(SERVER_NAME="localhost").get("/exclusions").status_code == 302


def test_a_second_brand_may_be_excluded_from_in_the_same_press(here, console):
    models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    answer = console.post("/exclusions/one", said(here, scope="all"))
    assert "Ended at Linde & Loom" in words(answer)
    assert "Nobody at Other has this number" in words(answer)
