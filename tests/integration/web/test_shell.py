"""The console's shell: who gets in, what the browser is told, how the parts read."""

import io
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation

from factories.full_disk import full_disk
from yesword.accounts.owner import (
    LINK_LIFE,
    OwnerExistsError,
    OwnerLinkError,
    create_owner,
    is_owner_link,
    make_owner_link,
)
from yesword.accounts.signin import TRIES_A_NAME, shortened_address
from yesword.store import models
from yesword.store.models import User
from yesword.web import catalogs, context, formats, languages, states, urls
from yesword.web.console import style
from yesword.web.environment import BadPublicUrlError, read_environment
from yesword.web.logs import mask

PASSWORD = "a sentence that Olga says"
AT = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)


@pytest.fixture
def database(sqlite_store):
    cache.clear()
    return sqlite_store


@pytest.fixture
def olga(database):
    return User.objects.create_user("olga", PASSWORD, display_name="Olga de Wit", role=User.Role.OWNER)


@pytest.fixture
def visitor(database):
    return browser()


@pytest.fixture
def console(olga):
    client = browser()
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def data(database):
    return database.folder


@pytest.fixture
def style_url():
    """The style page is there in debug only; here its route is added to ours."""
    routes = ModuleType("routes_with_style")
    routes.urlpatterns = [*urls.urlpatterns, path("style", style.style_page, name="style")]
    with override_settings(ROOT_URLCONF=routes):
        yield "/style"


class Page(HTMLParser):
    """What a strict policy and a screen reader would trip over."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.foreign: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "style" or (tag == "script" and "src" not in given) or "style" in given:
            self.inline.append(self.get_starttag_text())
        self.inline += [name for name in given if name.startswith(("on", "hx-on"))]
        # A link that somebody follows is no request of the page's; it may not tell where they come from, though.
        is_link = tag == "a" and "noreferrer" in (given.get("rel") or "").split()
        self.foreign += [
            value
            for name, value in attrs
            if name in {"src", "href", "action"} and value and re.match(r"(\w+:)?//", value) and not is_link
        ]


def browser(**more):
    return Client(SERVER_NAME="localhost", **more)


def sign_in(client, name="olga", password=PASSWORD, **more):
    return client.post("/sign-in", {"name": name, "password": password, **more})


# Getting in


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_the_page(visitor, olga):
    answer = visitor.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/"
    assert sign_in(visitor, next="/?after=1")["Location"] == "/?after=1"
    assert "Good to see you, Olga de Wit" in visitor.get("/").content.decode()


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example", ""],
    ids=["another site", "another site by scheme-less address", "script", "backslash", "nothing"],
)
def test_signing_in_never_leads_off_the_site(visitor, olga, target):
    assert sign_in(visitor, next=target)["Location"] == "/"


def test_a_wrong_password_is_said_and_the_name_is_kept(visitor, olga):
    answer = sign_in(visitor, password="wrong")
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert 'value="olga"' in answer.content.decode()
    assert "wrong" not in answer.content.decode()


def test_guessing_is_braked_for_the_guesser_and_not_for_the_owner(visitor, olga):
    for _try in range(TRIES_A_NAME):
        assert sign_in(visitor, password="wrong").status_code == 422
    assert sign_in(visitor).status_code == 429, "even the right password waits now"
    elsewhere = browser(REMOTE_ADDR="203.0.113.9")
    assert sign_in(elsewhere).status_code == 302, "the owner signs in from another network"


def test_signing_in_right_forgets_the_failures_before(visitor, olga):
    for _round in range(2):
        for _try in range(TRIES_A_NAME - 1):
            sign_in(visitor, password="wrong")
        assert sign_in(visitor).status_code == 302
        visitor.logout()


@pytest.mark.parametrize(
    ("address", "kept"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::5", "2001:db8:1:2::/64"), ("", ""), ("unix:", "")],
    ids=["IPv4", "IPv6", "none", "a socket"],
)
def test_an_address_is_shortened_before_it_counts(address, kept):
    assert shortened_address(address) == kept


def test_signing_out_takes_a_form_and_ends_the_session(console):
    assert console.get("/sign-out").status_code == 405
    assert console.post("/sign-out")["Location"] == "/sign-in"
    assert console.get("/").status_code == 302


def test_somebody_switched_off_cannot_sign_in(visitor, olga):
    User.objects.filter(pk=olga.pk).update(is_active=False)
    assert sign_in(visitor).status_code == 422


# The owner's link


def test_the_link_makes_the_owner_once(visitor, data):
    page = f"/welcome/{make_owner_link(data)}"
    assert visitor.get(page).status_code == 200
    wanted = {"display_name": "Olga de Wit", "name": "olga", "password": PASSWORD}
    assert visitor.post(page, wanted)["Location"] == "/"
    assert visitor.get("/").status_code == 200, "she is signed in already"
    assert User.objects.get().role == User.Role.OWNER
    again = browser().post(page, {**wanted, "name": "mallory"})
    assert again.status_code == 410
    assert "has an owner already" in again.content.decode()
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_and_the_names_are_kept(visitor, data):
    page = f"/welcome/{make_owner_link(data)}"
    answer = visitor.post(page, {"display_name": "Olga", "name": "olga", "password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.content.decode()
    assert 'value="olga"' in answer.content.decode()
    assert visitor.get(page).status_code == 200, "the link is not used up"


@pytest.mark.parametrize("name", ["olga@example.org", "olga de wit"], ids=["an address", "with spaces"])
def test_a_name_to_sign_in_with_is_no_address(visitor, data, name):
    page = f"/welcome/{make_owner_link(data)}"
    answer = visitor.post(page, {"display_name": "Olga", "name": name, "password": PASSWORD})
    assert answer.status_code == 422
    assert not User.objects.exists()


def test_a_wrong_link_opens_nothing(visitor, data):
    assert visitor.get("/welcome/anything").status_code == 410
    make_owner_link(data)
    assert visitor.get("/welcome/anything").status_code == 410


def test_a_link_lasts_a_day_and_a_newer_one_replaces_it(tmp_path):
    first = make_owner_link(tmp_path, at=AT)
    assert is_owner_link(tmp_path, first, at=AT + LINK_LIFE - timedelta(seconds=1))
    assert not is_owner_link(tmp_path, first, at=AT + LINK_LIFE)
    second = make_owner_link(tmp_path, at=AT)
    assert not is_owner_link(tmp_path, first, at=AT)
    assert is_owner_link(tmp_path, second, at=AT)


def test_the_kept_link_is_a_digest_that_only_the_server_reads(tmp_path):
    token = make_owner_link(tmp_path)
    kept = tmp_path / "keys" / "owner-link"
    assert token not in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(token) >= 22, "128 bits"


def test_of_two_who_use_the_link_at_once_one_becomes_owner(database, tmp_path, monkeypatch):
    token = make_owner_link(tmp_path)
    create_owner(tmp_path, token, name="olga", password=PASSWORD)
    # The second looked before the first was done: it saw no owner and a good link.
    monkeypatch.setattr("yesword.accounts.owner.owner_exists", lambda: False)
    monkeypatch.setattr("yesword.accounts.owner.is_owner_link", lambda *_args, **_more: True)
    with pytest.raises(OwnerLinkError):
        create_owner(tmp_path, token, name="mallory", password=PASSWORD)
    assert list(User.objects.values_list("name", flat=True)) == ["olga"]


def test_an_owner_is_made_only_where_there_is_none(olga, tmp_path):
    with pytest.raises(OwnerExistsError):
        create_owner(tmp_path, make_owner_link(tmp_path), name="second", password=PASSWORD)


# What the browser is told


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/welcome/x"])
def test_every_answer_says_what_it_may_load_and_that_it_is_not_kept(visitor, data, address):
    answer = visitor.get(address)
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor, olga):
    cookie = sign_in(visitor).cookies["yesword-session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("language", languages.CODES)
def test_pages_hold_nothing_inline_nothing_foreign_and_no_id_twice(console, style_url, language):
    for address in (style_url, "/", "/nowhere"):
        page = Page(console.get(address, HTTP_ACCEPT_LANGUAGE=language).content.decode())
        assert page.inline == []
        assert page.foreign == []
        assert len(page.ids) == len(set(page.ids))


def test_an_old_form_says_that_nothing_was_changed(olga):
    answer = sign_in(browser(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "nothing was changed" in answer.content.decode()


def test_a_broken_page_says_that_nothing_recorded_is_lost(console, monkeypatch):
    monkeypatch.setattr(context, "entries", lambda _current: 1 / 0)
    console.raise_request_exception = False
    answer = console.get("/")
    assert answer.status_code == 500
    assert "What was already recorded is safe" in answer.content.decode()


def test_a_page_that_finds_the_disk_full_says_so_and_when_to_come_back(console, monkeypatch):
    def writes(_current, **_more):
        return models.AuditEntry.objects.create(action="x", subject="y", detail={"z": "z" * 200_000})

    monkeypatch.setattr(context, "entries", writes)
    console.raise_request_exception = False
    with full_disk() as disk:
        disk.fill()
        answer = console.get("/")
        disk.make_room()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "The disk of this installation is full" in answer.content.decode()
    assert not models.AuditEntry.objects.filter(action="x").exists()


def test_a_static_address_changes_with_its_content(visitor, database):
    html = visitor.get("/sign-in").content.decode()
    assert re.search(r"/static/yesword/tokens\.css\?v=[0-9a-f]{8}", html)


def in_a_new_process(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import django; django.setup(); {code}"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "yesword.web.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_settings_touch_neither_database_nor_keys(tmp_path):
    folder = tmp_path / "not-yet"
    said = in_a_new_process(
        "from yesword.web.settings import DATABASES; print(DATABASES['default']['NAME'])",
        YESWORD_DATA=str(folder),
    )
    assert said == str(folder / "yesword.sqlite3")
    assert not folder.exists()


def test_behind_https_the_public_host_is_let_in():
    found = read_environment({"YESWORD_PUBLIC_URL": "https://texts.example.org"})
    assert found.is_encrypted
    assert found.origin == "https://texts.example.org"
    assert "texts.example.org" in found.hosts
    with pytest.raises(BadPublicUrlError, match="no address"):
        read_environment({"YESWORD_PUBLIC_URL": "texts.example.org"})


def test_behind_https_cookies_travel_only_encrypted(tmp_path):
    said = in_a_new_process(
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS > 0)",
        YESWORD_PUBLIC_URL="https://texts.example.org",
        YESWORD_DATA=str(tmp_path),
    )
    assert said == "True True __Host-yesword-session True"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("failed for +31612345678", "failed for •••"),
        ("failed for 06-12 34 56 78!", "failed for •••!"),
        ("Gone: /welcome/q0Zk_3-x", "Gone: /welcome/•••"),
        ("mail to olga@example.org bounced", "mail to ••• bounced"),
        ("row 8412 of 8820", "row 8412 of 8820"),
    ],
    ids=["international", "with separators", "one-time link", "address", "small numbers stay"],
)
def test_the_log_holds_no_numbers(said, logged):
    assert mask(said) == logged


# Where one can go


def test_the_navigation_shows_only_what_exists_and_marks_where_one_is(console):
    html = console.get("/").content.decode()
    assert html.count('aria-current="page"') == 2, "once in the side, once in the bar of a telephone"
    known = {entry.url for entry in context.entries("console:home")}
    assert all(f'href="{url}"' in html for url in known)
    assert "/" in known


def test_a_page_within_a_place_marks_that_place():
    places = {place.route: place for place in context.PLACES}
    assert "console:person" in places["console:people"].belongs


def test_the_style_page_is_not_there_in_earnest(console):
    assert console.get("/style").status_code == 404


# Languages


def test_the_page_speaks_the_language_that_was_chosen(visitor, database):
    assert '<html lang="sv"' in visitor.get("/sign-in", HTTP_ACCEPT_LANGUAGE="sv").content.decode()
    visitor.post("/language", {"language": "nl", "next": "/sign-in"})
    html = visitor.get("/sign-in", HTTP_ACCEPT_LANGUAGE="sv").content.decode()
    assert '<html lang="nl"' in html
    assert "Wachtwoord" in html


@pytest.mark.parametrize("language", languages.CODES)
def test_the_committed_catalogue_is_the_compiled_one(language):
    path = catalogs.po_path(language)
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    assert catalogs.as_mo(catalog) == path.with_suffix(".mo").read_bytes()
    assert catalogs.wrong(catalog) == []


def test_the_words_of_templates_are_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<div>\n        {% translate \'One\' %}\n   <b>odd depth</b>\n  {# no #}\n<p title="{% translate "Two" %}">'
        "{% blocktranslate count counter=n with name=x %}{{ name }} text{% plural %}{{ name }} texts{% endblocktranslate %}"
        '{{ y|default:_("Three") }}</p></div>'
    )
    found = {message.id for message in catalogs.extract_all(tmp_path) if message.id}
    assert found == {"One", "Two", "Three", ("%(name)s text", "%(name)s texts")}


def test_a_translation_that_loses_a_placeholder_is_noticed():
    catalog = read_po(
        io.BytesIO(b'msgid "Send to %(to)s"\nmsgstr "Stuur"\n\nmsgid "{a} b"\nmsgstr "b {a}"\n')
    )
    assert catalogs.wrong(catalog) == ["Send to %(to)s"]


@pytest.mark.parametrize("state", states.STATES)
def test_a_state_is_never_colour_alone(state):
    shown = states.chip(state)
    assert str(shown["word"])
    assert (Path(formats.finders.find("yesword/icons.svg")).read_text()).count(f'id="{shown["icon"]}"') == 1


# How values read


@pytest.mark.parametrize(
    ("language", "zone", "reads"),
    [
        ("en", "UTC", "3 March 2026, 13:05 UTC"),
        ("en", "America/New_York", "3 March 2026, 08:05 New York time"),
        ("nl", "Europe/Amsterdam", "3 maart 2026, 14:05 tijd in Amsterdam"),
        ("de", "Europe/Berlin", "3. März 2026, 14:05 Zeit in Berlin"),
        ("da", "Europe/Copenhagen", "3. marts 2026, 14:05 tid i Copenhagen"),
        ("sv", "Europe/Stockholm", "3 mars 2026, 14:05 tid i Stockholm"),
    ],
)
def test_a_time_says_whose_it_is(language, zone, reads):
    with translation.override(language):
        assert re.sub(r"<[^>]+>", "", formats.moment(AT, zone)) == reads


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+31612345678", "+31 ••••••678"), ("+4521304050", "+45 •••••050"), ("+9990", "•••"), ("", "")],
    ids=["Dutch", "Danish", "no such country", "none"],
)
def test_a_number_is_masked(number, shown):
    assert formats.masked(number).replace("• ", "•") == shown


@pytest.mark.parametrize(
    ("language", "reads"),
    [("en", "8,412"), ("nl", "8.412"), ("de", "8.412"), ("da", "8.412"), ("sv", "8\xa0412")],
)
def test_a_count_is_grouped_as_its_reader_groups(language, reads):
    with translation.override(language):
        assert formats.count(8412) == reads
        assert formats.plain(8412) == "8412", "an attribute stays a number for the machine"


def test_a_typed_word_is_a_pattern_of_itself():
    assert re.fullmatch(formats.as_pattern("A+B (C)"), "A+B (C)")
    assert not re.fullmatch(formats.as_pattern("A.B"), "AxB")
