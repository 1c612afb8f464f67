"""`yesword faults`: an installation that is killed, paused and cut off while it works, and what that broke."""

import json
import sys
from typing import TYPE_CHECKING

import click

from yesword.cli.options import scratch_folder

if TYPE_CHECKING:
    from yesword.faults.plan import Measures
    from yesword.faults.running import Ran


@click.command("faults")
@click.option("--minutes", default=60.0, show_default=True, help="How long things go wrong.")
@click.option("--seed", default=1, show_default=True, help="Chooses what goes wrong, and when.")
@click.option("--people", default=600, show_default=True, help="Size of the crowd.")
@click.option(
    "--every", "every_s", default=3.0, show_default=True, help="Seconds between faults, on average."
)
@click.option("--server-url", envvar="YESWORD_TEST_POSTGRES_URL", help="Also on this PostgreSQL server.")
@click.option(
    "--only", type=click.Choice(["sqlite", "postgresql"]), help="With --server-url: only on one of the two."
)
@click.option("--plan", "only_plan", is_flag=True, help="Only print what would go wrong, and when.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    minutes: float,
    seed: int,
    people: int,
    every_s: float,
    server_url: str | None,
    only: str | None,
    *,
    only_plan: bool,
    as_json: bool,
) -> None:
    """Kill, pause and cut off a scratch installation while it works, and check that it kept its promises.

    Campaigns run, people stop and start again, lists of leavers are imported. Processes are killed and paused at random
    moments, for longer than their leases too, and connections are cut, left half-open or slowed down. In the end what
    the carrier and the wire saw is held against the store. The same seed gives the same plan.

    Exits 0 if every promise was kept, 1 with the shortest history of each that was broken, 3 if something hung.
    """
    if only == "postgresql" and server_url is None:
        raise click.UsageError("--only postgresql wants --server-url, the server to make a database in.")
    stores = [("sqlite", None), *([("postgresql", server_url)] if server_url else [])]
    results: dict[str, Ran] = {}
    for name, url in stores:
        if only not in (None, name):
            continue
        with scratch_folder():
            from yesword.faults import running

            measures = _measures(minutes * 60, people, every_s, on_postgresql=url is not None)
            if only_plan:
                _print_plan(seed, measures)
                continue
            said = (lambda _line: None) if as_json else click.echo
            results[name] = running.run(seed, measures, say=said, server_url=url)
        if not as_json:
            _print(name, results[name])
    if as_json:
        click.echo(json.dumps({name: _as_object(each) for name, each in results.items()}))
    sys.exit(0 if all(each.is_held for each in results.values()) else 1)


def _measures(seconds: float, people: int, every_s: float, *, on_postgresql: bool) -> "Measures":
    from yesword.faults.plan import LEAVERS, Measures
    from yesword.faults.running import processes, wires

    is_short = seconds < 120
    return Measures(
        seconds=seconds,
        people=people,
        every_s=every_s,
        processes=processes(on_postgresql=on_postgresql),
        wires=wires(on_postgresql=on_postgresql),
        import_every_s=6.0 if is_short else max(20.0, seconds * LEAVERS / people),
        campaign_every_s=1.0 if is_short else 5.0,
    )


def _print_plan(seed: int, measures: "Measures") -> None:
    from yesword.faults.plan import plan

    for fault in plan(seed, measures).faults:
        delay = f", {fault.delay_s * 1000:.0f} ms" if fault.delay_s else ""
        click.echo(
            f"{fault.at_s:8.2f} s  {fault.kind.value:9} {fault.target:10} for {fault.for_s:.2f} s{delay}"
        )


def _print(name: str, ran: "Ran") -> None:
    from yesword.faults.checker import shortest

    told = ", ".join(f"{value:,} {key.replace('_', ' ')}" for key, value in ran.counts().items())
    click.echo(f"{'Held' if ran.is_held else 'BROKEN'} on {name}: {told}.")
    for invariant, (worst, count) in shortest(ran.violations).items():
        click.echo(f"\n{invariant.value} is broken, {count:,} times. The shortest history:")
        click.echo(f"  {worst.what}")
        for moment in worst.history:
            click.echo(f"  {moment.at - worst.history[0].at:+10.4f} s  {moment.what}")


def _as_object(ran: "Ran") -> dict[str, object]:
    broken = [
        {
            "invariant": each.invariant.value,
            "what": each.what,
            "history": [[moment.at, moment.what] for moment in each.history],
        }
        for each in ran.violations
    ]
    return {**ran.counts(), "is_held": ran.is_held, "violations": broken}
