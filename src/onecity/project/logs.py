"""How processes log: one JSON object a line on standard error, without personal data."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

from onecity.kernel import context

# The last guard, not the first: modules never log personal data; should a number slip in, it is covered here.
_IDENTITY_NUMBER: Final = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_MOBILE: Final = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def covered(text: str) -> str:
    """Return `text` with identity numbers and mobile numbers masked."""
    return _MOBILE.sub(r"\1****\2", _IDENTITY_NUMBER.sub(r"\1********\2", text))


class JsonFormatter(logging.Formatter):
    """Writes time (UTC), level, logger, message, request id and, after an error, the trace."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        request_id = context.request_id()
        if request_id:
            entry["request"] = request_id
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return covered(json.dumps(entry, ensure_ascii=False, default=str))


def logging_settings(level: str) -> dict[str, Any]:
    """Return the logging configuration for `level`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "onecity.project.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "procrastinate": {"level": "WARNING"},
        },
    }
