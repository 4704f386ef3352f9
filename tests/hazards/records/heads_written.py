"""Files of chain heads, written and read back."""

import datetime as dt
import json
from typing import Any

from hazards.queries import heads
from hazards.queries.verification import heads as heads_files
from hazards.rules import seals
from tests.factories import NOW, TODAY
from tests.hazards.records.conftest import DAY

Lines = list[dict[str, Any]]


def written(*, on: dt.date = TODAY + 5 * DAY, before: dt.date | None = TODAY) -> Lines:
    """The lines of a file, as they are read back."""
    lines = heads.lines(on=on, before=before, portal="https://portal", at=NOW)
    return [json.loads(seals.canonical(line)) for line in lines]


def found(lines: Lines) -> list[str]:
    """What a file of heads says of the database."""
    return [str(fault) for fault in heads_files.faults(lines)]
