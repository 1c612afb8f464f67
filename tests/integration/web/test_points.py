"""Building forms in the console: drafted, linted, published in versions, opened and closed, and counted by link."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.consoles import signed_in
from factories.pages import read, words
from factories.points import CONSENT, definition, published, sent
from factories.worlds import ANNA, world
from yesword.collect import points
from yesword.collect.forms import take
from yesword.collect.joining import BREAKER_AFTER
from yesword.domain.collecting.points import Confirming, PointKind, Wording
from yesword.domain.collecting.popups import PopupOptions, Way, write_options
from yesword.domain.collecting.wordings import consent_text, suggested
from yesword.store import models, programs, shown_pages
from yesword.store.models import AuditEntry, User
from yesword.web import point_publishing
from yesword.web.console.point_building import findings
from yesword.web.console.points import pieces


def popup(way):
    return write_options(PopupOptions(form="door", origins=("https://shop.example",), way=way))


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def pictures(monkeypatch):
    """They are made in a thread that may outlive a test; `take_pictures` is tested by itself."""
    begun = []
    monkeypatch.setattr(point_publishing, "begin_pictures", lambda _store, point: begun.append(point.key))
    return begun


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


@pytest.fixture
def viewer(here):
    return signed_in(User.Role.VIEWER)


def fields(here, **changes):
    return {
        "program": str(here.club.id),
        "name": "Shop door",
        "key": "door",
        "confirming": "reverse",
        "speaks_en": "on",
        "title_en": "Join the club",
        "consent_en": suggested(here.club, "en"),
        **changes,
    }


def test_a_new_form_begins_with_the_safest_way_and_a_wording_that_breaks_no_rule(here, manager):
    page = read(manager.get("/collect/new"))
    assert '<option value="reverse" selected>' in page
    assert "Nothing to remark." in words(page)


def test_publishing_makes_a_version_whose_pages_are_kept_and_the_page_is_there(here, manager, pictures):
    assert manager.post("/collect/new", fields(here)).status_code == 302
    point = points.find("door")
    assert point.version == 1
    assert point.definition.wording_in("en").title == "Join the club"
    with here.store.database.read() as session:
        kept = shown_pages.read(session, dict(point.pages)["en"])
    page = kept.body.decode()
    assert html.unescape(re.search(r'id="disclosure"[^>]*>(.*?)</span>', page)[1]) == consent_text(
        point.definition, point.program, "en"
    )
    assert re.findall(r'(?:src|href)="/', page) == []  # it loads nothing
    assert "Join the club" in read(Client(SERVER_NAME="localhost").get("/f/door"))
    assert pictures == ["door"]
    trace = AuditEntry.objects.get(action="point.publish")
    assert trace.user is not None
    assert trace.detail | {"published_at": ""} == {
        "point": "door", "version": 1, "sha256": point.digest, "pages": dict(point.pages), "published_at": "",
    }  # fmt: skip
    assert manager.post("/collect/door/edit", fields(here)).status_code == 302, "what says nothing new"
    assert AuditEntry.objects.filter(action="point.publish").count() == 1


def test_a_draft_changes_nothing_that_people_see(here, manager):
    manager.post("/collect/new", fields(here))
    manager.post("/collect/door/edit", fields(here, title_en="Another", save="1"))
    assert points.find("door").definition.wording_in("en").title == "Join the club"
    assert 'value="Another"' in read(manager.get("/collect/door/edit"))
    assert "Go on with the draft" in words(read(manager.get("/collect/door")))
    manager.post("/collect/door/edit", fields(here, title_en="Another"))
    assert points.find("door").version == 2
    assert models.CollectionPoint.objects.get().draft == {}


def test_a_draft_that_was_never_published_is_nowhere(here, manager):
    manager.post("/collect/new", fields(here, save="1"))
    assert "never published" in words(read(manager.get("/collect/door")))
    assert Client(SERVER_NAME="localhost").get("/f/door").status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param(
            {"key": "Nö!"}, "Write small letters, digits and hyphens only", id="an address with odd letters"
        ),
        pytest.param({"key": "shop_door"}, "Write small letters", id="an address with an underscore"),
        pytest.param({"consent_en": "[Brand"}, "cannot be filled in", id="a bracket that is not closed"),
        pytest.param({"countries": "Holland"}, "two letters", id="a country by its name"),
        pytest.param({"accent": "red"}, "Write # and six digits", id="a colour by its name"),
        pytest.param({"name": ""}, "required", id="without a name"),
    ],
)
def test_what_cannot_be_published_is_said_and_what_was_typed_stays(here, manager, changes, says):
    page = read(manager.post("/collect/new", fields(here, **changes)), 422)
    assert says in words(page)
    assert 'value="Join the club"' in page
    assert not models.CollectionPoint.objects.exists()


def test_a_wording_that_breaks_a_rule_is_published_only_by_who_answers_for_it(here, manager):
    poor = fields(here, consent_en="Yes, text me.")
    page = read(manager.post("/collect/new", poor), 422)
    assert "The wording breaks a rule" in words(page)
    assert manager.post("/collect/new", {**poor, "despite": "en"}).status_code == 302


def test_the_linter_reads_along_while_one_types(here, manager):
    page = read(manager.post("/collect/preview", fields(here, consent_en="Yes, text me.")))
    assert "<html" not in page.split("srcdoc")[0]
    assert "Rule" in words(page)
    assert html.escape("Yes, text me.") in page
    assert read(manager.post("/collect/preview", fields(here))).count("<iframe") == 2
    assert not models.CollectionPoint.objects.exists()


def test_without_a_script_the_preview_comes_by_a_button_and_complains_of_nothing(here, manager):
    page = read(manager.post("/collect/new", fields(here, name="", preview="1")))
    assert "required" not in words(page)
    assert "Join the club" in page


def test_each_version_shows_what_became_of_the_wording(here, manager):
    published(here)
    published(here, wordings=(("en", Wording(consent=CONSENT.replace("offers", "news"))),))
    page = read(manager.get("/collect/door"))
    assert "<del>offers,</del>" in page
    assert "<ins>news,</ins>" in page
    assert "Version 2" in page


def test_a_change_of_words_is_told_word_by_word():
    told = [(each.kind, each.words) for each in pieces("a b c", "a x c d")]
    assert told == [("same", "a"), ("gone", "b"), ("new", "x"), ("same", "c"), ("new", "d")]


def test_a_form_is_closed_and_opened_again(here, manager):
    published(here)
    manager.post("/collect/door/open", {})
    assert Client(SERVER_NAME="localhost").get("/f/door").status_code == 410
    assert "Closed" in words(read(manager.get("/collect/door")))
    manager.post("/collect/door/open", {"open": "yes"})
    assert Client(SERVER_NAME="localhost").get("/f/door").status_code == 200


def test_who_only_looks_sees_and_changes_nothing(here, viewer):
    published(here)
    page = read(viewer.get("/collect/door"))
    assert "Close it" not in words(page)
    for address in ("/collect/new", "/collect/door/edit"):
        assert viewer.get(address).status_code == 403
    for address in ("/collect/door/open", "/collect/door/tags", "/collect/preview", "/collect/new"):
        assert viewer.post(address, fields(here)).status_code == 403


def test_each_place_has_a_link_of_its_own_and_is_counted(here, manager):
    published(here, confirming=Confirming.REVERSE)
    manager.post("/collect/door/tags", {"label": "Poster in the window", "medium": "store"})
    tag = models.SourceTag.objects.get()
    page = read(manager.get("/collect/door"))
    assert f"http://localhost/f/door?s={tag.code}" in page
    point = points.find("door")
    code = take(here.store, sent(point, source=tag.code), datetime.now(UTC)).code
    take(here.store, sent(point, "+31612345679", nonce="two", source=tag.code), datetime.now(UTC))
    here.now[0] = datetime.now(UTC)
    assert here.text(ANNA, code.text) == "granted"
    row = re.search(r"<tr><th[^>]*>Poster.*?</tr>", read(manager.get("/collect/door")), re.DOTALL)[0]
    assert re.findall(r'cell-number"[^>]*>(\d+)<', row) == ["2", "0", "1"]


def test_a_form_that_is_held_back_says_so(here, manager):
    point = published(here)
    assert "texts nobody" not in words(read(manager.get("/collect/door")))
    for number in range(BREAKER_AFTER):
        who = f"+316200000{number:02}"
        take(here.store, sent(point, who, nonce=who), datetime.now(UTC))
    assert "It texts nobody for now" in words(read(manager.get("/collect/door")))


def test_a_card_for_the_table_has_two_sides_with_the_code_and_the_wording(here, manager):
    point = published(here, wordings=(("en", Wording(consent=CONSENT, title="Join us")),))
    page = read(manager.get("/collect/door/tent"))
    assert page.count('class="qr"') == 2
    assert words(page).count(consent_text(point.definition, point.program, "en")) == 2
    assert "localhost/f/door" in page


def test_the_list_names_each_point_with_its_state(here, manager):
    assert "Nobody is asked anywhere yet" in words(read(manager.get("/collect")))
    published(here)
    page = words(read(manager.get("/collect")))
    assert "Shop door Form Club" in page


def test_another_brands_form_is_not_found(here, manager):
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    published(here)
    models.CollectionPoint.objects.update(brand=other)
    assert manager.get("/collect/door").status_code == 404


def test_a_form_whose_sender_cannot_be_answered_asks_by_a_link(here, manager):
    account = models.Account.objects.get()
    sender = models.Sender.objects.create(account=account, address="LINDE", kind="alphanumeric")
    here.club = programs.publish(replace(here.club, sender="LINDE", keywords=()), sender)
    assert manager.post("/collect/new", fields(here)).status_code == 302
    assert points.find("door").definition.confirming is not Confirming.NONE


@pytest.mark.slow
def test_pictures_of_the_page_are_made_once(here, manager):
    pytest.importorskip("playwright")
    manager.post("/collect/new", fields(here))
    point = points.find("door")
    try:
        made = point_publishing.take_pictures(here.store, point, datetime.now(UTC))
    except point_publishing.NoChromiumError:
        pytest.skip("needs Chromium")
    assert made == 2
    assert point_publishing.take_pictures(here.store, point, datetime.now(UTC)) == 0
    page = read(manager.get("/collect/door"))
    (address, _other) = dict.fromkeys(re.findall(r'src="(/collect/door/pictures/[0-9a-f]+)"', page))
    assert manager.get(address)["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("changes", "is_objected_to"),
    [
        pytest.param({"kind": PointKind.FORM}, True, id="a form"),
        pytest.param({"kind": PointKind.KIOSK}, True, id="a tablet"),
        pytest.param({"kind": PointKind.POPUP, "settings": popup(Way.FORM)}, True, id="a pop-up with a box"),
        pytest.param(
            {"kind": PointKind.POPUP, "settings": popup(Way.TEXT)}, False, id="a pop-up to text from"
        ),
        pytest.param({"kind": PointKind.SPOKEN}, False, id="spoken"),
    ],
)
def test_words_for_a_keyword_are_objected_to_where_a_box_is_ticked(here, changes, is_objected_to):
    wording = Wording(consent="Text [Keyword] to [Code] to get offers from [Brand], [Frequency].")
    point = definition(here, wordings=(("en", wording),), **changes)
    found = {each.code for each in findings(point, here.club, "en")}
    assert ("keyword_beside_box" in found) == is_objected_to
