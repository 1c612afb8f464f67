"""How the tables would be spread over several machines by the Citus extension, as `distribution.toml` has it.

Nothing here distributes anything: an installation whose database outgrows one machine runs the statements once.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

_REFER_ALL: Final = """SELECT create_reference_table(oid) FROM pg_class WHERE relkind = 'r'
  AND relnamespace = 'public'::regnamespace AND relname LIKE 'PREFIX%' ORDER BY relname;"""

Place = Literal["distributed", "reference", "local"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tables whose rows with the same value in `column` lie on the same machine."""

    column: str
    why: str
    tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    groups: tuple[Group, ...]
    reference: tuple[str, ...]
    reference_prefixes: tuple[str, ...]
    local_prefixes: tuple[str, ...]

    def group_of(self, table: str) -> Group | None:
        return next((each for each in self.groups if table in each.tables), None)

    def place_of(self, table: str) -> Place | None:
        """Where a table would be. None: nobody has said."""
        if self.group_of(table) is not None:
            return "distributed"
        if table in self.reference or table.startswith(self.reference_prefixes):
            return "reference"
        return "local" if table.startswith(self.local_prefixes) else None

    def statements(self) -> list[str]:
        """What to run on a Citus coordinator: tables that are everywhere first, then group after group."""
        found = [f"SELECT create_reference_table('{each}');" for each in self.reference]
        found += [_refer_all(each) for each in self.reference_prefixes]
        for group in self.groups:
            first, *others = group.tables
            found.append(_distribute(first, group.column, "none"))
            found += [_distribute(each, group.column, first) for each in others]
        return found


@cache
def distribution() -> Distribution:
    written = tomllib.loads((resources.files(__package__) / "distribution.toml").read_text(encoding="utf-8"))
    return Distribution(
        groups=tuple(
            Group(column=each["column"], why=each["why"], tables=tuple(each["tables"]))
            for each in written["group"]
        ),
        reference=tuple(written["reference"]["tables"]),
        reference_prefixes=tuple(written["reference"]["prefixes"]),
        local_prefixes=tuple(written["local"]["prefixes"]),
    )


def _refer_all(prefix: str) -> str:
    return _REFER_ALL.replace("PREFIX", prefix.replace("_", r"\_"))


def _distribute(table: str, column: str, beside: str) -> str:
    return f"SELECT create_distributed_table('{table}', '{column}', colocate_with => '{beside}');"
