"""An import of many people, and one that is killed in the middle and goes on: time, memory, and whether anybody is double."""

import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from yesword.bench.rows import Figure
from yesword.bench.scratch import scratch_store
from yesword.demo.brand import make_brand
from yesword.domain.errors import YeswordError
from yesword.store import models
from yesword.store.opening import Store

WORDING: Final = "Yes, text me offers of Linde & Loom, at most four a month. Stop with STOP."
_STOPS: Final = 20  # one row in so many is an opt-out
_CLAIMS: Final = 5  # and one in so many a claim only
_KILLED_AFTER: Final = 3  # of the rows, one in so many: the stops are written by then, and many grants


class DoublesError(YeswordError):
    """The import that was killed and went on left {people} people, {events} grants and {stops} stops of {rows} rows."""

    code = "bench_doubles"


def figures(rows: int, server_url: str | None = None) -> Iterator[Figure]:
    """On SQLite, and on PostgreSQL where there is a server. Parsed, validated, sealed, graded, with events and outbox."""
    yield from _on("SQLite", None, rows)
    if server_url is not None:
        yield from _on("PostgreSQL", server_url, rows)


def _on(name: str, server_url: str | None, rows: int) -> Iterator[Figure]:
    with scratch_store(server_url) as store:
        program = make_brand(store, carrier_settings={}).program("club")
        file = store.folder / "people.csv"
        _write(file, rows)
        killed_s = _killed(store, program.key, file, rows // _KILLED_AFTER)
        cursor = models.ImportRun.objects.values_list("cursor", flat=True).get()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run(_command(store, program.key, file), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
        spent = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        _check(store, rows)
        written = rows - cursor
        whole = Figure(name=f"rows imported, {name}", value=round(written / spent), unit="1/s")
        yield whole
        yield Figure(name=f"so for a million, {name}", value=round(1_000_000 * spent / written), unit="s")
        processor = (after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime) / written
        yield Figure(name=f"processor time of a row, {name}", value=round(processor * 1e6), unit="us")
        yield Figure(
            name=f"peak memory of the import, {name}", value=round(after.ru_maxrss / 1024), unit="MB"
        )
        yield Figure(name=f"rows written before the kill, {name}", value=cursor, unit="rows")
        yield Figure(name=f"until the kill, {name}", value=round(killed_s, 1), unit="s")
        yield Figure(name=f"doubles after going on, {name}", value=0, unit="people")


def _write(file: Path, rows: int) -> None:
    """Dutch mobile numbers, each once."""
    chance = random.Random(7)  # noqa: S311 - made-up rows, no secret
    with file.open("w", encoding="utf-8") as opened:
        opened.write("phone,first name,last name,city,language,consent date,source,wording,status\n")
        for row in range(rows):
            day = f"20{chance.randrange(20, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
            wording = f'"{WORDING}"' if row % _CLAIMS else ""
            status = "subscribed" if row % _STOPS else "unsubscribed"
            number = 10_000_000 + row * 7 % 29_000_000
            opened.write(
                f"06{number},Anna{row},Jansen,Utrecht,nl,{day} {clock},checkout,{wording},{status}\n"
            )


def _command(store: Store, program: str, file: Path) -> list[str]:
    url = [] if store.url is None else ["--database-url", store.url]
    return [
        sys.executable, "-m", "yesword", "import", str(file), "--program", program, "--data", str(store.folder), *url,
    ]  # fmt: skip


def _killed(store: Store, program: str, file: Path, written: int) -> float:
    """Start the real command, and kill it when so many rows are written; the seconds until then."""
    began = time.perf_counter()
    process = subprocess.Popen(_command(store, program, file), stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    while process.poll() is None:
        cursor = models.ImportRun.objects.values_list("cursor", flat=True).first()
        if cursor is not None and cursor > written:
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    return time.perf_counter() - began


def _check(store: Store, rows: int) -> None:
    """Nobody is missing, and nobody double."""
    stops = len(range(0, rows, _STOPS))
    with store.database.read() as session:
        brand = models.Brand.objects.values_list("pk", flat=True).get()
        row = session.first("count_contacts", brand_id=brand)
        found = row[0] if row else 0
        events = sum(
            count for kind, count in session.rows("count_events", brand_id=brand) if kind == "granted"
        )
        suppressed = sum(count for _, count in session.rows("count_suppressions", brand_id=brand))
    if (found, events, suppressed) != (rows - stops, rows - stops, stops):
        raise DoublesError(people=found, events=events, stops=suppressed, rows=rows)
