"""Stored decisions, computed again: by another process, and after newer packs were added.

YESWORD_REPLAY says how many, where more than a test's patience is wanted: 100000 takes minutes.
"""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from factories.books import law, rule
from yesword.bench import replay
from yesword.domain import codec
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.facts import GateFacts
from yesword.domain.gate import versions
from yesword.domain.messages import MessageKind
from yesword.domain.rules import RuleBook
from yesword.sending import explaining
from yesword.sending.weighing import Scales

COUNT = int(os.environ.get("YESWORD_REPLAY", "1000"))
LABEL = {"label": {"classes": ["promotional"], "literal": "AD", "position": "first"}}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "decisions.sqlite3"
    found = replay.record(path, RuleBook.load(), COUNT)
    assert found.total() == COUNT
    assert set(found) == {"send", "wait", "refuse"}
    assert min(found.values()) > COUNT // 50, "each verdict is among them"
    return path


def in_a_new_process(path: Path, *packs: Path) -> tuple[int, dict[str, object]]:
    command = [sys.executable, "-m", "yesword.bench.replay", "check", str(path)]
    for pack in packs:
        command += ["--pack", str(pack)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def written(folder: Path, text: str) -> Path:
    path = folder / "newer.toml"
    path.write_text(text, "utf-8")
    return path


def rows(path: Path) -> list[tuple[bytes, bytes, str]]:
    with sqlite3.connect(path) as file:
        found = file.execute("SELECT body, facts, versions FROM decision ORDER BY id").fetchall()
    file.close()
    return found


def test_the_questions_are_of_every_sort_and_of_forty_countries() -> None:
    asked = list(replay.questions(2000))
    assert asked == list(replay.questions(2000))
    assert len({facts.contact.country for facts, _ in asked}) >= 40
    assert {facts.message.kind for facts, _ in asked} == set(MessageKind)
    assert len({at.date() for _, at in asked}) > 400


def test_after_a_restart_every_decision_comes_out_the_same_byte_for_byte(recorded: Path) -> None:
    code, found = in_a_new_process(recorded)
    assert found == {"count": COUNT, "same": COUNT, "differing": [], "others": []}
    assert code == 0


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        pytest.param({"effective_from": "2040-01-01"}, {"everywhere": True}, id="a law of 2040"),
        pytest.param({"status": "proposed"}, {"everywhere": True}, id="a law that is only proposed"),
        pytest.param({}, {"countries": ["QQ"]}, id="a law of a country where nobody is"),
    ],
)
def test_newer_packs_that_do_not_speak_to_a_text_change_nothing_and_are_told(
    recorded: Path, tmp_path: Path, changes: dict[str, str], head: dict[str, object]
) -> None:
    text = law(rule(**LABEL, **changes), pack="newer", **head)
    newer = written(tmp_path, text.replace('"2040-01-01"', "2040-01-01"))
    code, found = in_a_new_process(recorded, newer)
    assert found == {"count": COUNT, "same": COUNT, "differing": ["packs"], "others": []}
    assert code == 0


def test_a_newer_pack_that_speaks_to_some_changes_only_theirs(recorded: Path, tmp_path: Path) -> None:
    newer = written(tmp_path, law(rule(**LABEL), pack="newer", countries=["SE"]))
    code, found = in_a_new_process(recorded, newer)
    assert (code, found["differing"], found["others"]) == (1, ["packs"], ["SE"])
    swedes = sum(codec.loads(GateFacts, facts).contact.country == "SE" for _, facts, _ in rows(recorded))
    assert COUNT - swedes <= found["same"] < COUNT


def test_what_explains_a_decision_computes_it_again_just_so(recorded: Path) -> None:
    scales = Scales(RuleBook.load())
    for body, facts, then in rows(recorded)[:200]:
        again = explaining.recompute(scales, body, facts, then)
        assert again.is_same
        assert again.differing == ()


def test_a_decision_that_was_tampered_with_is_found(recorded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(recorded.read_bytes())
    body, facts, _ = rows(recorded)[0]
    other = Decision(verdict=Verdict.SEND, at=Decision.from_bytes(body).at).to_bytes()
    with sqlite3.connect(copy) as file:
        file.execute("DELETE FROM decision WHERE id > 10")
        file.execute("UPDATE decision SET body = ? WHERE id = 1", (other,))
    file.close()
    found = replay.check(copy, RuleBook.load())
    assert (found.count, found.same, found.others) == (
        10,
        9,
        (codec.loads(GateFacts, facts).contact.country,),
    )


def test_every_stored_decision_says_by_which_versions_it_was_made(recorded: Path) -> None:
    now = versions(RuleBook.load())
    assert {then for _, _, then in rows(recorded)} == {
        json.dumps({"gate": now.gate, "packs": now.packs, "tz": now.tz, "phone": now.phone})
    }
