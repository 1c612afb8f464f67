"""A19: the brand's own page in place of ours. The link brings a signed token there; the page hands it back."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from factories.leaving_links import texted
from factories.worlds import ANNA
from yesword.cli import group
from yesword.domain import leave_tokens
from yesword.domain.leave_tokens import BadTokenError
from yesword.sending import own_pages
from yesword.sending.own_pages import BadLeavePageError
from yesword.store import leave_answers, models

PAGE = "https://shop.example/stop?from=text"


def yesword(here, *arguments, code=0):
    folder = os.fspath(here.store.folder)
    result = CliRunner().invoke(group, ["leave", *arguments, "--data", folder])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def path(here):
    here.members(1, numbers=[ANNA])
    here.grant([here.contact().id], here.events)
    return texted(here)


@pytest.fixture
def key(here, path):
    said = yesword(here, "own-page", "demo", PAGE)
    (line,) = [each.strip() for each in said.splitlines() if each.startswith("  ")]
    return bytes.fromhex(line)


def token(web, path):
    answer = web.get(path)
    assert answer.status_code == 302
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    address = urlsplit(answer.headers["Location"])
    assert (address.netloc, address.path) == ("shop.example", "/stop")
    query = parse_qs(address.query)
    assert query["from"] == ["text"]
    return query["t"][0]


def tell(web, body):
    return web.post("/api/leave", json.dumps(body), content_type="application/json")


def is_in(here, program=None):
    return here.state().grant_for((program or here.club).id) is not None


def test_a_link_leads_to_the_brands_page_with_a_token_that_its_key_checks(here, web, path, key):
    given = leave_tokens.read(token(web, path), key, datetime.now(UTC))
    assert (given.brand, given.program, given.language) == ("demo", "club", "en")
    assert is_in(here), "to be led there ends nothing"


def test_the_token_holds_no_number(web, path, key):
    body = token(web, path).partition(".")[0]
    said = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    assert "678" not in json.loads(said)["brand"]
    assert ANNA[-7:] not in said


def test_the_page_hands_it_back_and_everything_ends(here, web, path, key):
    answer = tell(web, {"token": token(web, path), "reason": "too_often", "words": "enough"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["ended"], said["is_new"]) == ("brand", True)
    assert not is_in(here)
    assert not is_in(here, here.events)
    from yesword.reporting.people import read_events

    record = read_events(here.store, here.contact())[0]
    assert (record.event.route, record.context["door"]) == ("link", "own_page")
    with here.store.database.read() as session:
        (found,) = leave_answers.of_contact(here.store, session, here.contact().id)
    assert (found.reason.value, found.words) == ("too_often", "enough")
    again = tell(web, {"token": token(web, path)})
    assert (again.status_code, again.json()["is_new"]) == (200, False)


def test_of_endless_words_the_beginning_is_kept_and_the_stop_stands(here, web, path, key):
    answer = tell(web, {"token": token(web, path), "words": "enough " * 6000})
    assert answer.status_code == 200
    assert not is_in(here)
    with here.store.database.read() as session:
        (found,) = leave_answers.of_contact(here.store, session, here.contact().id)
    assert found.words == ("enough " * 6000)[: leave_answers.MOST_WORDS]


@pytest.mark.parametrize(
    "said",
    [pytest.param({"program_only": True}, id="as ever"), pytest.param({"scope": "program"}, id="by scope")],
)
def test_the_page_may_end_one_program(here, web, path, key, said):
    answer = tell(web, {"token": token(web, path), **said})
    assert answer.json()["ended"] == "program"
    assert (is_in(here), is_in(here, here.events)) == (False, True)


def test_a_scope_that_nobody_knows_ends_nothing(here, web, path, key):
    answer = tell(web, {"token": token(web, path), "scope": "everything"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_leave_scope")
    assert is_in(here)
    assert tell(web, {"token": token(web, path), "scope": "brand"}).json()["ended"] == "brand"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no token"),
        pytest.param({"token": "x.y"}, id="no token of ours"),
        pytest.param([], id="no object"),
        pytest.param({"token": ["a"]}, id="a list"),
    ],
)
def test_what_is_no_token_changes_nothing(here, web, path, key, body):
    answer = tell(web, body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert is_in(here)


def test_an_altered_token_changes_nothing(here, web, path, key):
    body, _, mac = token(web, path).partition(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said["program"] = "events"
    forged = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    assert tell(web, {"token": f"{forged}.{mac}"}).status_code == 400
    assert tell(web, {"token": f"{body}.{mac[:-1]}"}).status_code == 400
    assert is_in(here)


def test_a_token_counts_for_a_day(web, path, key):
    given = token(web, path)
    at = datetime.now(UTC)
    leave_tokens.read(given, key, at + timedelta(hours=23))
    with pytest.raises(BadTokenError):
        leave_tokens.read(given, key, at + timedelta(hours=25))


def test_another_key_ends_the_tokens_of_the_old_one(here, web, path, key):
    old = token(web, path)
    said = yesword(here, "key", "demo")
    assert key.hex() not in said
    assert tell(web, {"token": old}).status_code == 400
    assert is_in(here)
    assert tell(web, {"token": token(web, path)}).status_code == 200


def test_while_a_text_is_on_its_way_the_page_is_told_to_ask_again(here, web, path, key, monkeypatch):
    from yesword.sending import campaigns
    from yesword.sending.leaving import leave
    from yesword.web.public import leave_api

    here.campaign("[Brand]: 30% off. Reply STOP to stop.")
    while campaigns.feed(here.store, here.at):
        pass
    assert here.claim_all()
    monkeypatch.setattr(leave_api, "leave", lambda *given, **more: leave(*given, **more, patience_s=0.05))
    answer = tell(web, {"token": token(web, path)})
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert answer.headers["Retry-After"] == "3"


def test_one_click_still_ends_it_here(here, web, path, key):
    assert web.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not is_in(here)


def test_a_programs_page_goes_before_the_brands_and_off_is_ours_again(here, web, path, key):
    yesword(here, "own-page", "demo", "https://club.example/bye", "--program", "club")
    assert web.get(path).headers["Location"].startswith("https://club.example/bye?t=")
    assert yesword(here, "own-page", "demo").splitlines() == [
        f"all programs  {PAGE}",
        "club  https://club.example/bye",
    ]
    yesword(here, "own-page", "demo", "--off", "--program", "club")
    assert web.get(path).headers["Location"].startswith("https://shop.example/stop?")
    yesword(here, "own-page", "demo", "--off")
    assert web.get(path).status_code == 200


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "shop.example", "javascript:x", "https://", "https://a/#b"]
)
def test_a_page_that_is_no_safe_address_is_refused(here, url):
    brand = models.Brand.objects.get(key="demo")
    with pytest.raises(BadLeavePageError):
        own_pages.set_page(here.store, brand, None, url)
    assert yesword(here, "own-page", "demo") == ""


def test_the_reasons_are_counted_at_the_command_line(here, web, path, key):
    assert yesword(here, "reasons", "demo") == "Nobody has said why.\n"
    tell(web, {"token": token(web, path), "reason": "competitor"})
    assert "1  competitor" in yesword(here, "reasons", "demo")
    row = json.loads(yesword(here, "reasons", "demo", "--json"))
    assert (row["reason"], row["program"], row["count"]) == ("competitor", "club", 1)
