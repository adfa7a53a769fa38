"""What is said while we work, on standard error: as lines, with the time in a log file, or as JSON for collectors."""

import logging
import os
import time
from datetime import UTC, datetime
from enum import StrEnum

from archive.text.letters import as_json, escaped

# How the supervisor tells its crawls, which speak for themselves, in what form (they inherit its environment).
FORM = "BAYEGAN_LOG"


class Form(StrEnum):
    """How a record is written: as a line, as one with its time (UTC) and level, or as a JSON object."""

    LINES = "lines"
    DATED = "dated"
    JSON = "json"


class JsonLines(logging.Formatter):
    """A record as one JSON object on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time (UTC), level, who speaks, what is said, and the crawl or traceback if there is one."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "text": record.getMessage(),
        }
        if crawl := getattr(record, "crawl", None):
            told["crawl"] = crawl
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return as_json(told)


class Lines(logging.Formatter):
    """A record as a line; what strangers wrote (addresses, reasons) neither ends it nor commands a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record on a line, its traceback on lines of their own."""
        record = logging.makeLogRecord({**record.__dict__, "msg": escaped(record.getMessage()), "args": None})
        return "\n".join(map(escaped, super().format(record).split("\n")))


def speak(level: int, form: Form | None = None) -> None:
    """Log from `level` on: what we say, and of libraries only their errors.

    `form` None = as the process that started this one does.
    """
    form = Form(os.environ.get(FORM, Form.LINES)) if form is None else form
    os.environ[FORM] = form
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(form))
    handler.addFilter(_ours)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _formatter(form: Form) -> logging.Formatter:
    if form is Form.JSON:
        return JsonLines()
    if form is Form.LINES:
        return Lines("bayegan: %(message)s")
    dated = Lines("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    dated.converter = time.gmtime
    return dated


def _ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(("archive", "crawler", "scheduler")) or record.levelno >= logging.ERROR
