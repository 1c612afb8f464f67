"""Traces for OpenTelemetry, where somebody asked for them: `YESWORD_TRACES=otlp`. Otherwise nothing of it is imported.

A span holds counts, accounts and states; whatever is given to it is masked first, and no text of an exception comes in.
Where traces go, the standard `OTEL_…` variables say.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from yesword.domain.errors import YeswordError
from yesword.telemetry.catalogue import STEP_SECONDS
from yesword.telemetry.masking import masked
from yesword.telemetry.tally import TALLY

Value = str | int | float | bool


class TracingNotInstalledError(YeswordError):
    """YESWORD_TRACES is set, but OpenTelemetry is not installed. Install yesword[otel], or leave the variable out."""

    code = "tracing_not_installed"


class BadTracesError(YeswordError):
    """YESWORD_TRACES is {found}. It may be otlp, or left out."""

    code = "bad_traces"


_tracer: Any = None  # of OpenTelemetry, which may not be there to be named as a type


def set_up(process: str, environ: Mapping[str, str] = os.environ) -> None:
    """Begin to trace if the environment asks for it. Raises TracingNotInstalledError, BadTracesError."""
    wanted = environ.get("YESWORD_TRACES", "")
    if not wanted:
        return
    if wanted != "otlp":
        raise BadTracesError(found=wanted)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise TracingNotInstalledError from None
    provider = TracerProvider(
        resource=Resource.create({"service.name": "yesword", "yesword.process": process})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace_with(provider)


def trace_with(provider: Any) -> None:
    """Let spans go to a provider of the SDK; None ends it."""
    global _tracer  # noqa: PLW0603 - one tracer a process is the point
    _tracer = None if provider is None else provider.get_tracer("yesword")


class Span:
    """What is told of one piece of work while it is done. Without a tracer it is told to nobody."""

    def __init__(self, found: Any = None) -> None:
        self._found = found

    def tell(self, **attributes: Value) -> None:
        if self._found is not None:
            self._found.set_attributes(_named(attributes))


_NOBODY: Final = Span()


@contextlib.contextmanager
def span(name: str, **attributes: Value) -> Iterator[Span]:
    """One piece of work that begins now."""
    if _tracer is None:
        yield _NOBODY
        return
    with _tracer.start_as_current_span(
        f"yesword.{name}",
        attributes=_named(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as found:
        try:
            yield Span(found)
        except Exception as error:
            found.set_attribute("yesword.error", type(error).__name__)
            raise


class Steps:
    """The steps of one batch: each is measured, and they are told as one trace if the batch was worth it.

    Only afterwards is known whether there was anything to do; looking in vain twenty times a second is not told.
    """

    def __init__(self) -> None:
        self._done: list[tuple[str, int, int]] = []

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.time_ns()
        try:
            yield
        finally:
            self._done.append((name, began, time.time_ns()))

    def tell(self, name: str, **attributes: Value) -> None:
        for step, began, ended in self._done:
            TALLY.observe(STEP_SECONDS, max(0, ended - began) / 1e9, step)
        if _tracer is None or not self._done:
            return
        from opentelemetry import trace

        whole = _tracer.start_span(
            f"yesword.{name}", start_time=self._done[0][1], attributes=_named(attributes)
        )
        within = trace.set_span_in_context(whole)
        for step, began, ended in self._done:
            _tracer.start_span(f"yesword.{step}", context=within, start_time=began).end(ended)
        whole.end(self._done[-1][2])


def _named(attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {f"yesword.{name}": masked(value) for name, value in attributes.items()}
