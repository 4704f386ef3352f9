"""Trades by GB/T 4754-2017, and the 工贸 sector that one suggests."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.codes.errors import CodeError
from accounts.codes.width import half_width, upper

_WRITTEN: Final = re.compile(r"([A-T]?)([0-9]{2})[0-9]{0,2}")


@dataclass(frozen=True)
class Division:
    """One of the ninety-seven divisions, with its section."""

    code: str
    """Two digits."""
    zh: str
    en: str
    section: str
    """A letter from A to T."""
    section_zh: str
    section_en: str


@dataclass(frozen=True)
class Sector:
    """
    A 工贸 sector of 应急厅〔2019〕17号 and the codes that suggest it.

    `confidence` is ``found`` or ``recalled``, see industries.toml.
    """

    key: str
    zh: str
    en: str
    codes: tuple[str, ...]
    confidence: str


def check(text: str) -> str:
    """
    Return the code with its section letter: ``C25``, ``C251`` or ``C2511``.

    A missing letter is added. Groups and classes are checked by form only.

    :raises CodeError: with the code ``form``, ``unknown`` or ``section``
    """
    code = upper(half_width(text).strip())
    written = _WRITTEN.fullmatch(code)
    if written is None:
        msg = _(
            "An industry code is a section letter from A to T and two to four digits, "
            "like C2511."
        )
        raise CodeError(msg, code="form", params={})
    section, digits = written.group(1, 2)
    if digits not in DIVISIONS:
        msg = _("GB/T 4754-2017 has no division %(division)s; they run from 01 to 97.")
        raise CodeError(msg, code="unknown", params={"division": digits})
    right = DIVISIONS[digits].section
    if section not in {"", right}:
        msg = _(
            "Division %(division)s belongs to section %(right)s, not %(section)s: "
            "check the letter and the first two digits."
        )
        params = {"division": digits, "right": right, "section": section}
        raise CodeError(msg, code="section", params=params)
    return right + code.removeprefix(section)


def division(code: str) -> Division:
    """
    Return the division of a code.

    :raises CodeError: as `check` does
    """
    return DIVISIONS[check(code)[1:3]]


def proposed_sector(code: str) -> Sector | None:
    """
    Return the 工贸 sector that the code suggests, for a bureau to confirm.

    None where the document names none: chemicals, mining and all else outside 工贸.

    :raises CodeError: as `check` does
    """
    digits = check(code)[1:]
    for length in range(len(digits), 1, -1):
        for sector in SECTORS:
            if digits[:length] in sector.codes:
                return sector
    return None


def _divisions(document: Mapping[str, Any]) -> Mapping[str, Division]:
    return MappingProxyType(
        {
            code: Division(
                code=code,
                section=letter,
                section_zh=section["zh"],
                section_en=section["en"],
                **names,
            )
            for letter, section in document["sections"].items()
            for code, names in section["divisions"].items()
        }
    )


def _sectors(document: Mapping[str, Any]) -> tuple[Sector, ...]:
    return tuple(
        Sector(**{**table, "codes": tuple(table["codes"])})
        for table in document["sectors"]
    )


_DOCUMENT: Final = tomllib.loads(
    resources.files("accounts.codes")
    .joinpath("industries.toml")
    .read_text(encoding="utf-8")
)
DIVISIONS: Final = _divisions(_DOCUMENT)
SECTORS: Final = _sectors(_DOCUMENT)
