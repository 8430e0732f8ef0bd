"""Log lines: JSON for machines, colours for a terminal; an event and its fields, never a body or a secret."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

from runtime import tracebacks
from runtime.secret import HIDDEN, Secret
from runtime.settings import LogLevel

# Libraries that tell at INFO what only their makers want to know.
CHATTY: Final = ("httpx", "httpcore", "pymongo", "uvicorn.access", "uvicorn.error", "asyncio")

# aiokafka tells each failed reconnection as an error, ten a second; that Kafka is away `stream` tells once.
SILENT: Final = ("aiokafka",)

_before: Final[tuple[Processor, ...]] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: LogLevel, *, stream: TextIO | None = None, human: bool | None = None) -> None:
    """Send every log line of the process to *stream* (stderr), as JSON unless it is a terminal."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(human=out.isatty() if human is None else human))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _formatter(*, human: bool) -> logging.Formatter:
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=tracebacks.write, pad_event_to=0)]
        if human
        else [structlog.processors.ExceptionRenderer(tracebacks.told), structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _hide, *last],
    )


def _hide(_logger: Any, _method: str, event: EventDict) -> MutableMapping[str, Any]:
    """Keep out what slipped in: bytes are bodies, and a `Secret` is one."""
    for name, value in event.items():
        if isinstance(value, (bytes, bytearray, memoryview)):
            event[name] = f"<{len(value)} bytes>"
        elif isinstance(value, Secret):
            event[name] = HIDDEN
    return event
