"""How often an enterprise is inspected in a year at most (circular item 3)."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from importlib import resources

from hazards.rules.provisions import Confidence, provision

NOT_GRADED = 0
"""In the place of a standardization level, 1 to 3."""


@dataclass(frozen=True)
class Caps:
    """The caps from `since` on, by level; `source` names a provision."""

    since: dt.date
    source: str
    confidence: Confidence
    high_risk: dict[int, int]
    other: dict[int, int]

    def of(self, level: int | None, *, is_high_risk: bool) -> int:
        """How many inspections a year; no `level` = not graded."""
        table = self.high_risk if is_high_risk else self.other
        return table[NOT_GRADED if level is None else level]


def caps_on(day: dt.date) -> Caps:
    """Return those that hold on the day; the first ones answer for days before."""
    holding = [caps for caps in CAPS if caps.since <= day]
    return holding[-1] if holding else CAPS[0]


def load(text: str) -> tuple[Caps, ...]:
    """
    Read law/caps.toml, oldest first.

    :raises ValueError: if a level or its source is missing
    """
    found = []
    for table in tomllib.loads(text)["caps"]:
        caps = Caps(
            since=table["since"],
            source=provision(table["source"]).key,
            confidence=Confidence(table["confidence"]),
            high_risk={int(level): cap for level, cap in table["high_risk"].items()},
            other={int(level): cap for level, cap in table["other"].items()},
        )
        if not set(caps.high_risk) == set(caps.other) == {NOT_GRADED, 1, 2, 3}:
            msg = f"The caps since {caps.since} must name levels 0 to 3, both times."
            raise ValueError(msg)
        found.append(caps)
    return tuple(sorted(found, key=lambda caps: caps.since))


CAPS = load(
    resources.files("hazards.rules")
    .joinpath("law/caps.toml")
    .read_text(encoding="utf-8")
)
