"""An enterprise that did all it should, and a finding of the hazard it reported."""

import copy
import json
from typing import Any

from hazards.queries.workdays import ChineseCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.facts_files import plain, read
from hazards.rules.outcomes import Determination

CALENDAR = ChineseCalendar()

TOML = """\
name = "good"
decided_on = 2026-09-01

[policy]
cutoff = "arrival"

[enterprise]
established_on = 2020-01-06
responsible_bureau = "bureau"
suspensions = []
waivers = []
principals = [{ person = "Li", from = 2020-01-06 }]

[[inspections]]
id = "a"
held_on = 2025-05-20
team = "internal"
took_part = ["Li", "Wu"]

[[inspections]]
id = "b"
held_on = 2025-08-20
team = "internal"
took_part = ["Wu"]

[[inspections]]
id = "c"
held_on = 2025-11-20
team = "internal"
took_part = ["Wu"]

[[inspections]]
id = "d"
held_on = 2026-02-10
team = "internal"
took_part = ["Wu"]

[[inspections]]
id = "e"
held_on = 2026-06-03
team = "internal"
took_part = ["Wu"]

[[reports]]
quarter = "2025Q2"
inspections = ["a"]
signed_by = "Li"
received_at = 2025-07-10T10:00:00+08:00

[[reports]]
quarter = "2025Q3"
inspections = ["b"]
signed_by = "Li"
received_at = 2025-10-10T10:00:00+08:00

[[reports]]
quarter = "2025Q4"
inspections = ["c"]
signed_by = "Li"
received_at = 2026-01-10T10:00:00+08:00

[[reports]]
quarter = "2026Q1"
inspections = ["d"]
signed_by = "Li"
received_at = 2026-04-10T10:00:00+08:00

[[reports]]
quarter = "2026Q2"
inspections = ["e"]
received_at = 2026-07-10T10:00:00+08:00

[[hazards]]
id = "dust"
found_at = 2026-06-03T10:00:00+08:00
registered_at = 2026-06-03T11:00:00+08:00
reported_at = 2026-06-04T09:00:00+08:00
reported_to = "bureau"
signed_by = "Li"
plan = ["goals", "measures", "funds", "responsible", "schedule", "emergency"]
planned_at = 2026-06-05T09:00:00+08:00
interim_measures = true
due_on = 2026-09-30
extensions = []
progress = [2026-07-01T10:00:00+08:00]

[finding]
found_at = 2026-08-20T14:00:00+08:00
arrival_at = 2026-08-20T09:30:00+08:00
visit = "planned"
major = true
match = { hazard = "dust", verdict = "same" }
measures_effective = true
"""


def changed(old: str, new: str) -> bytes:
    """Return the file with one text in it replaced."""
    assert TOML.count(old) >= 1, old
    return TOML.replace(old, new, 1).encode()


def good() -> dict[str, Any]:
    """Return the facts as JSON has them, to be changed."""
    return copy.deepcopy(_GOOD)


def facts(changes: dict[str, Any]) -> Facts:
    """
    Return the facts with some keys changed, by their path like ``finding.visit`` or
    ``hazards.0.due_on``; None takes a key out.
    """
    document = good()
    for path, value in changes.items():
        *tables, key = path.split(".")
        table: Any = document
        for part in tables:
            table = table[int(part)] if part.isdigit() else table[part]
        if value is None and isinstance(table, dict):
            table.pop(key, None)
        else:
            table[int(key) if key.isdigit() else key] = value
    return read(json.dumps(document).encode(), name="changed", is_json=True)


def determined(changes: dict[str, Any]) -> Determination:
    """Return what the changed facts lead to."""
    return determine(facts(changes), CALENDAR)


_GOOD = plain(read(TOML.encode(), name="good", is_json=False))
