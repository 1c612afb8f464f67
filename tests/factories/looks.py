"""How a page is looked at in a browser: what runs over its width, and what axe finds.

Every width is tried for what runs over. Axe is the costly part, so it runs where a page is most cramped and where it is
widest, once in each scheme; rules of contrast rest on the colours of a scheme, and those do not change with the width.
"""

from typing import Any

WIDTHS = (320, 390, 1280)
AXED = {320: "light", 1280: "dark"}
HEIGHT = 844


def wrong_with(page: Any) -> list[str]:
    """What is wrong with the page as it stands open, in words. It keeps the last width and scheme."""
    from axe_playwright_python.sync_playwright import Axe

    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"runs over at {width}")
        if width in AXED:
            # Nothing may be on its way from one colour to another while it is looked at.
            page.emulate_media(color_scheme=AXED[width], reduced_motion="reduce")
            wrong += [
                f"{each['id']} at {width}, {AXED[width]}: {[node['html'][:160] for node in each['nodes']]}"
                for each in Axe().run(page).response["violations"]
            ]
    return wrong
