"""The hot tables and the guards that keep them append-only, as SQL for each database."""

from importlib import resources
from typing import Final

_WORDS: Final = {
    "sqlite": {
        "id ROWKEY": "id INTEGER PRIMARY KEY",
        "KEYED (bucket, id)": "CHECK (id >> 53 = bucket)",
        ") ROWLESS;": ") WITHOUT ROWID;",
    },
    "postgresql": {
        "id ROWKEY": "id BIGINT NOT NULL",
        "KEYED (bucket, id)": "PRIMARY KEY (bucket, id)",
        ") ROWLESS;": ");",
        " BLOB": " BYTEA",
    },
}


def tables(vendor: str) -> str:
    sql = _read("tables.sql")
    for written, meant in _WORDS[vendor].items():
        sql = sql.replace(written, meant)
    return sql


def guards(vendor: str) -> str:
    return _read(f"guards-{vendor}.sql")


def guard_names(vendor: str) -> frozenset[str]:
    """The triggers that must exist: `yesword store check` asks the database for each."""
    words = guards(vendor).split()
    return frozenset(
        words[at + 2] for at, word in enumerate(words[:-2]) if word == "CREATE" and words[at + 1] == "TRIGGER"
    )


def _read(name: str) -> str:
    return (resources.files(__name__) / name).read_text(encoding="utf-8")
