"""What one version of a report says otherwise than another, item by item."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hazards.rules.seals import row_name

# What the team writes; the frame around it is not the report's.
_PARTS: Final = ("statement", "inspections", "hazards", "checklist")
# Told as one thing, not field by field.
_WHOLES: Final = frozenset({"clause", "site", "sites", "people", "principal_took_part"})
# Follows from the receipt of the version before, not from what is said.
_RECEIPTS: Final = frozenset({"first_reported_at"})


@dataclass(frozen=True)
class Change:
    """A place in the content, what stood there and what stands; None = nothing."""

    path: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Difference:
    """What changed since the version with the ordinal."""

    since: int
    changes: list[Change]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """
    What the team says otherwise, in the order of the report. Of two formats only the
    parts that both know are compared; one that knew no hazards named none.
    """
    before = {"hazards": [], **before}
    return [
        change
        for part in _PARTS
        if part in before and part in after
        for change in _between(before[part], after[part], part)
    ]


def says_the_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the team says again just what it said."""
    before = {"checklist": [], **before}
    return not differences(before, after)


def _between(was: Any, now: Any, path: str) -> Iterator[Change]:
    if was == now:
        return
    if path.rpartition(".")[2] in _WHOLES:
        yield Change(path, was, now)
    elif isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in [*was, *(key for key in now if key not in was)]:
            if key not in _RECEIPTS:
                yield from _between(was.get(key), now.get(key), f"{path}.{key}")
    elif isinstance(was, list) and isinstance(now, list):
        old, new = _by_name(was), _by_name(now)
        for name in sorted(old.keys() | new.keys()):
            yield from _between(old.get(name), new.get(name), f"{path}[{name}]")
    else:
        yield Change(path, was, now)


def _by_name(rows: list[Any]) -> dict[str, Any]:
    return {row_name(row, index): row for index, row in enumerate(rows, 1)}
