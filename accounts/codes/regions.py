"""Administrative divisions of GB/T 2260, with the days on which a code stands."""

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.codes.errors import CodeError
from accounts.codes.width import half_width

_WRITTEN: Final = re.compile(r"[0-9]{6}")


class Level(StrEnum):
    """How high a division stands, by its code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True)
class Region:
    """
    A division under one name; `until` is the last day (Asia/Shanghai), or None.

    `confidence` is ``found`` or ``recalled``, see regions.toml.
    """

    code: str
    zh: str
    en: str
    since: dt.date
    confidence: str
    until: dt.date | None = None

    @property
    def level(self) -> Level:
        """Province for nn0000, city for nnnn00, else county."""
        if self.code.endswith("0000"):
            return Level.PROVINCE
        return Level.CITY if self.code.endswith("00") else Level.COUNTY

    @property
    def parent_code(self) -> str | None:
        """The code of the division one level up; None above a province."""
        if self.level is Level.PROVINCE:
            return None
        kept = 2 if self.level is Level.CITY else 4
        return self.code[:kept].ljust(6, "0")

    def in_force_on(self, day: dt.date) -> bool:
        """Say whether the code stands for this name on the day."""
        return self.since <= day and (self.until is None or day <= self.until)


def check(text: str, *, on: dt.date) -> Region:
    """
    Return the division whose code is written, as it is on the day.

    :raises CodeError: with the code ``form`` or ``unknown``
    """
    code = half_width(text).strip()
    if not _WRITTEN.fullmatch(code):
        msg = _("A region code has six digits, like 211281.")
        raise CodeError(msg, code="form", params={})
    for region in REGIONS:
        if region.code == code and region.in_force_on(on):
            return region
    msg = _("The region code %(region)s is not in use on %(day)s, or not known here.")
    raise CodeError(msg, code="unknown", params={"region": code, "day": on.isoformat()})


def children(code: str, *, on: dt.date) -> tuple[Region, ...]:
    """Return the divisions directly below, as they are on the day, by code."""
    return tuple(r for r in REGIONS if r.parent_code == code and r.in_force_on(on))


def _load() -> tuple[Region, ...]:
    text = resources.files("accounts.codes").joinpath("regions.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["regions"]
    return tuple(Region(**table) for table in tables)


REGIONS: Final = _load()
"""Every row of regions.toml, ended ones included, by code and then by day."""
