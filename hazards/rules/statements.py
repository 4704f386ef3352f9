"""The statements that people sign, by the day of signing."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

NOTHING_FOUND: Final = "nothing-found"
"""What a principal signs where no major hazard was found."""

HAZARDS_REPORTED: Final = "hazards-reported"
"""What a principal signs where the report names major hazards."""

HAZARD_REPORTED: Final = "hazard-reported"
"""What a principal signs who reports one major hazard at once."""

PLAN_SET: Final = "plan-set"
"""What a principal signs under the treatment plan for a major hazard."""

LODGED_UNSIGNED: Final = "lodged-unsigned"
"""What a team leader declares who lodges a report that the principal has not signed."""

SIGNED_LATER: Final = "signed-later"
"""What a principal signs under a report that was received without the signature."""

ENTERED_FROM_PAPER: Final = "entered-from-paper"
"""What an officer signs who enters a report that the bureau received on paper."""

HAZARD_FROM_PAPER: Final = "hazard-from-paper"
"""What an officer signs who enters a hazard, or its plan, reported on paper."""


@dataclass(frozen=True)
class Statement:
    """A wording in force from a day on; `zh` is what is sealed, `en` a translation."""

    key: str
    since: dt.date
    zh: str
    en: str
    source: str


def statement(name: str, *, on: dt.date) -> Statement:
    """
    Return the wording of the day (Asia/Shanghai); its key names it for ever.

    :raises ValueError: if nothing of that name was in force
    """
    begun = [text for text in _texts(name) if text.since <= on]
    if not begun:
        msg = f"No statement {name!r} was in force on {on}."
        raise ValueError(msg)
    return max(begun, key=lambda text: text.since)


@cache
def _texts(name: str) -> tuple[Statement, ...]:
    source = resources.files("hazards.rules").joinpath("law", "statements.toml")
    tables = tomllib.loads(source.read_text("utf-8"))
    return tuple(
        Statement(key=f"{name}/{entry['since']}", **entry)
        for entry in tables.get(name, {}).get("texts", [])
    )
