"""Numbers that nobody has and providers' opt-outs, in the console: masked, by right, and mended with one press."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.channels.errors import CarrierError
from yesword.channels.ports import Outcome, OutcomeStatus
from yesword.sending import handing
from yesword.store.models import Brand, User
from yesword.web.console import dead_numbers as dead_page
from yesword.web.console import opt_outs as page_of

BEN = "+31687654321"
STRANGER = "+31687654399"
URL = "/connections/accounts/simulated/opt-outs"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        opened.members(2, numbers=[ANNA, BEN])
        opened.wait(hours=1)
        on_the_clock_of(opened, monkeypatch, page_of, dead_page)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


@pytest.fixture
def url(here):
    return f"/connections/accounts/{here.account.key}/opt-outs"


def brought(text):
    return {"file": SimpleUploadedFile("list.csv", text.encode()), "country": "NL"}


def refuse(here):
    here.plan(here.contact().id)
    for taken in here.claim_all():
        outcomes = [
            Outcome(
                message_id=each.judged.queued.id,
                attempt_id=each.attempt,
                status=OutcomeStatus.REFUSED,
                meaning=CarrierError.UNKNOWN_SUBSCRIBER,
            )
            for each in taken.claimed
        ]
        handing.record(here.store, taken, outcomes, here.at)


def is_in(here, number):
    return here.state(number).grant_for(here.club.id) is not None


def test_a_list_is_brought_compared_and_recorded_with_one_press(here, console, url):
    here.text(BEN, "STOP")
    assert "Not compared yet" in words(console.get(url))
    assert "Not compared yet." in words(console.get("/connections"))
    answer = console.post(
        f"{url}/file", brought(f"to,from,created_at\n{ANNA},,\n{STRANGER},,\nno number,,\n"), follow=True
    )
    told = words(answer)
    assert "2 numbers stand in their list." in told
    assert "1 line could not be read." in told
    assert "And 1 number that nobody here has." in told
    assert ANNA not in answer.content.decode()
    assert BEN not in answer.content.decode()
    assert is_in(here, ANNA)
    assert "3 numbers differ." in words(console.get("/connections"))
    done = words(console.post(f"{url}/record", follow=True))
    assert "1 stop was recorded. 1 number that nobody here has is kept out from now on." in done
    assert not is_in(here, ANNA)
    assert trail("opt_outs.recorded") == [(f"account {here.account.pk}", "owner")]


def test_the_list_for_the_provider_has_numbers_and_takes_the_right(here, console, url):
    here.text(BEN, "STOP")
    console.post(f"{url}/file", brought(f"{STRANGER}\n"))
    answer = console.post(f"{url}.csv")
    assert [row[0] for row in csv.reader(io.StringIO(answer.content.decode()))] == ["number", BEN]
    assert trail("opt_outs.taken_out") == [(f"account {here.account.pk}", "owner")]
    manager = signed_in(User.Role.MANAGER)
    assert manager.post(f"{url}.csv").status_code == 403
    viewer = signed_in(User.Role.VIEWER)
    assert viewer.post(f"{url}/record").status_code == 403
    assert viewer.post(f"{url}/file", brought(f"{ANNA}\n")).status_code == 403
    assert "Owners and managers act on them." in words(viewer.get(url))


def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(console, url, here):
    answer = console.post(f"{url}/file", brought("colour,size\nred,4\n"))
    assert answer.status_code == 422
    assert console.post(f"{url}/file", {"country": "NL"}).status_code == 422
    assert "hands over no list" in words(console.post(f"{url}/pull", follow=True))
    assert list(here.store.run.glob("opt-outs-*")) == [], "no list is left behind"


def test_a_dead_number_is_told_on_the_persons_page_and_in_a_list(here, console):
    assert "No such number" in words(console.get("/people/numbers"))
    refuse(here)
    told = words(console.get("/people/numbers"))
    assert "Nobody has this number" in told
    assert "Noted" in told
    person = words(console.get(f"/people/{_name(here)}"))
    assert "On 1 day a carrier said: Nobody has this number." in person
    assert "Consent ends when it was said on 3 different days." in person
    for _ in range(2):
        here.wait(days=1)
        refuse(here)
    assert "Consent ended" in words(console.get("/people/numbers"))
    person = words(console.get(f"/people/{_name(here)}"))
    assert "Carriers say that nobody has this number, so nothing may be texted to it." in person
    assert "Carriers said on several days that nobody has the number" in person


def test_the_limit_is_kept_by_those_who_may(here, console):
    assert "Consent never ends by it." in words(
        console.post("/people/numbers/limit", {"days": "0"}, follow=True)
    )
    assert Brand.objects.get(pk=here.club.brand).gone_after == 0
    assert trail("dead_numbers.limit") == [(f"brand {here.club.brand}", "owner")]
    assert console.post("/people/numbers/limit", {"days": "999"}).status_code == 404
    assert signed_in(User.Role.VIEWER).post("/people/numbers/limit", {"days": "1"}).status_code == 403


def _name(here):
    from yesword.domain.ids import to_text

    return to_text("con", here.contact().id)
