"""Errors on pages: in the words of the page's language, which are the error's own words in English."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from django.utils import translation

import yesword
import yesword.web
from yesword.collect.contest_refusals import UnplainTermsError
from yesword.collect.imports.errors import ImportFileError
from yesword.collect.invitation_errors import NotStartableError
from yesword.collect.points import KeyTakenError
from yesword.domain.collecting.points import BadWordingError, ForeignLanguageError
from yesword.domain.decisions import Sentence
from yesword.domain.errors import YeswordError
from yesword.domain.linting.sentences import Said
from yesword.store.models import InvitationCampaign
from yesword.web import error_words
from yesword.web.console.import_words import FAILED
from yesword.web.error_words import WORDS, told

SOURCE = Path(yesword.__file__).parent
# What they answer is read by programs, in English as the reference has it.
FOR_PROGRAMS = ("hooks/", "public/leave_api.py")
# Below what a page catches, but raised by nothing that a page does.
ELSEWHERE = {
    "import_cannot_undo": "an import is undone on a page of its own",
    "registry_listed_or_clear": "registries are read by a command",
    "registry_listed_twice": "registries are read by a command",
}
LOOKED_AT = {"code", "fields"}  # of an error, by whoever has words of their own for it


@pytest.fixture(autouse=True)
def in_english():
    """Whatever the page of an earlier test was read in."""
    with translation.override("en"):
        yield


class FoundError(YeswordError):
    """There was {what}."""


@pytest.mark.parametrize("error", WORDS, ids=lambda each: each.code)
def test_the_words_are_those_of_the_error_to_the_letter(error):
    assert str(WORDS[error]) == error.__doc__.strip()


def test_the_fields_are_filled_in():
    assert "no texts in fi" in told(ForeignLanguageError(languages="fi"))
    assert told(KeyTakenError(key="door")) == KeyTakenError(key="door").message


def test_an_error_within_an_error_is_told_too():
    assert "There was nothing." in told(BadWordingError(language="nl", why=FoundError(what="nothing")))


def test_a_sentence_of_the_linter_within_an_error_is_told_too():
    error = UnplainTermsError(name="Colour", language="en", what=Said(Sentence.of("contest.stop")))
    assert "The terms do not say how to stop." in told(error)
    assert told(error) == error.message


def test_a_state_within_an_error_is_told_too():
    error = NotStartableError(state=InvitationCampaign.State.DONE)
    assert told(error) == error.message == "The invitation is done, so it cannot be started now."


def test_an_error_that_is_not_translated_is_told_in_its_own_words():
    assert told(FoundError(what="nothing")) == "There was nothing."


# --- every error that a page shows ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Caught:
    """An `except` of a page's module that gives an error a name."""

    where: str
    name: str
    errors: tuple[type[YeswordError], ...]
    body: tuple[ast.stmt, ...]


@cache
def pages() -> dict[str, tuple[ModuleType, ast.Module]]:
    found = {}
    for each in pkgutil.walk_packages(yesword.web.__path__, "yesword.web."):
        module = importlib.import_module(each.name)
        path = Path(module.__file__).relative_to(SOURCE / "web").as_posix()
        if not path.startswith((*FOR_PROGRAMS, "error_words/")):
            found[path] = module, ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    return found


def caught() -> Iterator[Caught]:
    for path, (module, tree) in pages().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler) or node.name is None or node.type is None:
                continue
            errors = tuple(_ours(node.type, module))
            if errors:
                where = f"{path}:{node.lineno}"
                yield Caught(where=where, name=node.name, errors=errors, body=tuple(node.body))


def _ours(named: ast.expr, module: ModuleType) -> Iterator[type[YeswordError]]:
    value = eval(compile(ast.Expression(named), "page", "eval"), vars(module))
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, tuple):
            yield from each
        elif issubclass(each, YeswordError):
            yield each


def test_no_page_shows_an_error_but_by_its_words():
    """An error may be asked for its code, handed to what tells it, or be the cause of another one."""
    wrong = []
    for each in caught():
        allowed = {id(name) for statement in each.body for name in _allowed(statement, each.name)}
        wrong += [
            f"{each.where}: {ast.unparse(statement)}"
            for statement in each.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and node.id == each.name and id(node) not in allowed
        ]
    assert not wrong


def _allowed(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Raise) and node.cause is not None:
            yield node.cause
        elif isinstance(node, ast.Attribute) and node.attr in LOOKED_AT:
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("told", "said", "type", "isinstance") or node.func.id.startswith("_"):
                yield from node.args
        elif isinstance(node, ast.keyword) and node.arg == "exc_info":
            yield node.value


def test_nothing_of_a_page_asks_an_error_for_its_english():
    """Nor what a page hands it to."""
    assert not [
        f"{path}:{node.lineno}"
        for path, (_module, tree) in pages().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "message" and _is_error(node.value))
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "str"
            and _is_error(node.args[0])
        )
    ]


def _is_error(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("error", "exc", "broken", "trouble", "refused")


def test_every_error_that_a_page_tells_has_its_words():
    told_of = list(shown())
    assert len(told_of) > 20, "the search finds them"
    lacking = [
        f"{where}: {each.__name__}"
        for where, error in told_of
        for each in _may_be(error)
        if each not in WORDS
    ]
    assert not lacking


def shown() -> Iterator[tuple[str, type[YeswordError]]]:
    for each in caught():
        module = pages()[each.where.partition(":")[0]][0]
        tells = any(
            isinstance(node, ast.Name) and node.id == each.name
            for statement in each.body
            for call in ast.walk(statement)
            if _is_told(call, module)
            for node in call.args
        )
        yield from ((each.where, error) for error in each.errors if tells)
    for path, (module, tree) in pages().items():
        for node in ast.walk(tree):
            if _is_told(node, module) and isinstance(node.args[0], ast.Call):
                yield f"{path}:{node.lineno}", *_ours(node.args[0].func, module)
            elif isinstance(node, ast.FunctionDef):
                yield from _given(node, path, module)


def _given(
    function: ast.FunctionDef, path: str, module: ModuleType
) -> Iterator[tuple[str, type[YeswordError]]]:
    """What a function is handed and tells: as its annotation has it."""
    taken = {each.arg: each.annotation for each in function.args.args}
    for node in ast.walk(function):
        if _is_told(node, module) and isinstance(node.args[0], ast.Name) and taken.get(node.args[0].id):
            yield from ((f"{path}:{node.lineno}", each) for each in _ours(taken[node.args[0].id], module))


def _is_told(node: ast.AST, module: ModuleType) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and getattr(module, node.func.id, None) is error_words.told
    )


def _may_be(error: type[YeswordError]) -> Iterator[type[YeswordError]]:
    """Itself and those below it, as far as anybody raises them; what only holds others together is never shown."""
    below = [each for each in error.__subclasses__() if each.__module__.startswith("yesword.")]
    if (not below or error in _raised()) and error.code not in ELSEWHERE:
        yield error
    for each in below:
        yield from _may_be(each)


@cache
def _raised() -> frozenset[object]:
    """What stands behind a `raise`; by its name alone where a module imports it late."""
    found: set[object] = set()
    for each in pkgutil.walk_packages(yesword.__path__, "yesword."):
        if each.name.endswith("__main__") or ".migrations" in each.name:
            continue
        module = importlib.import_module(each.name)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                named = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                home, _, name = ast.unparse(named).rpartition(".")
                found.add(getattr(getattr(module, home, module), name, name))
    return frozenset(found)


def test_a_file_that_was_not_imported_is_told_why():
    assert not [
        each.__name__
        for each in _may_be(ImportFileError)
        if each.code not in FAILED and each.__name__ not in ("WordingTableError", "RejectedIsSourceError")
    ], "the form looks at the table of wordings, and no upload names a file for rejected rows"
