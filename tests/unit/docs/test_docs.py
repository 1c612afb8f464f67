"""What is written down is what is so: references that are whole, links that lead somewhere, examples that run."""

import ast
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
FRONT = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = [*FRONT, *sorted(DOCS.rglob("*.md"))]
SOURCES = sorted((ROOT / "src" / "yesword").rglob("*.py"))

_MISSION = {"C": 29, "I": 18, "A": 21, "G": 18, "T": 9}
MISSION_IDS = [f"{letter}{number}" for letter, count in _MISSION.items() for number in range(1, count + 1)]
_MISSION_ID = re.compile(r"[CIAGT]\d{1,2}")


def _load_tables():
    """Tests are no package, so the generator beside this file is loaded by its path."""
    spec = importlib.util.spec_from_file_location("docs_tables", Path(__file__).with_name("tables.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = _load_tables()


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


# --- the reference is whole ----------------------------------------------------------------------------------


def test_the_tables_made_from_the_code_are_up_to_date():
    stale = [
        _name(path) for path, text in tables.expected().items() if path.read_text(encoding="utf-8") != text
    ]
    assert not stale, "run `make docs`"


def test_every_command_and_option_is_in_the_reference():
    text = _text("commands.md")
    missing = []
    for words, command in tables.all_commands():
        section = text.partition(f"### `{words}`\n")[2].partition("\n### ")[0]
        if not section:
            missing.append(words)
        names = [
            name for option in tables.options_of(command) for name in (*option.opts, *option.secondary_opts)
        ]
        missing += [f"{words} {name}" for name in names if f"`{name}`" not in section]
    assert not missing


def test_every_error_code_is_in_the_reference():
    text = _text("errors.md")
    classes = tables.error_classes()
    assert len(classes) > 50, "the search for errors finds them"
    assert not [each.code for each in classes if f"| `{each.code}` |" not in text]


def test_every_error_has_a_code_of_its_own():
    """A class without one only holds others together: it has some below it, and nobody raises it."""
    without = {each.__name__ for each in tables.all_error_classes() if "code" not in vars(each)}
    holding = {parent.__name__ for each in tables.error_classes() for parent in each.__mro__[1:]}
    assert not without - holding
    raised = {
        name.id
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise)
        for name in (node.exc.func if isinstance(node.exc, ast.Call) else node.exc,)
        if isinstance(name, ast.Name)
    }
    assert not without & raised


def test_a_code_names_one_error():
    codes = Counter(each.code for each in tables.error_classes())
    assert not [code for code, count in codes.items() if count > 1]


def test_every_setting_that_the_source_reads_is_in_the_reference():
    read = {
        name
        for path in SOURCES
        for name in re.findall(r"\bYESWORD_[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert {"YESWORD_DATA", "YESWORD_DATABASE_URL"} <= read
    written = set(re.findall(r"`(YESWORD_[A-Z_]+)`", _text("settings.md")))
    assert written == read


def test_every_rule_of_every_pack_is_in_the_reference():
    from yesword.domain.rules import RuleBook

    text = _text("rules.md")
    missing = [rule.id for pack in RuleBook.load().packs for rule in pack.rules if f"`{rule.id}`" not in text]
    assert not missing


def _figure_names() -> set[str]:
    """The words of each figure's name, without what is filled in."""
    found: set[str] = set()
    for path in sorted((ROOT / "src" / "yesword" / "bench").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            named = [each.value for each in node.keywords if each.arg == "name" and node.func.id == "Figure"]
            named += node.args[:1] if node.func.id == "rate" else []
            for name in named:
                parts = name.values if isinstance(name, ast.JoinedStr) else [name]
                words = [each.value for each in parts if isinstance(each, ast.Constant)]
                found |= {word.strip(", ") for word in words if isinstance(word, str) and len(word) > 2}
    return found


def test_every_figure_that_is_measured_is_explained():
    names = _figure_names()
    assert len(names) > 8, "the search for figures finds them"
    text = _text("figures.md")
    assert not [name for name in names if name not in text]


# --- the mission ---------------------------------------------------------------------------------------------


def _mission_rows() -> list[list[str]]:
    lines = [line for line in _text("mission.md").splitlines() if re.match(r"\| [CIAGT]\d", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_id_of_the_mission_has_one_row_with_what_it_asks_where_it_is_and_what_tests_it():
    rows = _mission_rows()
    assert Counter(row[0] for row in rows) == Counter(MISSION_IDS)
    assert not [row[0] for row in rows if len(row) != 4 or not all(row)]


def test_each_test_that_the_mission_names_is_there():
    missing = []
    for row in _mission_rows():
        for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row[3]):
            file = ROOT / path
            if not file.is_file() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
                missing.append((row[0], path, name))
    assert not missing


def test_what_the_mission_calls_coming_names_no_test_and_what_it_calls_served_names_one():
    wrong = []
    for identity, _, where, tested in _mission_rows():
        is_coming = tested.startswith("coming")
        if is_coming == ("story" in tested or "`tests/" in tested) or (is_coming and not where):
            wrong.append(identity)
    assert not wrong


def _ids_of_the_story() -> set[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "src" / "yesword" / "demo" / "story").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "claim"
            ):
                words = [each.value for each in node.args[1:] if isinstance(each, ast.Constant)]
                found |= {word for word in words if isinstance(word, str) and _MISSION_ID.fullmatch(word)}
    return found


def test_the_mission_and_the_story_name_the_same_claims():
    claimed = _ids_of_the_story()
    assert len(claimed) > 20, "the search for claims finds them"
    assert claimed <= set(MISSION_IDS)
    assert {row[0] for row in _mission_rows() if "story" in row[3]} == claimed


# --- links and commands --------------------------------------------------------------------------------------

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_within_the_documents_leads_somewhere(page: Path):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in _LINK.findall(text):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)
    assert not broken


def test_every_page_can_be_reached_from_the_front():
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        targets = [target.partition("#")[0] for target in _LINK.findall(page.read_text(encoding="utf-8"))]
        todo += [(page.parent / target).resolve() for target in targets if target and ":" not in target]
    assert not {_name(page) for page in PAGES} - {_name(page) for page in seen}


def test_each_make_command_in_the_documents_is_a_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [
            line.strip()
            for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
            for line in block.splitlines()
        ]
        named = set(re.findall(r"`make ([a-z-]+)", text))
        named |= {line.removeprefix("make ") for line in lines if line.startswith("make ")}
        assert named <= targets, _name(page)


def test_the_front_page_begins_with_two_commands():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks[:2] == ["make demo\n", "make test\n"]


# --- examples ------------------------------------------------------------------------------------------------

_BLOCK = re.compile(r"^[ ]*```console( demo| fresh| fresh stays)?\n(.*?)^[ ]*```", re.DOTALL | re.MULTILINE)
_STORELESS = re.compile(
    r"yesword (?:lint|text|understand|verify)\b|yesword rules (?:list|show|check|diff)\b(?!.*--data)|yesword check\b.*--consent\b|yesword --version"
)


def _examples() -> Iterator[tuple[str, Path, str, str]]:
    """Each `$ command` of the blocks with what its block is marked as and the output that is shown under it."""
    for page in PAGES:
        for kind, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield kind.strip(), page, command, shown


EXAMPLES = [each for kind, *each in _examples() if not kind]
ON_THE_DEMO = [each for kind, *each in _examples() if kind == "demo"]
FROM_NOTHING = [each for each in _examples() if each[0].startswith("fresh")]


def _run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=_bare_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout


def _bare_environment() -> dict[str, str]:
    return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"}


def _matches(printed: str, shown: str) -> bool:
    """The same text, where `…` alone on a line stands for any lines, and within one for any characters."""
    lines = [line.rstrip() for line in shown.rstrip().splitlines()]
    wanted = "".join(
        r"(?:.*\n)*?" if line == "…" else ".*?".join(re.escape(part) for part in line.split("…")) + r"[ ]*\n"
        for line in lines
    )
    return re.fullmatch(wanted, printed.rstrip() + "\n") is not None


def test_an_example_on_the_demo_is_marked_as_one():
    assert len(EXAMPLES) >= 5
    assert len(ON_THE_DEMO) >= 5
    assert len(FROM_NOTHING) >= 5
    assert not [command for _, command, _ in EXAMPLES if not _STORELESS.search(command)]


@pytest.mark.parametrize(
    ("page", "command", "shown"),
    EXAMPLES,
    ids=[f"{_name(page)}: {command[:50]}" for page, command, _ in EXAMPLES],
)
def test_an_example_prints_what_the_document_shows(page: Path, command: str, shown: str, tmp_path: Path):
    folder = shutil.copytree(DOCS / "examples", tmp_path / "examples")
    printed = _run(command, folder)
    assert _matches(printed, shown), printed


_FURNISH = """
from pathlib import Path
from yesword.store.opening import open_store
store = open_store(Path("demo-data"), may_create=True)
from datetime import UTC, datetime
from yesword.demo.house import furnish
from yesword.proof.sequencer import Sequencer
furnish(store)
sequencer = Sequencer(store=store, clock=lambda: datetime.now(UTC))
while sequencer.round():
    pass
store.close()
"""


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the examples, and beside them the demo's data as `make demo` leaves it."""
    folder = tmp_path_factory.mktemp("docs") / "examples"
    shutil.copytree(DOCS / "examples", folder)
    shutil.copytree(
        DOCS / "examples", folder / "docs" / "examples"
    )  # as they stand from the root of the project
    subprocess.run(
        [sys.executable, "-c", _FURNISH], cwd=folder, env=_clean_environment(), check=True, timeout=120
    )
    return folder


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("YESWORD_", "DJANGO_"))}


@pytest.mark.parametrize("page", list(dict.fromkeys(page for page, _, _ in ON_THE_DEMO)), ids=_name)
def test_the_examples_of_a_page_go_through_on_the_demo(page: Path, demo_folder: Path, tmp_path: Path):
    folder = shutil.copytree(demo_folder, tmp_path / "examples")
    for where, command, shown in ON_THE_DEMO:
        if where == page:
            printed = _run(command, folder)
            assert _matches(printed, shown), f"$ {command}\n{printed}"


@pytest.mark.parametrize("page", list(dict.fromkeys(page for _, page, _, _ in FROM_NOTHING)), ids=_name)
def test_the_examples_of_a_page_go_through_from_nothing(page: Path, tmp_path: Path):
    folder = tmp_path / "nothing"
    shutil.copytree(DOCS / "examples", folder / "docs" / "examples")
    staying: list[subprocess.Popen[bytes]] = []
    try:
        for kind, where, command, shown in FROM_NOTHING:
            if where == page and kind == "fresh stays":
                staying.append(_started(command, shown, folder))
            elif where == page:
                printed = _run(command, folder)
                assert _matches(printed, shown), f"$ {command}\n{printed}"
    finally:
        for each in staying:
            each.send_signal(signal.SIGINT)
            each.wait(timeout=30)


def _started(command: str, shown: str, folder: Path) -> subprocess.Popen[bytes]:
    """What stays until the page is through, once it has said what is shown."""
    told = folder.with_name("told")
    with told.open("wb") as out:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=_bare_environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ends_at = time.monotonic() + 60
    while not _matches(told.read_text(encoding="utf-8"), shown):
        if time.monotonic() > ends_at or process.poll() is not None:
            process.terminate()
            process.wait(timeout=30)
            pytest.fail(f"$ {command}\n{told.read_text(encoding='utf-8')}")
        time.sleep(0.1)
    return process


# --- the repository stands alone -----------------------------------------------------------------------------

# Put together here, so that this file does not hold what it looks for.
_FORBIDDEN = {
    "a path of somebody's machine": re.compile(
        r"(?<!\w)(?:"
        + "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", "/Us" + "ers/[A-Z]"))
        + ")"
    ),
    "a package registry's host": re.compile(
        "|".join(
            (
                "pypi" + r"\.org",
                "python" + "hosted",
                "npm" + r"js\.(?:org|com)",
                r"deb\." + "debian",
                "index" + "-url",
            )
        )
    ),
}


def _tracked() -> list[Path]:
    """The files of the repository, those that will be too; without git, those beside the sources."""
    listed = subprocess.run(
        [
            "git",
            "-c",
            f"safe.directory={ROOT}",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    folders = ("src", "tests", "docs", "requirements")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", _FORBIDDEN)
def test_no_file_holds(kind: str):
    found = []
    for path in _tracked():
        data = path.read_bytes()
        if b"\0" in data[:8000]:
            continue
        match = _FORBIDDEN[kind].search(data.decode("utf-8", "replace"))
        if match:
            found.append(f"{_name(path)}: {match[0]}")
    assert not found
