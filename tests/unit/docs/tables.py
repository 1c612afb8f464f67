"""The long tables of the reference, made from the code, so that they cannot fall behind it.

`make docs` writes them between the marks in docs/reference; test_docs.py fails when what stands there is another text.
"""

import argparse
import dataclasses
import enum
import importlib
import inspect
import pkgutil
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"

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
    from yesword.domain.rules import RuleBook

    parts = []
    for pack in RuleBook.load().packs:
        parts.append(f"### `{pack.id}`: {pack.name}\n\n{_reach(pack)}")
        rows = [
            (
                f"`{rule.id}`",
                _cell(_parameter(rule.parameter)),
                _cell(rule.citation),
                _standing(rule),
            )
            for rule in pack.rules
        ]
        parts.append(_table(("rule", "what it asks", "written in", "how it stands"), rows))
    return "\n\n".join(parts)


def _reach(pack: object) -> str:
    reach = pack.reach  # type: ignore[attr-defined]
    told = []
    if reach.is_everywhere:
        told.append("every text")
    if reach.region:
        told.append(f"people who may be in {reach.region}")
    if reach.countries:
        told.append("people who may be in, or brands of, " + ", ".join(reach.countries))
    if reach.number_countries:
        told.append("numbers of " + ", ".join(reach.number_countries))
    parent = pack.parent  # type: ignore[attr-defined]
    return f"Speaks to {'; '.join(told)}." + (f" Child of `{parent}`." if parent else "")


def _parameter(parameter: object) -> str:
    values = []
    for field in dataclasses.fields(parameter):  # type: ignore[arg-type]
        value = getattr(parameter, field.name)
        if value not in ((), None):
            values.append(f"{field.name.replace('_', ' ')}: {_value(value)}")
    table = type(parameter).table  # type: ignore[attr-defined]
    return f"**{table.replace('_', ' ')}**; {'; '.join(values)}"


def _value(value: object) -> str:
    from yesword.domain.hours import Week

    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Week):
        return _week(value)
    if isinstance(value, enum.IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(_value(each) for each in value)
    return str(value)


def _week(week: object) -> str:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    days = [
        ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in day) or "closed"
        for day in week.days  # type: ignore[attr-defined]
    ]
    if len(set(days)) == 1:
        return f"{days[0]} every day"
    return ", ".join(f"{name} {day}" for name, day in zip(names, days, strict=False))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _standing(rule: object) -> str:
    said = [str(rule.severity.value), str(rule.status.value).replace("_", " "), str(rule.confidence.value)]  # type: ignore[attr-defined]
    if rule.effective_from != date.min:  # type: ignore[attr-defined]
        said.append(f"from {rule.effective_from}")  # type: ignore[attr-defined]
    if rule.effective_to != date.max:  # type: ignore[attr-defined]
        said.append(f"until {rule.effective_to}")  # type: ignore[attr-defined]
    return ", ".join(said) + ("" if rule.is_enforced else "; noted only")  # type: ignore[attr-defined]


def built_in_rules() -> str:
    """What decides without a pack: the person's own word, the program's promise, and lists of the house."""
    from yesword.domain.explain import CATALOGUE
    from yesword.domain.gate.reasons import BUILT_IN, RECORD
    from yesword.domain.permission import Lack

    codes = {"program_age": "too_young"}  # the only rule whose code has another name
    rules_of = {f"{pack}.{rule}": (codes.get(rule, rule), said) for rule, (pack, said) in BUILT_IN.items()}
    rules_of |= {f"{RECORD}.{each.value}": (each.value, "the person's own word") for each in Lack}
    rows = [
        (f"`{rule}`", _cell(CATALOGUE.get(code, "")), said, _cell(CATALOGUE.get(f"remedy.{code}", "")))
        for rule, (code, said) in sorted(rules_of.items())
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="Write the tables into docs/reference.")
    is_writing = parser.parse_args().write
    from yesword.store.opening import set_up_django

    stale = 0
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
