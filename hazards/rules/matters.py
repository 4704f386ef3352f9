"""What a spot check looks at, so that a repeat within the year is seen."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from hazards.rules.catalogue import CLAUSES
from hazards.rules.provisions import provision


@dataclass(frozen=True)
class Matter:
    """
    One matter of inspection. `source` is a provision's key; a standard of the catalogue
    is its own source and has none. `since` and `until` are both days in force.
    """

    code: str
    zh: str
    en: str
    source: str
    since: dt.date
    until: dt.date | None = None

    def in_force_on(self, day: dt.date) -> bool:
        """Say whether it is looked at on the day (Asia/Shanghai)."""
        return self.since <= day and (self.until is None or day <= self.until)


def matter(code: str) -> Matter:
    """
    Return the matter of this code.

    :raises ValueError: if there is none
    """
    if code not in MATTERS:
        msg = f"There is no matter of inspection {code!r}; add it to matters.toml."
        raise ValueError(msg)
    return MATTERS[code]


def matters_on(day: dt.date) -> tuple[Matter, ...]:
    """What can be looked at on the day: the key matters first, then the standards."""
    return tuple(each for each in MATTERS.values() if each.in_force_on(day))


def _read() -> Mapping[str, Matter]:
    text = resources.files("hazards.rules").joinpath("law/matters.toml")
    found = {
        table["code"]: Matter(**table)
        for table in tomllib.loads(text.read_text(encoding="utf-8"))["matters"]
    }
    for each in found.values():
        provision(each.source)
    standards = {clause.standard.key: clause.standard for clause in CLAUSES.values()}
    for standard in standards.values():
        found[standard.key] = Matter(
            code=standard.key,
            zh=f"{standard.zh}（{standard.number}）",
            en=f"{standard.en} ({standard.number})",
            source="",
            since=standard.since,
            until=standard.until,
        )
    return MappingProxyType(found)


MATTERS = _read()
