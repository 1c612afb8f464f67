"""Pop-ups in a real browser, on a plain page of another origin whose policy allows nothing but what it has to."""

import base64
import hashlib
import hmac
import json
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from factories.looks import violations, wrong_for, wrong_with
from factories.sites import Site, serving
from factories.sites import page as site_page
from factories.visitors import DESK, PHONE, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOUCH = {"has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def shop(demo):
    """A site whose policy allows nothing else."""
    policy = f"default-src 'none'; script-src {demo[0]}; connect-src {demo[0]}; form-action 'none'; "
    policy += "base-uri 'none'; require-trusted-types-for 'script'; trusted-types yesword"
    with serving(Site(yesword=demo[0], policy=policy)) as site:
        yield site


@pytest.fixture(scope="module")
def signing_key(demo, desk, shop):
    """A form and its pop-up, made in the console as their author makes them; the key that signs visitors."""
    for key, way, position in (
        ("club", "form", "centre"),
        ("slide", "form", "corner"),
        ("tap", "text", "corner"),
    ):
        desk.goto("/collect/new")
        desk.select_option("[name=program]", label="Club · 800123")
        desk.fill("[name=name]", f"Pop-up {key}")
        desk.fill("[name=key]", key)
        desk.locator("summary", has_text="Dutch").click()
        desk.check("[name=speaks_nl]")
        desk.fill("[name=title_en]", "Ten percent off by text")
        desk.get_by_role("button", name="Publish this version").click()
        desk.wait_for_url(f"**/collect/{key}")
        desk.get_by_role("link", name="Make a pop-up of it").click()
        desk.fill("[name=origins]", f"{shop.origin}/shoes")
        desk.select_option("[name=way]", way)
        desk.select_option("[name=position]", position)
        desk.fill("[name=after]", "0")
        desk.fill("[name=most_closes]", "2")
        desk.locator("summary", has_text="in English").click()
        desk.fill("[name=reader_title_en]", "Also by text?")
        desk.get_by_role("button", name="Publish the pop-up").click()
        desk.wait_for_selector("#snippet")
    assert f'src="{demo[0]}/w/popup.js" data-point="tap-popup"' in desk.inner_text("#snippet")
    desk.goto("/collect/club/popup")
    desk.get_by_role("button", name="Make a key").click()
    return desk.inner_text("#made-key")


def token(key, **who):
    """As a shop's server makes one: see the how-to."""
    until = datetime.now(UTC) + timedelta(hours=1)
    payload = json.dumps({"point": "club-popup", "expires": int(until.timestamp()), **who})
    written = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
    mac = hmac.new(key.encode(), written.encode(), hashlib.sha256).digest()
    return f"{written}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def plain(shop, point, more="", language="en", body=""):
    link = f"{shop.yesword}/f/{point.removesuffix('-popup')}"
    return site_page(
        "Shoes",
        f'<p>All of them are red. <a id="opener" data-yesword="{point}" href="{link}">Texts</a></p>{body}',
        language,
        f'<script src="{shop.yesword}/w/popup.js" data-point="{point}" {more} async></script>'
        f'<noscript><a href="{link}">Join by text</a></noscript>',
    )


@contextmanager
def standing_on(stranger, shop, body, visitor=None, **more):
    """Somebody on the shop's page. Nothing but the shop and Yesword is asked, and no cookie is left."""
    page = stranger(visitor, beside=[shop.origin], forgives=["422", "data:,"], **more)
    shop.pages["/shoes"] = body
    page.goto(f"{shop.origin}/shoes/red?customer=anna")
    yield page
    assert page.context.cookies() == []


def focused(page):
    return page.evaluate(
        "() => { const root = document.querySelector('[data-yesword-host]')?.shadowRoot;"
        " return root?.activeElement?.id || root?.activeElement?.className || document.activeElement.id }"
    )


def kept(page, point):
    return json.loads(page.evaluate(f"localStorage.getItem('yesword:{point}')") or "{}")


@eight()
def test_i6_a_yes_on_a_page_with_a_strict_policy(stranger, shop, signing_key, visitor):
    """Where no script runs there is no pop-up, and a plain link leads to the form."""
    body, more = plain(shop, "club-popup", language=visitor.language), TOUCH if visitor.is_on_phone else {}
    with standing_on(stranger, shop, body, visitor, **more) as page:
        if not visitor.has_script:
            page.click("#opener" if visitor.is_on_phone else "a:text('Join by text')")
            page.wait_for_url(f"{shop.yesword}/f/club")
            assert wrong_for(visitor, page) == []
            page.wait_for_timeout(2100)
            page.fill("#number", "06 1234 5678")
            page.check("#agree")
            page.click("#send")
            page.wait_for_url("**/f/club/next?**")
            assert re.fullmatch(r"(YES|JA) \d{4}", page.inner_text(".code"))
            return
        dialog = page.locator("dialog[open]")
        dialog.wait_for()
        assert dialog.get_attribute("lang") == visitor.language
        assert focused(page) == "title"
        page.wait_for_timeout(300)
        assert wrong_for(visitor, page) == []
        assert not page.locator("#agree").is_checked()
        page.wait_for_timeout(2100)
        page.fill("#number", "06 1234")
        page.click("#send")
        page.wait_for_selector("dialog .error")
        assert focused(page) == "number"
        page.locator("dialog .notice a[href='#agree']").click()
        assert focused(page) == "agree"
        assert wrong_for(visitor, page) == []
        page.fill("#number", "06 1234 5678")
        page.check("#agree")
        with page.expect_request("**/send") as sent:
            page.click("#send")
        page.wait_for_selector("dialog .code")
        probe = json.loads(sent.value.post_data_json["probe"])
        assert probe["url"] == f"{shop.origin}/shoes/red"
        shown = probe["rendering"]
        assert shown["font_tenths_px"] >= 160
        assert shown["contrast_hundredths"] >= 450
        assert (shown["is_covered"], probe["click"]["is_trusted"]) == (False, True)
        code = page.inner_text(".code")
        assert re.fullmatch(r"(YES|JA) \d{4}", code)
        link, camera = page.locator("dialog a.go"), page.locator("dialog svg.qr")
        assert (link.is_visible(), camera.is_visible()) == (
            (True, False) if visitor.is_on_phone else (False, True)
        )
        assert link.get_attribute("href") == f"sms:800123?&body={code.replace(' ', '%20')}"
        assert wrong_for(visitor, page) == []
        assert kept(page, "club-popup").keys() == {"seen", "yes"}
        page.reload()
        page.wait_for_timeout(500)
        assert page.locator("dialog[open]").count() == 0


def test_by_keyboard_it_holds_the_focus_and_gives_it_back(stranger, shop, signing_key):
    with standing_on(stranger, shop, plain(shop, "club-popup"), viewport=DESK) as page:
        page.locator("dialog[open]").wait_for()
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="detached")
        assert kept(page, "club-popup")["closed"] == 1
        page.focus("#opener")
        page.keyboard.press("Enter")
        page.locator("dialog[open]").wait_for()
        walked = []
        for _ in range(9):
            page.keyboard.press("Tab")
            walked.append(focused(page))
        assert walked[0] != "opener"
        assert "opener" not in walked
        assert {"number", "agree", "send", "close"} <= set(walked)
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="detached")
        assert focused(page) == "opener"


def test_it_comes_once_in_so_many_days_and_never_after_so_many_closes(stranger, shop, signing_key):
    point = "slide-popup"
    with standing_on(stranger, shop, plain(shop, point), viewport=DESK) as page:
        page.locator("dialog[open]").wait_for()
        assert focused(page) == ""  # what slides in takes the focus from nobody
        assert page.locator(".said").inner_text() == "Ten percent off by text"
        page.locator("dialog .close").click()
        with page.expect_response(f"**/w/{point}"):
            page.reload()
        page.wait_for_timeout(600)
        assert page.locator("dialog").count() == 0
        long_ago = int((time.time() - 40 * 86400) * 1000)
        page.evaluate(
            f"localStorage.setItem('yesword:{point}', JSON.stringify({{seen: {long_ago}, closed: 1}}))"
        )
        page.reload()
        page.locator("dialog[open]").wait_for()
        page.keyboard.press("Escape")
        page.evaluate(
            f"localStorage.setItem('yesword:{point}', JSON.stringify({{seen: {long_ago}, closed: 2}}))"
        )
        with page.expect_response(f"**/w/{point}"):
            page.reload()
        page.wait_for_timeout(600)
        assert page.locator("dialog").count() == 0
        page.click("#opener")  # whoever asks for it gets it
        page.locator("dialog[open]").wait_for()


def test_i6_a_token_of_the_sites_server_decides_what_is_shown(stranger, shop, signing_key):
    reader = token(signing_key, mail="reader@example.org", reads_mail=True)
    with standing_on(stranger, shop, plain(shop, "club-popup", f'data-visitor="{reader}"')) as page:
        assert page.locator("dialog h2").inner_text() == "Also by text?"
    forged = token("ywv_a-guess", mail="reader@example.org", reads_mail=True)
    with standing_on(stranger, shop, plain(shop, "club-popup", f'data-visitor="{forged}"')) as page:
        assert page.locator("dialog h2").inner_text() == "Ten percent off by text"
    with standing_on(stranger, shop, plain(shop, "club-popup", 'data-visitor="member"')) as page:
        page.wait_for_timeout(800)
        assert page.locator("dialog").count() == 0


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_c25_in_one_step_nothing_is_typed(stranger, shop, signing_key, size):
    more = {"viewport": size, **(TOUCH if size is PHONE else {})}
    with standing_on(stranger, shop, plain(shop, "tap-popup"), **more) as page:
        page.locator("dialog[open]").wait_for()
        page.wait_for_timeout(300)
        assert violations(page) == []
        assert page.locator("dialog input, dialog form").count() == 0
        links = page.locator("dialog a[href^='sms:']")
        expect(links).to_have_count(1)
        assert re.fullmatch(r"sms:800123\?&body=YES%20\d{4}", links.get_attribute("href"))
        assert links.is_visible() == (size is PHONE)
        assert page.locator("dialog svg.qr").is_visible() == (size is DESK)


def test_right_to_left_and_without_movement(stranger, shop, signing_key):
    with standing_on(stranger, shop, "<p>", viewport=DESK, reduced_motion="reduce") as page:

        def turned(route):
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "direction": "rtl"})

        page.route("**/ask", turned)
        shop.pages["/shoes"] = plain(shop, "slide-popup")
        page.reload()
        dialog = page.locator("dialog[open]")
        dialog.wait_for()
        assert (
            page.evaluate("document.querySelector('[data-yesword-host]').shadowRoot.getAnimations().length")
            == 0
        )
        box = dialog.bounding_box()
        assert box["x"] == 16
        close = page.locator("dialog .close").bounding_box()
        assert close["x"] < box["x"] + box["width"] / 2
        assert violations(page) == []


@pytest.mark.parametrize("trigger", ["scroll", "exit"])
def test_it_waits_for_its_moment(stranger, shop, signing_key, trigger):
    with standing_on(stranger, shop, "<p>", viewport=DESK) as page:

        def chosen(route):
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "trigger": trigger, "after": 50})

        page.route("**/w/slide-popup", chosen)
        shop.pages["/shoes"] = plain(shop, "slide-popup", body="<p>Red.</p>" * 200)
        with page.expect_response("**/w/slide-popup"):
            page.reload()
        page.wait_for_timeout(700)
        assert page.locator("dialog").count() == 0
        if trigger == "scroll":
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
        else:
            page.mouse.move(300, 300)
            page.evaluate(
                "document.dispatchEvent(new MouseEvent('mouseout', { bubbles: true, clientY: -1 }))"
            )
        page.locator("dialog[open]").wait_for()


def test_axe_finds_nothing_where_pop_ups_are_made(visit, signing_key):
    page = visit()
    for address in ("/collect/club", "/collect/club/popup", "/collect/club-popup"):
        page.goto(address)
        assert wrong_with(page) == [], address
    page.goto("/collect/club/popup/plain?audience=reader")
    page.locator("dialog[open]").wait_for()
    assert page.locator("dialog h2").inner_text() == "Also by text?"
    page.wait_for_timeout(300)
    assert violations(page) == []


def test_the_preview_follows_while_one_types(visit, signing_key):
    page = visit()
    page.goto("/collect/club/popup")
    page.locator("summary", has_text="in English").click()
    page.fill("[name=reader_title_en]", "Texts as well")
    page.wait_for_selector("iframe[srcdoc*='Texts as well']")
