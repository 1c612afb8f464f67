"""One line an event on standard error, as words or as JSON, and never a number, an address or a private link in it."""

import logging
from typing import Any, Final

import structlog

from yesword.telemetry.masking import mask, masked

__all__ = ["LOG_FORMATS", "logging_settings", "mask", "masked_event"]

LOG_FORMATS: Final = ("words", "json")


def masked_event(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask whatever the event holds. Its timestamp is added later, so that it stays whole."""
    return {
        mask(key): value if key.startswith("_") else masked(value) for key, value in event.items()
    }  # what begins with a line is the logging library's own, and not told


def in_a_line(record: logging.LogRecord) -> bool:
    """What a stranger asks wrongly, such as under another host, breaks nothing: no error, and no traceback for each."""
    record.exc_info = None
    record.levelno = min(record.levelno, logging.WARNING)
    record.levelname = logging.getLevelName(record.levelno)
    return True


def logging_settings(*, is_debug: bool, as_json: bool = False) -> dict[str, Any]:
    """For Django's LOGGING: what Django and its libraries log goes the way of our own events."""
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        masked_event,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False)
                    if as_json
                    else structlog.processors.LogfmtRenderer(
                        key_order=["timestamp", "level", "event"], bool_as_flag=False
                    ),
                ],
            }
        },
        "filters": {"in_a_line": {"()": lambda: in_a_line}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "strangers": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["in_a_line"]},
        },
        "root": {"handlers": ["stderr"], "level": "INFO" if is_debug else "WARNING"},
        "loggers": {
            "django": {
                "handlers": ["stderr"],
                "level": "INFO" if is_debug else "WARNING",
                "propagate": False,
            },
            # A refused page is no error of ours; a broken one is.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["strangers"], "level": "WARNING", "propagate": False},
            "yesword": {"level": "INFO"},
        },
    }
