"""The places of a report on which a reviewer may comment, as paths into its content."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hazards.rules.seals import row_name

WHOLE: Final = "report"
"""The report as a whole."""

_PARTS: Final = ("statement", "inspections", "hazards", "checklist")


def items_of(content: Mapping[str, Any]) -> frozenset[str]:
    """
    Every place of the content: the whole, its parts, their rows ("hazards[YH-…]",
    "checklist[gm-4-3]") and the fields of these, empty ones too.
    """
    places = {WHOLE}
    for part in _PARTS:
        if part in content:
            places.update(_places(content[part], part))
    return frozenset(places)


def _places(value: Any, path: str) -> Iterator[str]:
    yield path
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _places(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, row in enumerate(value, 1):
            yield from _places(row, f"{path}[{row_name(row, index)}]")
