"""
Cases of the decision, one TOML file a part of the order, as changes to base.toml.

A case has a `name`, the sentence `why`, and its `answer`: the decisive code, then the
outcomes of enterprise, principal and team, with an arrow before a leaning. `flags` and
`late` (quarters reported late) are empty, and `also` (what else must hold) is not
asked, unless said. Every other key changes the base: tables are merged, an inspection,
report or hazard is named by its id or quarter (a new name adds one), `without` takes
away. `[every]` changes the base for all the cases of its file.
"""

import copy
import datetime as dt
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LABELS = {"inspections": "id", "reports": "quarter", "hazards": "id"}
ABOUT_THE_CASE = {"name", "why", "answer", "flags", "late", "also", "without"}


@dataclass(frozen=True)
class Case:
    """A case as it is tested."""

    name: str
    facts: Mapping[str, Any]
    """In the shape of a facts file."""
    decisive: str
    outcomes: tuple[str, str, str]
    flags: tuple[str, ...]
    late: tuple[str, ...]
    also: frozenset[str]

    def content(self) -> bytes:
        """Return the facts file, as JSON."""
        return json.dumps(self.facts, default=_iso, ensure_ascii=False).encode()


def every_case() -> Iterator[Case]:
    """Yield the cases of all files, in the order of their names."""
    for path in sorted(FOLDER.glob("[0-9]*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in table["cases"]:
            yield _case(path.stem, table.get("every", {}), case)


def base() -> dict[str, Any]:
    """Return the facts from which the cases start."""
    return tomllib.loads((FOLDER / "base.toml").read_text(encoding="utf-8"))


def _case(file: str, every: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    name = f"{file}: {case['name']}"
    code, _, outcomes = case["answer"].partition(": ")
    enterprise, principal, team = outcomes.split(", ")
    return Case(
        name=name,
        facts={"name": case["name"]} | _facts(every, case),
        decisive=code,
        outcomes=(enterprise, principal, team),
        flags=tuple(case.get("flags", ())),
        late=tuple(case.get("late", ())),
        also=frozenset(case.get("also", ())),
    )


def _facts(every: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    facts = base()
    for section, label in LABELS.items():
        facts[section] = {item[label]: item for item in facts[section]}
    for changes in (every, case):
        for path in changes.get("without", ()):
            _take_away(facts, path)
        changed = {k: v for k, v in changes.items() if k not in ABOUT_THE_CASE}
        _merge(facts, copy.deepcopy(changed))
    for section, label in LABELS.items():
        facts[section] = [{label: key} | v for key, v in facts[section].items()]
    return facts


def _take_away(facts: dict[str, Any], path: str) -> None:
    *way, last = path.split(".")
    for step in way:
        facts = facts[step]
    if last == "*":
        facts.clear()
    else:
        del facts[last]


def _merge(facts: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(facts.get(key), dict):
            _merge(facts[key], value)
        else:
            facts[key] = value


def _iso(value: dt.date) -> str:
    return value.isoformat()
