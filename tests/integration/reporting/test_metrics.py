"""The figures as Prometheus reads them: each that is promised is there, and each says what happened."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from factories.worlds import ANNA, World, world
from yesword.channels.errors import CarrierError
from yesword.channels.ports import DeliveryReport, InboundText, ReportState
from yesword.cli import group
from yesword.proof.sequencer import Sequencer
from yesword.reporting import metrics, running
from yesword.sending import campaigns
from yesword.sending.taking import take
from yesword.store import holds, models
from yesword.store.opening import Store
from yesword.telemetry import snapshots, tally
from yesword.telemetry.catalogue import FIGURES
from yesword.telemetry.tally import Tally

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
Read = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """What this process counts begins at nothing."""
    own = tally.TALLY
    for name in ("_values", "_histograms", "_series"):
        monkeypatch.setattr(own, name, {})
    return own


def read(here: World, counting: Tally) -> Read:
    folder = snapshots.folder_of(here.store.run)
    snapshots.write(folder / "dispatch-0.json", counting)
    text = metrics.exposition(running.count(here.store, here.at), snapshots.read(here.store.run)).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Read, name: str, **labels: str) -> float:
    return found[f"yesword_{name}", tuple(sorted(labels.items()))]


def test_a_campaign_and_its_stops_are_counted(store: Store, counting: Tally) -> None:
    with world(store) as here:
        account = here.account.key
        here.join(ANNA)
        here.wait(days=1)
        here.campaign()
        here.settle()
        stop = InboundText(
            account=account,
            provider_id="in-stop",
            sender_number=ANNA,
            to_address="800123",
            text="STOP",
            received_at=here.at,
        )
        report = DeliveryReport(
            account=account,
            provider_id="nobody-knows",
            state=ReportState.FAILED,
            error_code="30007",
            meaning=CarrierError.FILTERED,
            at=here.at,
        )
        assert take(here.store, here.account.pk, [stop, report], lambda: here.at) == [True, True]
        found = read(here, counting)
    sent = value(found, "outcomes_total", account=account, outcome="accepted")
    assert sent == value(found, "handed_over_total", account=account) == 3
    assert value(found, "decisions_total", verdict="send", code="") == 3
    assert value(found, "claims_total") >= 2
    assert value(found, "stops_total", account=account) == 1
    assert value(found, "stop_seconds_count", account=account) == 1
    assert value(found, "inbound_texts_total", account=account, answer="acknowledged") == 1
    assert value(found, "delivery_reports_total", account=account, state="failed") == 1
    assert value(found, "carrier_errors_total", account=account, meaning="filtered") == 1
    assert value(found, "batch_seconds_count", step="claim") >= 2


def test_the_queue_is_told_by_urgency_and_by_what_it_waits_for(store: Store, counting: Tally) -> None:
    with world(store) as here:
        here.members(3)
        here.wait(days=1)
        campaign = here.campaign()
        campaigns.feed(here.store, here.at)
        here.wait(seconds=30)
        found = read(here, counting)
        assert value(found, "queue_messages", **{"class": "campaigns", "state": "due"}) == 3
        assert value(found, "queue_oldest_due_seconds", **{"class": "campaigns"}) == 30
        assert value(found, "queue_messages", **{"class": "codes", "state": "due"}) == 0
        campaigns.pause(campaign.pk)
        here.settle()
        found = read(here, counting)
        assert value(found, "queue_messages", **{"class": "campaigns", "state": "paused"}) == 3
        assert value(found, "queue_oldest_due_seconds", **{"class": "campaigns"}) == 0


def test_a_sequencer_that_lags_is_seen(store: Store, counting: Tally) -> None:
    with world(store) as here:
        here.join(ANNA)
        here.wait(seconds=90)
        before = read(here, counting)
        assert value(before, "ledger_waiting") > 0
        assert value(before, "ledger_oldest_waiting_seconds") >= 90
        assert ("yesword_ledger_checkpoint_age_seconds", ()) not in before, "there is no head yet"
        Sequencer(store=here.store, clock=lambda: here.at).round()
        here.wait(seconds=40)
        after = read(here, counting)
        assert value(after, "ledger_waiting") == 0
        assert value(after, "ledger_entries_total") == value(before, "ledger_waiting")
        assert value(after, "ledger_checkpoint_age_seconds") == 40


def test_holds_pauses_and_webhooks_are_told(sqlite_store: Store, counting: Tally) -> None:
    with world(sqlite_store) as here:
        with here.store.database.write() as session:
            holds.hold(session, holds.HALTED, here.at)
            holds.hold(session, holds.GAP, here.at, holds.Scope(account=here.account.pk))
        found = read(here, counting)
        assert value(found, "sending_held", reason="halted", of="everything") == 1
        assert value(found, "sending_held", reason="gap", of="account") == 1
        assert value(found, "pauses", of="sender") == 0
        assert value(found, "webhook_endpoints", state="off") == 0
        assert value(found, "disk_free_bytes", folder="data") > 0
        assert value(found, "workers", lease="holds") == 1


def test_levels_of_a_process_that_is_gone_are_no_levels_and_its_counts_stay(
    sqlite_store: Store, counting: Tally
) -> None:
    with world(sqlite_store) as here:
        here.join(ANNA)
        found = read(here, counting)
    assert value(found, "process_up", process="dispatch", slot="0") == 0
    assert value(found, "claims_total") > 0
    assert not [name for name, _ in found if name == "yesword_account_texts_per_second"]


def test_a_histogram_adds_up_over_processes(sqlite_store: Store, counting: Tally) -> None:
    with world(sqlite_store) as here:
        here.join(ANNA)
        other = Tally()
        other.go_on_from(counting.counted())
        snapshots.write(snapshots.folder_of(here.store.run) / "dispatch-1.json", other)
        found = read(here, counting)
    count = value(found, "batch_seconds_count", step="claim")
    assert count == value(found, "batch_seconds_bucket", step="claim", le="+Inf")
    own = counting.counted().histograms["yesword_batch_seconds", ("claim",)].count
    assert count == 2 * own
    steps = [
        each
        for (name, labels), each in found.items()
        if name == "yesword_batch_seconds_bucket" and ("step", "claim") in labels
    ]
    assert steps == sorted(steps)


def test_every_figure_of_the_catalogue_is_exposed(sqlite_store: Store, counting: Tally) -> None:
    with world(sqlite_store) as here:
        text = metrics.exposition(running.count(here.store, here.at), snapshots.read(here.store.run)).decode()
    said = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))
    assert {each.shown: each.says for each in FIGURES.values()} == said


def test_the_command_prints_the_same(sqlite_store: Store, counting: Tally) -> None:
    with world(sqlite_store) as here:
        folder = str(here.store.folder)
        done = CliRunner().invoke(group, ["metrics", "--data", folder], catch_exceptions=False)
    assert done.exit_code == 0
    assert list(text_string_to_metric_families(done.output))


# --- files that name figures ---------------------------------------------------------------------------------

SUFFIXES = ("_bucket", "_sum", "_count")


def named(text: str) -> set[str]:
    return set(re.findall(r"\byesword_[a-z_]+\b", text))


def shown() -> dict[str, set[str]]:
    """Every name that can be asked for, with its labels."""
    found = {}
    for each in FIGURES.values():
        for suffix in SUFFIXES if each.steps else ("",):
            found[each.shown + suffix] = {*each.labels, *(("le",) if suffix == "_bucket" else ())}
    return found


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yml"])
def test_each_figure_in_the_examples_is_there_with_the_labels_that_they_use(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    known = shown()
    assert len(named(text)) > 5
    assert named(text) <= known.keys()
    if name.endswith("json"):
        expressions = [each["expr"] for panel in json.loads(text)["panels"] for each in panel["targets"]]
    else:
        expressions = re.findall(r"expr: (.+)", text)
    for expression in expressions:
        labels = set(re.findall(r"(\w+)=~?\"", expression))
        for grouped in re.findall(r"by \(([^)]+)\)", expression):
            labels |= {each.strip() for each in grouped.split(",")}
        (figure,) = named(expression)
        assert labels <= known[figure], expression


def test_the_dashboard_shows_every_figure() -> None:
    text = (EXAMPLES / "grafana.json").read_text(encoding="utf-8")
    missing = [each.name for each in FIGURES.values() if each.name not in text]
    assert not missing


def test_an_account_is_called_by_its_key(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        assert metrics.account_keys() == {str(here.account.pk): here.account.key}
        models.Account.objects.filter(pk=here.account.pk).update(key="31612345678")
        assert metrics.account_keys() == {str(here.account.pk): "•••"}, (
            "an account may be called like a number"
        )
