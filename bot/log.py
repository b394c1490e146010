"""Log lines that hold ids, codes and names of events, and can hold nothing else.

A line is one JSON object on stderr. Only the keys of the list get into it, and only
values that look like a code: whatever else is handed in is dropped, so that a mistake
loses a line's detail and never a person's privacy. What libraries log is told by name
alone, because their messages and errors quote what people wrote.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType

KEYS: Final = frozenset(
    {"event", "level", "at", "kind", "code", "about", "version", "status", "count"}
)
"""Everything that a line may hold.

`kind` is the name of an error's type, `code` a platform's or ours, `about` a reference
or an id, `version` the name of a pack version, `status` a number of HTTP.
"""
_EVENT: Final = re.compile(r"[a-z]+(:[a-z]+(-[a-z]+)*){1,2}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_OURS: Final = "lines."
"""What the names of our own loggers begin with."""
NOT_LISTED: Final = "log:line:not-listed"


def listed(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return a line with what may be in it; the last word before it is written."""
    event = line.get("event", "")
    kept = {key: value for key, value in line.items() if key in KEYS and _safe(value)}
    known = isinstance(event, str) and _EVENT.fullmatch(event)
    return {**kept, "event": event if known else NOT_LISTED}


def _safe(value: object) -> bool:
    if isinstance(value, bool | int | float):
        return True
    return isinstance(value, str) and bool(_CODE.fullmatch(value))


class Log:
    """Writes lines of one module; structlog is imported with the first of them."""

    def __init__(self, name: str) -> None:
        """Take the module's name."""
        self._name = name
        self._bound: Any = None

    def info(self, event: str, **more: float | str) -> None:
        """Write that something happened as it should."""
        self._write("info", event, more)

    def warning(self, event: str, **more: float | str) -> None:
        """Write that something was refused, or is tried again."""
        self._write("warning", event, more)

    def error(self, event: str, **more: float | str) -> None:
        """Write that something failed."""
        self._write("error", event, more)

    def failed(self, event: str, error: BaseException) -> None:
        """Write a line of an error: its type, and the database's code where it has one.

        Its message is left out, as it may hold what somebody wrote.
        """
        code = getattr(error, "code", "")
        self.error(event, kind=type(error).__name__, code=str(code))

    def _write(self, method: str, event: str, more: dict[str, float | str]) -> None:
        if self._bound is None:
            self._bound = _bound(self._name)
        getattr(self._bound, method)(event, **more)


def _bound(name: str) -> object:
    # Importing it takes longer than a whole first question, and most runs log nothing.
    import structlog  # noqa: PLC0415 -- see above

    return structlog.wrap_logger(
        logging.getLogger(f"{_OURS}{name}"),
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            listed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Lines(logging.Formatter):
    """Lets our own lines through, and tells of others no more than who wrote one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        if record.name.startswith(_OURS):
            return record.getMessage()
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "event": "log:library:wrote",
            "level": record.levelname.lower(),
            "code": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            line["kind"] = record.exc_info[0].__name__
        return json.dumps(dict(listed(None, "", line)), sort_keys=True)


def configure(stream: TextIO | None = None, *, quiet: bool = False) -> None:
    """Write the lines of this process to a stream, stderr by default.

    Args:
        stream: Where to.
        quiet: Leave out what happens as it should, where somebody reads the answer of
            a command in the same place.

    What nobody catches is told without its message: where it happened, and its type.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    least = logging.WARNING if quiet else logging.INFO
    logging.getLogger(_OURS.rstrip(".")).setLevel(least)
    logging.raiseExceptions = False
    sys.excepthook = uncaught
    sys.unraisablehook = lambda said: uncaught(
        said.exc_type, said.exc_value, said.exc_traceback
    )
    threading.excepthook = lambda said: uncaught(
        said.exc_type, said.exc_value, said.exc_traceback
    )


def uncaught(
    kind: type[BaseException],
    _error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    """Tell of an error that nobody caught, without its message."""
    if issubclass(kind, KeyboardInterrupt):
        return
    # Lines of our own source, and no values: a message may hold what somebody wrote.
    where = "".join(traceback.format_tb(trace))
    sys.stderr.write(f"{where}{kind.__name__}\n")
