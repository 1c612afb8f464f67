"""What a pop-up may be set to, and what is kept of the page that showed it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.collecting.points import (
    BadPointError,
    Confirming,
    PointDefinition,
    PointKind,
    Wording,
)
from yesword.domain.collecting.popups import (
    PopupOptions,
    Position,
    ReaderWords,
    Theme,
    Trigger,
    Way,
    check_options,
    origin_of,
    page_address,
    read_options,
    snippet,
    write_options,
)
from yesword.domain.ids import ProgramId

SHOP = "https://shop.example"
USUAL = PopupOptions(form="club", origins=(SHOP,))


def definition(options):
    return PointDefinition(
        kind=PointKind.POPUP,
        name="Club",
        program=ProgramId(1),
        program_version=1,
        confirming=Confirming.REVERSE,
        wordings=(("en", Wording()), ("nl", Wording())),
        settings=write_options(options),
    )


@given(
    way=st.sampled_from(Way),
    trigger=st.sampled_from(Trigger),
    theme=st.sampled_from(Theme),
    position=st.sampled_from(Position),
    after=st.integers(0, 100),
    title=st.text(min_size=1),
)
def test_what_is_written_into_a_version_is_read_back(way, trigger, theme, position, after, title):
    options = PopupOptions(
        form="club",
        origins=(SHOP, "http://localhost:8080"),
        way=way,
        trigger=trigger,
        theme=theme,
        position=position,
        after=after,
        readers=(("nl", ReaderWords(title=title)),),
    )
    assert read_options(definition(options)) == options


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"origins": ()}, id="on no site"),
        pytest.param({"origins": ("shop.example",)}, id="no scheme"),
        pytest.param({"origins": ("https://shop.example/path",)}, id="a path"),
        pytest.param({"origins": ("https://*.example",)}, id="a star"),
        pytest.param({"origins": ("http://shop.example",)}, id="not safe"),
        pytest.param({"trigger": Trigger.SCROLL, "after": 101}, id="more than the page"),
        pytest.param({"after": -1}, id="before it is loaded"),
        pytest.param({"every_days": 0}, id="always"),
        pytest.param({"most_closes": 11}, id="however often it is closed"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_published(changes):
    values = {name: getattr(USUAL, name) for name in USUAL.__slots__}
    with pytest.raises(BadPointError):
        check_options(PopupOptions(**{**values, **changes}))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param(f"{SHOP}/shoes?customer=anna#top", f"{SHOP}/shoes", id="without what is asked"),
        pytest.param(SHOP, f"{SHOP}/", id="the first page"),
        pytest.param(f"{SHOP}/me/anna@example.org/x", f"{SHOP}/me/~/x", id="an address in the path"),
        pytest.param(f"{SHOP}/order/31612345678", f"{SHOP}/order/~", id="a number in the path"),
        pytest.param(f"{SHOP}/t/{'aB3' * 10}", f"{SHOP}/t/~", id="a secret in the path"),
        pytest.param(f"{SHOP}/red-shoes-for-the-summer", f"{SHOP}/red-shoes-for-the-summer", id="words"),
        pytest.param("https://evil.example/shoes", "", id="another site"),
        pytest.param("https://shop.example@evil.example/", "", id="another site behind a name"),
        pytest.param("javascript:alert(1)", "", id="no page"),
    ],
)
def test_of_the_page_is_kept_what_names_nobody(told, kept):
    assert page_address(told, (SHOP,)) == kept


@given(st.text())
def test_whatever_a_browser_tells_of_its_page_is_read_or_left_out(told):
    kept = page_address(told, (SHOP,))
    assert kept == "" or kept.startswith(f"{SHOP}/")


def test_an_address_that_was_pasted_becomes_its_site():
    assert origin_of(" https://Shop.example/shoes?x=1 ") == SHOP
    assert origin_of("shop.example") == SHOP


def test_the_snippet_has_nothing_inline_and_a_link_for_those_without_a_script():
    written = snippet("https://t.example/w/popup.js", "club-popup", "https://t.example/f/club", "Join")
    assert written.splitlines() == [
        '<script src="https://t.example/w/popup.js" data-point="club-popup" async></script>',
        '<noscript><a href="https://t.example/f/club">Join</a></noscript>',
    ]
