"""What the logs say: one form for every line, no personal data, no way in."""

import logging
import re
from typing import Final

# One-time links: who reads the log must not be able to follow them.
_LINK: Final = re.compile(r"(/(?:welcome|recover)/)[^/\s?'\"]+")
# PostgreSQL puts the values of a refused row into these lines of its errors.
_VALUES: Final = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


class LineFormatter(logging.Formatter):
    """Leaves out one-time links, and the values that a database error shows."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its trace if it has one."""
        text = _LINK.sub(r"\1…", super().format(record))
        return _VALUES.sub(r"\1: …", text)
