"""One line an event on standard error, and never a number, an address or a private link in it."""

import re
from typing import Any, Final

import structlog

_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]?\d){6,}")
_ADDRESS: Final = re.compile(r"[^\s@/:<>'\"]+@[^\s@/<>'\"]+")
_PRIVATE: Final = re.compile(r"(/(?:welcome|r|u|audit)/|[?&](?:key|t)=)[^\s/&?'\"]+")


def mask(text: str) -> str:
    """The text without telephone numbers, mail addresses and what is secret in private links."""
    return _LONG_NUMBER.sub("•••", _ADDRESS.sub("•••", _PRIVATE.sub(r"\1•••", text)))


def masked_event(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Mask what the event says. Its timestamp is added later, so that it stays whole."""
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def logging_settings(*, is_debug: bool) -> dict[str, Any]:
    """For Django's LOGGING: what Django and its libraries log goes the way of our own events."""
    before: list[structlog.typing.Processor] = [
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
                    structlog.processors.LogfmtRenderer(
                        key_order=["timestamp", "level", "event"], bool_as_flag=False
                    ),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if is_debug else "WARNING"},
        "loggers": {
            "django": {
                "handlers": ["stderr"],
                "level": "INFO" if is_debug else "WARNING",
                "propagate": False,
            },
            # A refused page is no error of ours; a broken one is.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "yesword": {"level": "INFO"},
        },
    }
