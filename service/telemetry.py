"""Log lines and counters. Fields pass an allow-list: what is not on it is dropped, so that no token, body or buyer's
data can reach a log by accident. Nothing here knows orders or people.
"""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

#: The only fields that reach a log line. Ids and figures; never text from outside.
ALLOWED_FIELDS = frozenset(
    [
        "account_id",
        "action",
        "attempt",
        "binding_id",
        "bytes_in",
        "bytes_out",
        "calls",
        "code",
        "count",
        "delay_s",
        "detail",
        "epoch",
        "event",
        "exception",
        "flow",
        "inserted",
        "job",
        "kind",
        "level",
        "logger",
        "member_id",
        "method",
        "ms",
        "notice_type",
        "outcome",
        "path",
        "plan",
        "problem",
        "reads",
        "reason",
        "reference",
        "request_id",
        "role",
        "rows",
        "seconds",
        "shop_id",
        "source",
        "spreadsheet_id",
        "stack",
        "status",
        "timestamp",
        "type",
        "updated",
        "version",
        "writes",
    ]
)


NOTICES = Counter("rowstream_notices_total", "Webhook notices by what became of them.", ["outcome"])
ACTIONS = Counter("rowstream_actions_total", "Sidebar actions by name and outcome.", ["action", "outcome"])
GOOGLE_CALLS = Counter("rowstream_google_calls_total", "Calls to Google by kind and outcome.", ["kind", "outcome"])
TIKTOK_CALLS = Counter(
    "rowstream_tiktok_calls_total", "Calls to TikTok by endpoint and outcome.", ["endpoint", "outcome"]
)
ROWS_WRITTEN = Counter("rowstream_rows_written_total", "Rows settled in sheets by what was done.", ["deed"])
PASS_SECONDS = Histogram("rowstream_pass_seconds", "Duration of one flush pass over a spreadsheet.")
FRESHNESS_SECONDS = Histogram(
    "rowstream_freshness_seconds",
    "From the moment a change was saved to the moment its row was verified in the sheet.",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
)


def _only_allowed(_logger: object, _name: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED_FIELDS}


def places(error: BaseException) -> list[str]:
    """Where an exception came from, innermost last: all of it that may be told, for its words may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]


def _frames_only(_logger: object, _name: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception becomes its type and places. Its message is left out: it may quote what was being handled."""
    error = fields.pop("exc_info", None)
    if isinstance(error, BaseException):
        fields["exception"] = type(error).__qualname__
        fields["stack"] = places(error)
    return fields


def configure(level: str) -> None:
    """Log lines go to standard error as JSON, one per event; the engine's and libraries' chatter only from warnings."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _frames_only,
            _only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> structlog.typing.FilteringBoundLogger:
    """The logger; call it with an event name and allowed fields."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
