"""`yesword point embed` and `visitor-key`: a pop-up from the command line, and the keys of its visitors."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from factories.points import published
from factories.worlds import World, world
from yesword.cli.point import command
from yesword.collect import points, popups
from yesword.domain.collecting.popups import Trigger, Way, read_options
from yesword.store.opening import Store

Run = Callable[..., Result]


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def run(sqlite_store: Store) -> Run:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--data", str(sqlite_store.folder)])

    return run


def test_a_pop_up_is_made_printed_and_changed_by_what_is_given(here: World, run: Run) -> None:
    published(here)
    missing = run("embed", "door")
    assert missing.exit_code != 0
    first = run("embed", "door", "--origin", "https://shop.example/x", "--trigger", "scroll", "--after", "50")
    assert first.exit_code == 0, first.output
    assert 'data-point="door-popup" async></script>' in first.output
    assert "/f/door" in first.output
    assert run("embed", "door", "--way", "text").exit_code == 0
    popup = points.find("door-popup")
    options = read_options(popup.definition)
    assert (options.way, options.trigger, options.after) == (Way.TEXT, Trigger.SCROLL, 50)
    assert (options.origins, popup.version) == (("https://shop.example",), 2)
    assert list(dict(popup.pages)) == ["en"]
    assert run("embed", "door").exit_code == 0
    assert points.find("door-popup").version == 2


def test_a_key_of_visitors_is_shown_once_and_ended_by_its_first_letters(here: World, run: Run) -> None:
    published(here)
    run("embed", "door", "--origin", "https://shop.example")
    key = run("visitor-key", "door").output.strip()
    assert key.startswith("ywv_")
    popup = points.find("door-popup")
    assert [each.hint for each in popups.keys_of(popup)] == [key[:9]]
    assert key.encode() not in bytes(popups.keys_of(popup)[0].sealed)
    assert run("visitor-key", "door", "--end", key[:9]).exit_code == 0
    assert popups.keys_of(popup)[0].ended_at is not None
    assert run("visitor-key", "door", "--end", key[:9]).exit_code != 0
