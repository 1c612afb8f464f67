"""Traces: told to OpenTelemetry where it is asked for, not even imported where it is not, and never with a number in them."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from yesword.telemetry import tracing
from yesword.telemetry.tracing import BadTracesError, Steps, TracingNotInstalledError, set_up, span


@pytest.fixture
def told():
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace_with(provider)
    yield exporter.get_finished_spans
    tracing.trace_with(None)
    provider.shutdown()


def test_a_span_says_what_was_done_and_how_much_of_it(told):
    with span("take_in", account=7, items=3) as found:
        found.tell(taken=2)
    (only,) = told()
    assert only.name == "yesword.take_in"
    assert dict(only.attributes) == {"yesword.account": 7, "yesword.items": 3, "yesword.taken": 2}


def test_no_number_and_no_words_of_an_error_come_into_a_span(told):
    with pytest.raises(ValueError, match="612345678"), span("take_in", who="+31612345678"):
        raise ValueError("+31612345678")
    (only,) = told()
    assert dict(only.attributes) == {"yesword.who": "•••", "yesword.error": "ValueError"}
    assert not only.events
    assert only.status.description is None


def test_the_steps_of_a_batch_are_one_trace_in_their_order(told):
    steps = Steps()
    for name in ("claim", "hand_over", "record"):
        with steps.step(name):
            pass
    steps.tell("send", claimed=4)
    spans = {each.name: each for each in told()}
    whole = spans["yesword.send"]
    assert whole.attributes["yesword.claimed"] == 4
    inner = [spans[f"yesword.{name}"] for name in ("claim", "hand_over", "record")]
    assert all(each.parent.span_id == whole.context.span_id for each in inner)
    assert whole.start_time == inner[0].start_time
    assert whole.end_time == inner[-1].end_time


def test_looking_in_vain_is_not_told(told):
    with Steps().step("claim"):
        pass
    assert not told()


def test_without_being_asked_for_nothing_of_it_is_imported():
    script = (
        "import sys; from yesword.telemetry.tracing import Steps, set_up, span\n"
        "set_up('dispatch', {})\n"
        "with span('take_in', items=1): pass\n"
        "steps = Steps()\n"
        "with steps.step('claim'): pass\n"
        "steps.tell('send')\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_asked_for_and_not_installed_is_said_at_the_start(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(TracingNotInstalledError):
        set_up("dispatch", {"YESWORD_TRACES": "otlp"})


def test_what_is_no_way_to_trace_is_said_at_the_start():
    with pytest.raises(BadTracesError):
        set_up("dispatch", {"YESWORD_TRACES": "yes"})
