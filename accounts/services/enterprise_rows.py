"""Checking the rows of a bureau's list: what each says, or which cell is wrong."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from accounts.codes import industries, mobile, regions, uscc
from accounts.codes.errors import CodeError
from accounts.codes.width import half_width
from accounts.codes.years import YEARS
from accounts.models import Enterprise, Site
from accounts.models.enterprises import Feature
from accounts.services.enterprise_files import COLUMNS, Line

T = TypeVar("T")
_DAY: Final = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
_LEVELS: Final = {
    "一级": 1,
    "二级": 2,
    "三级": 3,
    "1": 1,
    "2": 2,
    "3": 3,
    "1级": 1,
    "2级": 2,
    "3级": 3,
}
_FEATURES: Final = {
    "粉尘涉爆": Feature.DUST,
    "涉氨制冷": Feature.AMMONIA,
    "有限空间": Feature.CONFINED_SPACE,
    "金属冶炼": Feature.METAL_SMELTING,
    "危险化学品": Feature.HAZARDOUS_CHEMICALS,
    "烟花爆竹": Feature.FIREWORKS,
}


@dataclass(frozen=True)
class LevelSaid:
    """A standardization level with its days."""

    level: int
    certificate: str
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class EnterpriseSaid:
    """What a row without errors says."""

    uscc: str
    name: str
    registered_address: str
    county: str
    industry: str
    established_on: dt.date
    site_name: str
    site_address: str
    site_county: str
    level: LevelSaid | None
    high_risk_basis: str
    features: tuple[Feature, ...]
    principal_name: str
    principal_mobile: str


@dataclass(frozen=True)
class CheckedRow:
    """A row with the sentences about its cells; `said` is None if there are any."""

    number: int
    texts: Mapping[str, str]
    errors: Mapping[str, str]
    said: EnterpriseSaid | None

    @property
    def errors_by_heading(self) -> list[tuple[str, str]]:
        """The heading of the cell, and what is wrong with it."""
        return [
            (c.heading, self.errors[c.name]) for c in COLUMNS if c.name in self.errors
        ]


@dataclass
class _Cells:
    """A row under check: hands out values and keeps what is wrong."""

    texts: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, longest: int, otherwise: str = "") -> str:
        """The text of a cell, not longer than the record takes."""
        text = self.texts.get(name, "")
        if len(text) > longest:
            self.errors[name] = _("Longer than %(longest)d characters: shorten it.") % {
                "longest": longest
            }
        return text or otherwise

    def code(self, name: str, check: Callable[[str], T], *, otherwise: T) -> T:
        """The code in a cell, or the sentence of whoever knows such codes."""
        text = self.texts.get(name, "")
        if not text:
            return otherwise
        try:
            return check(text)
        except CodeError as error:
            self.errors[name] = str(error)
            return otherwise

    def day(self, name: str) -> dt.date | None:
        """The day in a cell."""
        written = _DAY.fullmatch(half_width(self.texts.get(name, "")))
        if not self.texts.get(name):
            return None
        try:
            year, month, day = (int(part) for part in written.groups())  # type: ignore[union-attr]
            found = dt.date(year, month, day)
        except (AttributeError, ValueError):
            found = dt.date.min
        if found.year in YEARS:
            return found
        self.errors[name] = _("Not a day: write it like 2015-06-01.")
        return None


def check_rows(
    lines: Iterable[Line], *, known: Collection[str], on: dt.date
) -> list[CheckedRow]:
    """
    Check every row. `known` are the credit codes already on record; region codes must
    stand on the day `on`.
    """
    first_seen: dict[str, int] = {}
    return [_checked(line, first_seen, known=known, on=on) for line in lines]


def codes_in(lines: Iterable[Line]) -> set[str]:
    """The credit codes in the rows, as they would be stored."""
    return {uscc.normalize(line.texts.get("uscc", "")) for line in lines}


def _checked(
    line: Line, first_seen: dict[str, int], *, known: Collection[str], on: dt.date
) -> CheckedRow:
    cells = _Cells(line.texts)
    for column in COLUMNS:
        if column.required and not line.texts.get(column.name):
            cells.errors[column.name] = _("Must be filled in.")
    code = cells.code("uscc", uscc.check, otherwise="")
    if code:
        before = first_seen.setdefault(code, line.number)
        if before != line.number:
            cells.errors["uscc"] = _("The same code stands in row %(row)d.") % {
                "row": before
            }
        elif code in known:
            cells.errors["uscc"] = _("This enterprise is on record already.")
    said = _said(cells, code, on)
    return CheckedRow(
        number=line.number,
        texts=line.texts,
        errors=cells.errors,
        said=None if cells.errors else said,
    )


def _said(cells: _Cells, code: str, on: dt.date) -> EnterpriseSaid:
    def region(text: str) -> str:
        return regions.check(text, on=on).code

    county = cells.code("county", region, otherwise="")
    address = cells.text(
        "registered_address", longest=_longest(Enterprise, "registered_address")
    )
    name, number = _principal(cells)
    return EnterpriseSaid(
        uscc=code,
        name=cells.text("name", longest=_longest(Enterprise, "name")),
        registered_address=address,
        county=county,
        industry=cells.code("industry", industries.check, otherwise=""),
        established_on=_established(cells, on),
        site_name=cells.text(
            "site_name", longest=_longest(Site, "name"), otherwise="主厂区"
        ),
        site_address=cells.text(
            "site_address", longest=_longest(Site, "address"), otherwise=address
        ),
        site_county=cells.code("site_county", region, otherwise=county),
        level=_level(cells),
        high_risk_basis=cells.text("high_risk_basis", longest=300),
        features=_features(cells),
        principal_name=name,
        principal_mobile=number,
    )


def _established(cells: _Cells, on: dt.date) -> dt.date:
    day = cells.day("established_on")
    if day is not None and day > on:
        cells.errors["established_on"] = _("This day has not come yet.")
    return day or on


def _level(cells: _Cells) -> LevelSaid | None:
    text = half_width(cells.texts.get("level", ""))
    certificate = cells.text("level_certificate", longest=60)
    if not text:
        return None
    if text not in _LEVELS:
        cells.errors["level"] = _("Write 一级, 二级 or 三级.")
    starts_on, ends_on = cells.day("level_starts_on"), cells.day("level_ends_on")
    for name, day in (("level_starts_on", starts_on), ("level_ends_on", ends_on)):
        if day is None:
            cells.errors.setdefault(name, _("A level needs its first and last day."))
    if starts_on is None or ends_on is None:
        return None
    if ends_on < starts_on:
        cells.errors["level_ends_on"] = _("Ends before it starts.")
    return LevelSaid(_LEVELS.get(text, 3), certificate, starts_on, ends_on)


def _features(cells: _Cells) -> tuple[Feature, ...]:
    words = re.split(r"[、,，;；\s]+", cells.texts.get("features", ""))
    found = [_FEATURES.get(word) for word in words if word]
    if None in found:
        cells.errors["features"] = _("Write only: %(features)s.") % {
            "features": "、".join(_FEATURES)
        }
    return tuple(dict.fromkeys(feature for feature in found if feature))


def _principal(cells: _Cells) -> tuple[str, str]:
    name = cells.text("principal_name", longest=60)
    number = cells.code("principal_mobile", mobile.check, otherwise="")
    if bool(name) != bool(cells.texts.get("principal_mobile")):
        empty = "principal_mobile" if name else "principal_name"
        cells.errors[empty] = _("Fill in both name and mobile number, or neither.")
    return name, number


def _longest(model: type[Enterprise] | type[Site], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", 0))
