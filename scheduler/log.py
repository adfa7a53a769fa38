"""What is said while we work, on standard error: as lines, or as JSON for whoever collects logs."""

import json
import logging
import os
from datetime import UTC, datetime

# How the supervisor tells its crawls, which speak for themselves, in what form (they inherit its environment).
FORM = "BAYEGAN_LOG"


class JsonLines(logging.Formatter):
    """A record as one JSON object on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time (UTC), level, who speaks, what is said, and the traceback if there is one."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def speak(level: int, *, as_json: bool | None = None) -> None:
    """Log from `level` on: what we say, and of libraries only their errors.

    `as_json` None = as the process that started this one does.
    """
    if as_json is None:
        as_json = os.environ.get(FORM) == "json"
    os.environ[FORM] = "json" if as_json else "lines"
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("bayegan: %(message)s"))
    handler.addFilter(_ours)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(("archive", "crawler", "scheduler")) or record.levelno >= logging.ERROR
