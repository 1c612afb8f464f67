"""What stands on a site of the brand's own: the box at its checkout, and its page to leave; its server tells us of both."""

import json
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime

import pytest

from factories.demo_links import leave_paths
from factories.looks import POINTER, wrong_for
from factories.sites import Site, serving
from factories.sites import page as site_page
from factories.visitors import all_of, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

LEAVERS = [f"+316123450{last:02}" for last in range(1, 9)]
BUY, LEAVE = {"en": "Buy", "nl": "Koop"}, {"en": "Stop all texts", "nl": "Stop alle sms'jes"}
FORM = "<form method='post'>{body}<p><button style='min-height: 3rem'>{button}</button></p></form>"


def yesword(folder, *words):
    command = [sys.executable, "-m", "yesword", *words, "--data", str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def call(url, body, key=""):
    """As the site's server does it."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def checkout(demo, desk, demo_folder):
    """A shop whose checkout has the box in two languages, and whose server tells us of each tick."""
    desk.goto("/collect/new?kind=checkout")
    desk.get_by_label("Name", exact=True).fill("Web shop")
    desk.get_by_label("Short name").fill("till")
    desk.locator("summary", has_text="Dutch").click()
    desk.check("[name=speaks_nl]")
    desk.get_by_role("button", name="Publish this version").click()
    desk.get_by_role("heading", name="Web shop").wait_for()
    key = yesword(demo_folder, "point", "key", "till")

    def sold(sent):
        if sent.get("sms_consent") != "yes":
            return site_page("Thank you", "<p>Ordered.</p>", sent["sms_consent_language"])
        taken = call(
            f"{demo[0]}/api/collect/till",
            {
                "number": sent["number"],
                "consent": True,
                "language": sent["sms_consent_language"],
                "occurred_at": datetime.now(UTC).isoformat(),
                "wording_sha256": sent["sms_consent_wording"],
                "order": "4711",
            },
            key,
        )
        return site_page("Thank you", f"<p>Ordered; {taken['taken']}.</p>", sent["sms_consent_language"])

    with serving(Site(yesword=demo[0], answer=sold)) as site:
        for language, buy in BUY.items():
            snippet = yesword(demo_folder, "point", "snippet", "till", "--language", language)
            number = "<p><label>06 <input name='number' style='min-height: 3rem' required></label></p>"
            form = FORM.format(body=number + snippet, button=buy)
            site.pages[f"/{language}"] = site_page("Checkout", form, language)
        yield site


@eight()
def test_i9_the_box_at_a_checkout_is_ticked_by_the_person_and_told_by_the_shop(stranger, checkout, visitor):
    page = stranger(visitor, beside=[checkout.origin])
    page.goto(f"{checkout.origin}/{visitor.language}")
    box = page.locator("#sms-consent")
    assert not box.is_checked()
    wording = page.locator("label[for=sms-consent]").inner_text()
    assert "[" not in wording
    assert {"Wintelroos", "STOP"} <= set(re.findall(r"\w+", wording))
    assert wrong_for(visitor, page, POINTER) == []
    page.fill("[name=number]", f"+3161234930{all_of('en', 'nl').index(visitor)}")
    page.focus("[name=number]")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Ordered; ").wait_for()
    assert page.locator("main p").inner_text() == "Ordered; consent."


def test_i9_who_leaves_the_box_alone_buys_as_well_and_nothing_is_told(stranger, checkout):
    page = stranger(beside=[checkout.origin])
    page.goto(f"{checkout.origin}/en")
    page.fill("[name=number]", "+31612349399")
    page.get_by_role("button", name="Buy").click()
    page.get_by_text("Ordered.", exact=True).wait_for()


@pytest.fixture(scope="module")
def own_links(demo, demo_folder):
    """Of each visitor: a link in a text. It leads to the brand's own page, which has one button and hands the token back."""

    def left(sent):
        told = call(f"{demo[0]}/api/leave", {"token": sent["t"], "reason": "too_often"})
        return site_page("Done", f"<p>Ended: {told['ended']}.</p>", sent["lang"])

    everybody = all_of("en", "nl")
    with serving(Site(yesword=demo[0], answer=left)) as site:
        for language, stop in LEAVE.items():
            body = f"<input type='hidden' name='lang' value='{language}'>"
            site.pages[f"/stop:{language}"] = site_page(
                "Texts", FORM.format(body=body, button=stop), language
            )
        yesword(demo_folder, "leave", "own-page", "wintelroos", f"{site.origin}/stop")
        yield site, dict(zip(everybody, leave_paths(demo_folder, LEAVERS), strict=True))


def who_left(desk):
    """How many left by a link, as colleagues see it."""
    desk.goto("/exclusions?route=link")
    return desk.locator("#list tbody tr").count()


@eight()
def test_a19_one_button_on_the_brands_own_page_ends_everything(stranger, desk, own_links, visitor):
    site, links = own_links
    before = who_left(desk)
    page = stranger(visitor, beside=[site.origin])
    page.goto(links[visitor])
    assert page.url.startswith(f"{site.origin}/stop?t=")
    assert wrong_for(visitor, page) == []
    page.locator("button").click()
    page.get_by_text("Ended: brand.").wait_for()
    assert who_left(desk) == before + 1
