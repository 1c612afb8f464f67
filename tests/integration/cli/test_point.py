"""`yesword point`: a form from a file, its versions, and whether it is open."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from factories.points import sent
from factories.worlds import CLUB, World, publish, world
from yesword.cli.point import command
from yesword.collect import points
from yesword.collect.applications import general_of
from yesword.collect.forms import take
from yesword.domain.collecting.points import PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.store import programs, shown_pages
from yesword.store.models import AuditEntry, Brand, PointKey, Sender
from yesword.store.opening import Store

Run = Callable[..., Result]
FORM = """
name = "Shop door"
program = "club"
confirming = "ask"
accent = "#7a1f5c"
most_an_hour = 50

[texts.en]
title = "Join the club"
consent = "Yes, [Brand] [Program] may text me recurring automated offers on shoes, [Frequency]. Msg & data rates may apply. Reply STOP to stop, HELP for help. Consent is not a condition of purchase. Terms: [Terms] Privacy: [Privacy]"
"""


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def run(sqlite_store: Store) -> Run:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--data", str(sqlite_store.folder)])

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "door.toml"
    path.write_text(FORM)
    return path


def test_a_file_is_published_once_and_a_change_makes_another_version(
    here: World, run: Run, file: Path
) -> None:
    first = run("publish", str(file), "--key", "door")
    assert first.exit_code == 0, first.output
    assert "door version 1" in first.output
    assert "door version 1" in run("publish", str(file), "--key", "door").output
    file.write_text(FORM.replace("Join the club", "Join us"))
    assert "door version 2" in run("publish", str(file), "--key", "door").output
    traces = [each.detail["version"] for each in AuditEntry.objects.filter(action="point.publish")]
    assert traces == [1, 2]
    point = points.find("door")
    assert point.definition.wording_in("en").title == "Join us"
    assert list(dict(point.pages)) == ["en"]


def test_a_point_is_listed_and_shown_with_its_wording_and_its_figures(
    here: World, run: Run, file: Path
) -> None:
    assert "No points yet" in run("list").output
    run("publish", str(file), "--key", "door")
    take(here.store, sent(points.find("door"), source="poster"), here.at)
    (row,) = json.loads(run("list", "--json").output)
    assert (row["key"], row["state"], row["path"]) == ("door", "open", "/f/door")
    shown = json.loads(run("show", "door", "--json").output)
    assert shown["wording"]["en"].startswith("Yes, Linde & Loom Club may text me")
    assert shown["sources"] == [{"tag": "poster", "label": "", "asked": 1}]
    assert shown["is_held_back"] is False
    assert "Linde & Loom" in run("show", "door").output


def test_a_point_is_closed_and_opened(here: World, run: Run, file: Path) -> None:
    run("publish", str(file), "--key", "door")
    assert run("close", "door").exit_code == 0
    assert "closed" in run("list").output
    assert run("open", "door").exit_code == 0
    assert points.find("door").is_open


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param('name = "Shop door"', "", "name: it is missing", id="without a name"),
        pytest.param("accent =", "accnt =", "no such key", id="a key that nobody knows"),
        pytest.param("title =", "titel =", "no such text", id="a text that nobody knows"),
        pytest.param('"ask"', '"maybe"', "none of reverse, ask, none", id="another way of confirming"),
        pytest.param("50", '"50"', "another kind", id="a number in quotes"),
        pytest.param("[texts.en]", "[texts.en", "TOML", id="no TOML at all"),
        pytest.param("[texts.en]", "[texts.fr]", "no texts in fr", id="a language that the program lacks"),
        pytest.param(
            "Reply STOP to stop, ", "", "the wording breaks rules", id="a wording without a way out"
        ),
    ],
)
def test_a_file_that_is_not_as_it_has_to_be_is_refused_with_what_is_wrong(
    here: World, run: Run, file: Path, old: str, new: str, says: str
) -> None:
    file.write_text(FORM.replace(old, new))
    done = run("publish", str(file), "--key", "door")
    assert done.exit_code != 0
    assert says in f"{done.output} {done.exception}"
    assert "No points yet" in run("list").output


def test_a_form_gets_no_key_as_no_server_of_a_shop_tells_of_it(here: World, run: Run, file: Path) -> None:
    run("publish", str(file), "--key", "door")
    done = run("key", "door")
    assert done.exit_code != 0
    assert "is no checkout" in f"{done.output} {done.exception}"
    assert not PointKey.objects.exists()


@pytest.mark.parametrize("kind", ["checkout", "form"])
def test_what_is_linted_is_what_is_published(here: World, run: Run, file: Path, kind: str) -> None:
    told = replace(here.club.texts_in("en")[1], disclosure="Text [Keyword] to [Code] to get offers.")
    sender = Sender.objects.get(address=CLUB)
    here.club = programs.publish(replace(here.club, texts=(("en", told), ("nl", told))), sender)
    file.write_text(f'kind = "{kind}"\nname = "Till"\nprogram = "club"\n\n[texts.en]\n\n[texts.nl]\n')
    done = run("publish", str(file), "--key", "till")
    assert done.exit_code == 0, done.output
    assert "stands beside a box" not in done.stderr
    assert "Text SAVEMORE" not in done.stderr
    point = points.find("till")
    with here.store.database.read() as session:
        for language, page in point.pages:
            kept = shown_pages.read(session, page)
            assert kept is not None
            assert consent_text(point.definition, point.program, language) in unescape(kept.body.decode())


def test_a_file_of_an_application_holds_both_questions(here: World, run: Run, file: Path) -> None:
    publish(
        Brand.objects.get(pk=here.club.brand),
        Sender.objects.get(address=CLUB),
        key="jobs",
        name="Other jobs",
        keywords=("JOBS",),
    )
    own = 'kind = "application"\nuse = "recruiter"\ngeneral = "jobs"\n'
    plain = FORM.partition("[texts.en]")[0].replace("most_an_hour = 50", "")
    asked = "Text me about [Program]? [Frequency]. Msg & data rates may apply. STOP to stop, HELP for help."
    file.write_text(f'{own}{plain}[texts.en]\ngeneral = "{asked}"\n')
    done = run("publish", str(file), "--key", "apply", "--despite-findings")
    assert done.exit_code == 0, done.output
    point = points.find("apply")
    assert point.definition.kind is PointKind.APPLICATION
    general = general_of(point.definition, point.brand)
    assert general is not None
    assert consent_text(point.definition, general, "en").startswith("Text me about Other jobs?")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        pytest.param('kind = "shop"', "none of form, email, application, checkout, lead_ad", id="no kind"),
        pytest.param('kind = "checkout"\naccent = "#7a1f5c"', "no such key", id="a box with a colour"),
        pytest.param('kind = "lead_ad"\nconfirming = "ask"', "none of reverse, none", id="a box that texts"),
        pytest.param('use = "jobs"', "no such key", id="a form that is about jobs"),
        pytest.param('kind = "application"\nuse = "play"', "none of jobs", id="an application for nothing"),
    ],
)
def test_a_kind_has_its_own_keys_and_no_others(
    here: World, run: Run, file: Path, written: str, says: str
) -> None:
    file.write_text(f'{written}\nname = "Till"\nprogram = "club"\n\n[texts.en]\n')
    done = run("publish", str(file), "--key", "till")
    assert says in f"{done.output} {done.exception}"
    assert "No points yet" in run("list").output
