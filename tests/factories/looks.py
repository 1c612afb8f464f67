"""How a page is looked at in a browser: what runs over its width, what is hard to tap, and what axe finds.

Every width is tried for what runs over. Axe is the costly part, so it runs where a page is most cramped and where it is
widest, once in each scheme; rules of contrast rest on the colours of a scheme, and those do not change with the width.
"""

from collections.abc import Sequence
from typing import Any

from factories.visitors import Visitor

WIDTHS = (320, 390, 1280)
AXED = {320: "light", 1280: "dark"}
HEIGHT = 844
FINGER, POINTER = 44, 24  # pixels that a target is high at least, on pages for people and for colleagues
_VIOLATIONS = """axe.run(document, { resultTypes: ["violations"], preload: false })
  .then(found => found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))"""
_RUNS_OVER = "document.documentElement.scrollWidth > innerWidth"
# A box may be tapped by its label. A link within a sentence is as high as its line; a colleague's has room
# around it instead.
_SMALL = """least => [document, ...[...document.querySelectorAll("*")].map(each => each.shadowRoot).filter(Boolean)]
  .flatMap(root => [...root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")])
  .filter(each => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0 && each.getClientRects().length)
  .filter(each => each.localName !== "a" || (least >= 44 && (getComputedStyle(each).display !== "inline"
    || each.parentElement.innerText.trim() === each.innerText.trim())))
  .filter(each => Math.max(...[each, ...(each.labels ?? [])].map(one => one.getBoundingClientRect().height)) < least - 0.5)
  .map(each => `${each.outerHTML.slice(0, 100)} is ${Math.round(each.getBoundingClientRect().height)} high`)"""


def wrong_with(page: Any) -> list[str]:
    """What is wrong with the page as it stands open, in words. It keeps the last width and scheme."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate(_RUNS_OVER):
            wrong.append(f"runs over at {width}")
        if width in AXED:
            # Nothing may be on its way from one colour to another while it is looked at.
            page.emulate_media(color_scheme=AXED[width], reduced_motion="reduce")
            wrong += [f"{each} at {width}, {AXED[width]}" for each in violations(page)]
    return wrong


def wrong_for(
    visitor: Visitor, page: Any, least: int = FINGER, *, widths: Sequence[int] = (), language: str = ""
) -> list[str]:
    """What is wrong with the page for this visitor; by axe, too, where they look closely. It stays as wide as it was.

    `least`: how high a target is at least. `widths`: others that the page has to fit. `language`: where it is not theirs.
    """
    page.wait_for_load_state()  # with its style
    wrong = [f"{each}, at {visitor}" for each in page.evaluate(_SMALL, least)]
    said = page.locator("html").get_attribute("lang")
    if said != (language or visitor.language):
        wrong.append(f"says that it is in {said}, at {visitor}")
    for width in (*widths, *((320,) if visitor.is_on_phone else ()), visitor.width):
        page.set_viewport_size({**page.viewport_size, "width": width})
        if page.evaluate(_RUNS_OVER):
            wrong.append(f"runs over at {width}, at {visitor}")
        if visitor.looks_closely and (width in AXED):
            page.emulate_media(reduced_motion="reduce")
            wrong += [f"{each} at {width}, at {visitor}" for each in violations(page)]
    return wrong


def violations(page: Any) -> list[str]:
    """What axe finds, each with where it is. It is told of nothing else, and read in once a page, to be quick."""
    from axe_playwright_python.sync_playwright import Axe

    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    found = page.evaluate(_VIOLATIONS)
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in found]
