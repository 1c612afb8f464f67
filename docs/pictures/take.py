"""Takes the pictures of the README from a running demo, as a person would walk through it.

    .venv/bin/yesword demo --data scratch --port 8323
    .venv/bin/python docs/pictures/take.py http://localhost:8323 scratch/demo-sign-in

Start from a new data folder, or yesterday's texts stand in the picture.
"""

# ruff: noqa: INP001 - a script beside its pictures, no package

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SIZE = {"width": 1180, "height": 820}
TEMPLATE = "[Brand]: hello [First name|there], 20% off [Category of interest|our range] until Sunday."


def main(address: str, sign_in: Path) -> None:
    with sync_playwright() as playwright:
        # Chromium refuses to sandbox itself as root, as in a container.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=arguments
        )
        page = browser.new_page(viewport=SIZE, locale="en", reduced_motion="reduce", color_scheme="light")
        page.goto(f"{address}/sign-in")
        page.get_by_label("Name").fill("demo")
        page.get_by_label("Password").fill(sign_in.read_text(encoding="ascii").strip())
        page.get_by_role("button", name="Sign in").click()
        _handsets(page, address)
        _person(page, address)
        _campaign(page, address)
        browser.close()


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=HERE / f"{name}.png")


def _handsets(page: Page, address: str) -> None:
    """A new number joins and leaves; beside it somebody who has been in for a while."""
    page.goto(f"{address}/handsets")
    desk = page.locator(".desk").first
    for words in ("SAVEMORE", "ja graag", "Haal me van de lijst"):
        texts = desk.locator(".bubble").count()
        desk.get_by_role("textbox").fill(words)
        desk.get_by_role("button", name="Send", exact=False).click()
        # The text itself, and its answer over the simulated carrier.
        page.wait_for_function(
            "count => document.querySelector('.desk').querySelectorAll('.bubble').length >= count + 2",
            arg=texts,
        )
    page.set_viewport_size({"width": SIZE["width"], "height": 1400})
    page.mouse.move(0, 0)
    box = page.locator(".desks").bounding_box()
    assert box is not None
    page.screenshot(
        path=HERE / "handsets.png",
        clip={"x": box["x"] - 24, "y": box["y"] - 16, "width": box["width"] + 24, "height": 990},
    )
    page.set_viewport_size(SIZE)


def _person(page: Page, address: str) -> None:
    page.goto(f"{address}/people")
    page.get_by_role("link", name="Anna de Wit").click()
    page.wait_for_load_state("networkidle")
    page.locator("#timeline").evaluate("part => { part.scrollIntoView(); scrollBy(0, -24); }")
    _take(page, "person")


def _campaign(page: Page, address: str) -> None:
    page.goto(f"{address}/campaigns/new")
    page.get_by_label("Name").fill("Boots in November")
    page.get_by_label("Text", exact=True).fill(TEMPLATE)
    page.get_by_role("button", name="Save and count").last.click()
    page.get_by_text("Asked for the moment").wait_for()
    _take(page, "verdict")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
