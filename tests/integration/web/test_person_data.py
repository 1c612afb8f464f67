"""A person's data in the console: given out, put right, restricted and erased, by those who may, and with a trace."""

import json
import re
from datetime import timedelta

import pytest

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.accounts import rights
from yesword.domain.ids import RequestId, to_text
from yesword.domain.understanding import Right
from yesword.privacy import erasing
from yesword.privacy.erasing import OPERATOR, REQUESTED, StillSendingError
from yesword.proof.sequencer import Sequencer
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.store import erasures
from yesword.store.models import User
from yesword.web.console import person_access, person_erasing, person_rectifying, person_restricting

NAME = "Anna Öberg"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        on_the_clock_of(
            opened, monkeypatch, person_access, person_erasing, person_rectifying, person_restricting
        )
        opened.strangers([ANNA], name=NAME)
        opened.join()
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def url_of(here):
    return f"/people/{to_text('con', here.contact().id)}"


def asks(here, right):
    here.text(ANNA, {"erasure": "delete my data please", "access": "what data do you have on me?"}[right])
    with here.store.database.read() as session:
        (found,) = [
            each
            for each in privacy_requests.of_contact(here.store, session, here.contact().id)
            if each.right is Right(right)
        ]
    return found


def request_now(here, asked):
    with here.store.database.read() as session:
        return privacy_requests.read(here.store, session, RequestId(asked.id))


# Access


def test_what_is_held_comes_as_json_for_programs(here, console):
    answer = console.post(f"{url_of(here)}/data", {"form": "json", "second_proof": "yes"})
    held = json.loads(answer.content)
    assert (held["identity"]["number"], held["identity"]["name"]) == (ANNA, NAME)
    assert answer["Content-Type"] == "application/json"
    assert re.fullmatch(r'attachment; filename="data-con_\w+\.json"', answer["Content-Disposition"])
    assert trail("privacy.accessed") == [(to_text("con", here.contact().id), "owner")]


def test_and_as_a_page_to_read_in_the_persons_language(here, console):
    console.post(f"{url_of(here)}/rectify", {"name": NAME, "language": "nl"})
    answer = console.post(f"{url_of(here)}/data", {"form": "page"}, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert '<html lang="nl">' in page
    assert ANNA in page
    assert answer["Cache-Control"] == "private, no-store"


def test_a_name_is_put_right_without_what_reorders_it(here, console):
    console.post(f"{url_of(here)}/rectify", {"name": "Anna \u202eettiW\u202c", "language": "nl"})
    assert here.contact().name == "Anna ettiW"


def test_without_a_second_proof_the_name_stays_out_and_so_does_what_is_older(here, console):
    here.wait(days=3)
    held = json.loads(console.post(f"{url_of(here)}/data", {"form": "json"}).content)
    assert held["identity"]["name"] == ""
    assert held["received"] == []


def test_a_text_that_asks_shows_who_had_the_number_when_it_came(here, console):
    asks(here, "access")
    here.wait(days=3)
    held = json.loads(console.post(f"{url_of(here)}/data", {"form": "json"}).content)
    assert [each["text"] for each in held["received"]] == ["what data do you have on me?"]


def test_giving_out_numbers_takes_a_right_of_its_own(here):
    manager = signed_in(User.Role.MANAGER)
    assert "To download what is held takes a right of its own" in words(manager.get(url_of(here)))
    assert manager.post(f"{url_of(here)}/data", {"form": "json"}).status_code == 403
    assert trail("privacy.accessed") == []
    rights.give("manager", rights.Right.NUMBERS)
    assert manager.post(f"{url_of(here)}/data", {"form": "json"}).status_code == 200


def test_there_are_two_forms_and_no_third(here, console):
    assert console.post(f"{url_of(here)}/data", {"form": "xml"}).status_code == 404


@pytest.mark.parametrize("verb", ["data", "rectify", "restrict", "restrict/lift", "erase"])
def test_a_viewer_does_none_of_it_and_sees_that(here, verb):
    viewer = signed_in(User.Role.VIEWER)
    assert viewer.post(f"{url_of(here)}/{verb}", {"form": "json", "reason": "x"}).status_code == 403
    page = viewer.get(url_of(here)).content.decode()
    assert "Owners and managers may give out, correct, restrict and erase" in page
    assert f"/{verb}" not in page[page.index('id="data"') :]


# Rectification


def test_a_name_and_a_language_are_put_right(here, console):
    answer = console.post(f"{url_of(here)}/rectify", {"name": "Anna Berg", "language": "sv"}, follow=True)
    assert "It is put right." in words(answer)
    person = here.contact()
    assert (person.name, person.language) == ("Anna Berg", "sv")
    assert trail("privacy.rectified") == [(to_text("con", person.id), "owner")]


def test_what_says_so_already_is_no_change(here, console):
    answer = console.post(f"{url_of(here)}/rectify", {"name": NAME, "language": "en"}, follow=True)
    assert "it says so already" in words(answer)
    assert trail("privacy.rectified") == []


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"name": "A" * 501, "language": "en"}, id="a name as long as a letter"),
        pytest.param({"name": "Ann", "language": "tlh"}, id="a language that nothing is written in"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(here, console, typed):
    answer = console.post(f"{url_of(here)}/rectify", typed)
    assert answer.status_code == 422
    assert typed["name"] in answer.content.decode()
    assert here.contact().name == NAME


# Restriction


def test_a_restriction_keeps_all_and_cancels_what_waits(here, console):
    here.plan(here.contact().id, due_at=here.at + timedelta(days=1))
    answer = console.post(f"{url_of(here)}/restrict", {"reason": "they dispute it"}, follow=True)
    assert "1 text that waited was cancelled" in words(answer)
    assert "Everything is kept and nothing is used" in words(answer)
    assert here.contact().restricted_since == here.at
    assert trail("privacy.restricted") == [(to_text("con", here.contact().id), "owner")]


def test_and_is_lifted_when_the_person_was_told(here, console):
    console.post(f"{url_of(here)}/restrict", {"reason": "they dispute it"})
    answer = console.post(
        f"{url_of(here)}/restrict/lift", {"reason": "settled", "was_told": "yes"}, follow=True
    )
    assert "The restriction is lifted." in words(answer)
    assert here.contact().restricted_since is None


def test_but_not_before_and_what_was_typed_stays(here, console):
    console.post(f"{url_of(here)}/restrict", {"reason": "they dispute it"})
    answer = console.post(f"{url_of(here)}/restrict/lift", {"reason": "settled with them"})
    assert answer.status_code == 422
    assert "Tell the person first" in words(answer)
    assert "settled with them" in words(answer)
    assert here.contact().restricted_since is not None


def test_a_restriction_has_a_reason(here, console):
    answer = console.post(f"{url_of(here)}/restrict", {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why." in words(answer)
    assert here.contact().restricted_since is None


def test_twice_is_once(here, console):
    for _ in range(2):
        answer = console.post(f"{url_of(here)}/restrict", {"reason": "they dispute it"}, follow=True)
    assert "it was so already" in words(answer)
    assert len(trail("privacy.restricted")) == 1


# Erasure


def erase(client, here, typed="78", **more):
    return client.post(f"{url_of(here)}/erase", {"typed": typed}, **more)


def until(here):
    """As the law has it for this person and brand; which one that is, is tested elsewhere."""
    found = erasing.plan(here.store, here.contact().id, here.at).retention
    assert found.is_kept
    return f"{found.erase_at.day} {found.erase_at:%B %Y}", found.citation


def row_of(here, contact):
    with here.store.database.read() as session:
        return erasures.read(session, contact)


def test_first_it_says_what_goes_what_stays_until_when_and_why(here, console):
    said = words(console.get(f"{url_of(here)}/erase"))
    day, citation = until(here)
    for each in (
        f"Erase {NAME}?",
        "Goes now",
        "The texts to and fro",
        f"Kept until {day}",
        "The number and the name",
        citation,
        "Stays for good",
        "A trace that lets the stop hold, and cannot be read",
        "This cannot be undone",
        "Type 78 to go on",
    ):
        assert each in said, each
    assert ANNA not in said
    assert row_of(here, here.contact().id) is None


@pytest.mark.parametrize(
    "typed",
    [pytest.param("", id="nothing"), pytest.param("79", id="somebody else's digits"), "erase", "5678"],
)
def test_without_the_right_digits_nobody_is_erased(here, console, typed):
    answer = erase(console, here, typed)
    assert answer.status_code == 422
    assert "Type 78 to erase this person" in words(answer)
    assert row_of(here, here.contact().id) is None
    assert trail("privacy.erase") == []


def test_then_it_is_done_and_the_page_says_so_plainly(here, console):
    anna, url, (day, citation) = here.contact().id, url_of(here), until(here)
    said = words(erase(console, here, follow=True))
    for each in (
        f"Erased, but for the proof, which is locked away until {day}.",
        "Erased person",
        f"Their record with its evidence, until {day}",
        citation,
        "A trace of their number that cannot be read",
        "The brand erased them",
    ):
        assert each in said, each
    assert NAME not in said
    assert "•" not in said, "not even masked: the number is locked away"
    row = row_of(here, anna)
    assert (row.stage, row.ground, row.asked_by) == (erasures.HELD, OPERATOR, User.objects.get().pk)
    assert trail("privacy.erase") == [(to_text("con", anna), "owner")]
    for closed in ("number", "receipt/club", "data", "restrict"):
        assert console.post(f"{url}/{closed}", {"form": "json", "reason": "x"}).status_code == 404, closed


def test_the_page_says_whether_its_places_in_the_log_are_published(here, console):
    anna = to_text("con", here.contact().id)
    erase(console, here)
    assert "still on their way into the log" in words(console.get(f"/people/{anna}"))
    Sequencer(store=here.store, clock=lambda: here.at).round()
    said = words(console.get(f"/people/{anna}"))
    assert "entries stand in the log and say nothing about anybody" in said
    assert said.count("In the ledger") == 4  # asked, confirmed, withdrawn, erased


def test_a_wish_that_stands_is_the_ground_and_is_met_by_it(here, console):
    asked = asks(here, "erasure")
    anna = here.contact().id
    assert "They have asked for it." in words(console.get(f"{url_of(here)}/erase"))
    assert "They asked for it." in words(erase(console, here, follow=True))
    assert row_of(here, anna).ground == REQUESTED
    assert request_now(here, asked).state is State.DONE


def test_whoever_still_waits_to_see_their_data_is_told_of_before(here, console):
    asked = asks(here, "access")
    assert "Give it to them first" in words(console.get(f"{url_of(here)}/erase"))
    said = words(erase(console, here, follow=True))
    assert "They want to see what you know about them." in said
    assert request_now(here, asked).state is State.OPEN
    assert row_of(here, asked.contact).ground == OPERATOR
    url = f"/people/{to_text('con', asked.contact)}/requests/{to_text('prq', asked.id)}/close"
    assert "The request is closed." in words(console.post(url, {"note": "too late"}, follow=True))
    assert request_now(here, asked).state is State.DONE


def test_a_text_that_is_still_being_handed_over_lets_the_rest_wait_and_then_go_on(here, console, monkeypatch):
    anna, asked = here.contact().id, asks(here, "erasure")
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "drain", lambda *_more: False)
        said = words(erase(console, here, follow=True))
    assert "One text is still being handed over" in said
    assert "They are being erased." in said
    assert here.state(anna).withdrawal_for(None) is not None
    assert request_now(here, asked).state is State.OPEN
    said = words(console.post(f"/people/{to_text('con', anna)}/erase", follow=True))
    assert "Erased person" in said
    assert row_of(here, anna).stage == erasures.HELD
    assert request_now(here, asked).state is State.DONE


def test_one_that_broke_off_before_the_key_was_gone_goes_on_from_its_page(here, console, monkeypatch):
    anna = here.contact().id

    def dies(*_more):
        raise StillSendingError

    with monkeypatch.context() as patched:
        patched.setattr(type(here.store.vault), "destroy", dies)
        erase(console, here)
    assert row_of(here, anna).stage == erasures.WIPED
    said = words(console.get(f"/people/{to_text('con', anna)}"))
    assert "The erasure has not come to its end." in said
    assert console.get("/people").status_code == 200, "nobody else's page breaks with theirs"
    assert "Erased, but for the proof" in words(
        console.post(f"/people/{to_text('con', anna)}/erase", follow=True)
    )
    assert row_of(here, anna).stage == erasures.HELD


def test_whoever_is_erased_is_not_erased_again(here, console):
    url = url_of(here)
    erase(console, here)
    assert console.get(f"{url}/erase").status_code == 302
    assert "Erased person" in words(console.post(f"{url}/erase", {"typed": "78"}, follow=True))
    assert len(trail("privacy.erase")) == 1
