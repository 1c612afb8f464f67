"""The long tables of the reference, made from the code, so that they cannot fall behind it.

`make docs` writes them between the marks in docs/reference; test_docs.py fails when what stands there is another text.
"""

import argparse
import importlib
import inspect
import pkgutil
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yesword.domain.rules.model import Rule

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"
COMPILED = ROOT / "src" / "yesword" / "domain" / "rules" / "packs" / "compiled.bin"

# --- commands ------------------------------------------------------------------------------------------------


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, groups before what is in them."""
    from yesword.cli import group

    yield from _below("yesword", group)


def _below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=words)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _below(f"{words} {name}", found)


def options_of(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option) and not each.hidden]


def commands() -> str:
    return "\n\n".join(_command(words, command) for words, command in all_commands())


def _command(words: str, command: click.Command) -> str:
    context = click.Context(command, info_name=words)
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    help_text = inspect.cleandoc(command.help or "").replace("\b", "").replace("\f", "")
    paragraphs = [" ".join(each.split()) for each in help_text.split("\n\n")]
    parts = [f"### `{words}`", "```text\n" + usage + "\n```", *(_prose(each) for each in paragraphs if each)]
    rows = [
        (
            ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts)),
            _cell(option.help or ""),
            _takes(option, context),
        )
        for option in options_of(command)
    ]
    if rows:
        parts.append(_table(("option", "what it does", "takes"), rows))
    return "\n\n".join(parts)


def _takes(option: click.Option, context: click.Context) -> str:
    if option.is_flag:
        return "nothing"
    kind = option.type
    if isinstance(kind, click.Choice):
        taken = ", ".join(f"`{each}`" for each in kind.choices)
    else:
        taken = f"`{option.make_metavar(context)}`"
    if option.default is not None and option.show_default:
        taken += f"; `{option.default}` by default"
    if option.envvar:
        taken += f"; or from `{option.envvar}`"
    return taken


# --- errors --------------------------------------------------------------------------------------------------


def import_everything() -> None:
    """Every module of the package, so that every error class exists. `__main__` would run the command line."""
    import yesword

    for found in pkgutil.walk_packages(yesword.__path__, "yesword."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            importlib.import_module(found.name)


def all_error_classes() -> list[type[Exception]]:
    from yesword.domain.errors import YeswordError

    import_everything()
    found: list[type[Exception]] = []
    todo: list[type[Exception]] = [YeswordError]
    while todo:
        below = [each for each in todo.pop().__subclasses__() if each.__module__.startswith("yesword.")]
        found += below
        todo += below
    return list(dict.fromkeys(found))


def error_classes() -> list[type[Exception]]:
    """Those with a code of their own: one without only holds others together."""
    found = [each for each in all_error_classes() if "code" in vars(each)]
    return sorted(found, key=lambda each: (each.code, each.__module__))  # type: ignore[attr-defined]


def errors() -> str:
    rows = [
        (f"`{each.code}`", _cell((each.__doc__ or "").strip()), f"`{each.__module__}`")  # type: ignore[attr-defined]
        for each in error_classes()
    ]
    return _table(("code", "what it says", "where it comes from"), rows)


# --- rules ---------------------------------------------------------------------------------------------------


def rules() -> str:
    from yesword.domain.rules import RuleBook, telling

    parts = []
    for pack in RuleBook.load().packs:
        child = f" Child of `{pack.parent}`." if pack.parent else ""
        parts.append(f"### `{pack.id}`: {pack.name}\n\nSpeaks to {telling.reaches(pack.reach)}.{child}")
        rows = [
            (f"`{rule.id}`", _asks(rule), _cell(rule.citation), _cell(telling.standing(rule)))
            for rule in pack.rules
        ]
        parts.append(_table(("rule", "what it asks", "written in", "how it stands"), rows))
    return "\n\n".join(parts)


def _asks(rule: "Rule") -> str:
    from yesword.domain.rules import telling

    name, _, rest = telling.asks(rule.parameter).partition(": ")
    where = telling.conditions(rule.when)
    return _cell("; ".join([f"**{name}**", *([rest] if rest else []), *(f"only {each}" for each in where)]))


def built_in_rules() -> str:
    """What decides without a pack: the person's own word, the program's promise, and lists of the house."""
    from yesword.domain.catalogue import CATALOGUE
    from yesword.domain.gate.built_in import BUILT_IN_RULES

    rows = [
        (
            f"`{each.id}`",
            _cell(CATALOGUE.get(each.code, "")),
            each.rests_on,
            _cell(CATALOGUE.get(f"remedy.{each.code}", "")),
        )
        for each in BUILT_IN_RULES
    ]
    return _table(("rule", "what it says", "rests on", "what would change it"), rows)


# --- writing -------------------------------------------------------------------------------------------------


def _prose(text: str) -> str:
    return re.sub(r"<(?=[a-z/])", r"\\<", text)


def _cell(text: str) -> str:
    return _prose(" ".join(text.split()).replace("|", "\\|"))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


TABLES = {
    ("commands.md", "commands"): commands,
    ("errors.md", "errors"): errors,
    ("rules.md", "rules"): rules,
    ("rules.md", "built-in rules"): built_in_rules,
}


def expected() -> Mapping[Path, str]:
    """Each file of the reference as it should be: its own words, with the tables made anew."""
    texts: dict[Path, str] = {}
    for (name, mark), make in TABLES.items():
        path = REFERENCE / name
        text = texts.get(path) or path.read_text(encoding="utf-8")
        begin, end = f"<!-- begin: {mark} -->\n", f"<!-- end: {mark} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"{name} has no place for {mark}: it needs the lines {begin.strip()} and {end}.")
        head, rest = text.split(begin)
        texts[path] = f"{head}{begin}\n{make()}\n\n{end}{rest.split(end)[1]}"
    return texts


def write_compiled_packs() -> bool:
    """Whether the compiled packs had to be made anew."""
    from yesword.domain.rules import compiled
    from yesword.domain.rules.loader import read_packs
    from yesword.domain.validating import shipped_files

    files = shipped_files()
    if compiled.load(files) is not None:
        return False
    COMPILED.write_bytes(compiled.dump(files, read_packs(files)))
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="Write the tables into docs/reference, and compile the packs."
    )
    is_writing = parser.parse_args().write
    from yesword.store.opening import set_up_django

    stale = 0
    if is_writing and write_compiled_packs():
        sys.stdout.write(f"{COMPILED.relative_to(ROOT)} written\n")
    with tempfile.TemporaryDirectory(prefix="yesword-docs-") as folder:
        set_up_django(Path(folder), None)
        for path, text in expected().items():
            if path.read_text(encoding="utf-8") == text:
                continue
            stale += 1
            if is_writing:
                path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} {'written' if is_writing else 'is out of date'}\n")
    return 0 if is_writing else min(stale, 1)


if __name__ == "__main__":
    sys.exit(main())
