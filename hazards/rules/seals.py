"""
How what is signed becomes bytes, and how the bytes are chained.

A format is kept for ever: what was sealed under it must be projected again, years
later, to the same bytes. A change of content is a new format beside the old ones.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

FIRST_FORMAT: Final = "quarterly-report/1"
"""The format of the first quarters: it knew no hazards, checklist, photos, acts."""

_CURRENT: Final = MappingProxyType(
    {
        "quarterly": "quarterly-report/3",
        "hazard": "hazard-report/1",
        "plan": "treatment-plan/1",
    }
)

_ABOUT_A_HAZARD: Final = frozenset({"hazard-report/1", "treatment-plan/1"})


def current_format(kind: str) -> str:
    """
    The format in which new versions of a kind of report are sealed.

    :raises KeyError: if there is no such kind
    """
    return _CURRENT[kind]


def kind_of(content: "Plain") -> str:
    """Say which kind of report sealed content is; what is no other is a quarter's."""
    prefix = str(content.get("format", "")).partition("/")[0]
    return _KINDS.get(prefix, "quarterly")


_KINDS: Final = MappingProxyType({"hazard-report": "hazard", "treatment-plan": "plan"})

LATER_SIGNATURE_FORMAT: Final = "later-signature/1"
"""The format of a signature under a version that was received without it."""

Plain = Mapping[str, Any]
"""Plain JSON values only: text, whole numbers, true, false, null, lists, mappings."""


def canonical(content: Plain | Sequence[Any]) -> bytes:
    """Return the one way to write the content: sorted keys, no spaces, UTF-8."""
    return _WRITER.encode(content).encode()


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: bytes) -> str:
    """Return the SHA-256 of the bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Parts:
    """
    What a version consists of, as plain values: `version` what the team wrote, `frame`
    who enterprise, bureau and principal were and by which act it is sealed,
    `inspections` the visits listed, `hazards` what is said of each major hazard,
    `checklist` the answers to the clauses.
    """

    version: Plain
    frame: Plain
    inspections: Sequence[Plain]
    hazards: Sequence[Plain] = ()
    checklist: Sequence[Plain] = ()


def project(seal_format: str, parts: Parts) -> bytes:
    """
    Return the bytes of a report version under the format.

    :raises ValueError: if no projector of that name was ever in use
    """
    return canonical(projected(seal_format, parts))


def projected(seal_format: str, parts: Parts) -> dict[str, Any]:
    """
    Return what `project` writes.

    :raises ValueError: if no projector of that name was ever in use
    """
    projector = _PROJECTORS.get(seal_format)
    if projector is None:
        msg = f"No seal format {seal_format!r} was ever in use."
        raise ValueError(msg)
    return {"format": seal_format, **projector(parts)}


def unsealed(seal_format: str, parts: Parts) -> list[str]:
    """
    Name what the parts hold and the format leaves out: nothing of a version may stand
    beside its bytes.
    """
    version, found = parts.version, []
    if seal_format != "quarterly-report/3" and version["table"] is not None:
        found.append("table")
    if seal_format in _ABOUT_A_HAZARD:
        found += [name for name in ("scope", "coverage") if version[name]]
        if version["nothing_found"] is not False:
            found.append("nothing_found")
        if parts.inspections:
            found.append("inspections")
        if parts.checklist:
            found.append("checklist")
        if [row["number"] for row in parts.hazards] != [version["hazard"]]:
            found.append("hazards")
    return found


def later_signature(frame: Plain) -> bytes:
    """Return the bytes of a later signature: who signs what was lodged, and how."""
    return canonical(later_signature_content(frame))


def later_signature_content(frame: Plain) -> dict[str, Any]:
    """Return what `later_signature` writes."""
    return {"format": LATER_SIGNATURE_FORMAT, **frame}


def _quarterly_report_1(parts: Parts) -> dict[str, Any]:
    return {
        "enterprise": parts.frame["enterprise"],
        "principal": parts.frame["principal"],
        "bureau": parts.frame["bureau"],
        "declaration": parts.frame["declaration"],
        "report": {
            key: parts.version[key]
            for key in ("number", "quarter", "version", "correction_reason")
        },
        "statement": {
            key: parts.version[key]
            for key in ("nothing_found", "scope", "coverage", "remarks")
        },
        "inspections": sorted(
            parts.inspections, key=lambda visit: str(visit["number"])
        ),
    }


def _quarterly_report_2(parts: Parts) -> dict[str, Any]:
    return {
        **_quarterly_report_1(parts),
        "act": parts.frame["act"],
        "hazards": sorted(parts.hazards, key=lambda hazard: str(hazard["number"])),
        "checklist": sorted(parts.checklist, key=lambda row: str(row["clause"])),
    }


def _quarterly_report_3(parts: Parts) -> dict[str, Any]:
    return {**_quarterly_report_2(parts), "table": parts.version["table"]}


def _about_a_hazard(parts: Parts) -> dict[str, Any]:
    return {
        **{
            key: parts.frame[key]
            for key in ("enterprise", "principal", "bureau", "declaration", "act")
        },
        "report": {
            key: parts.version[key]
            for key in ("number", "hazard", "version", "correction_reason")
        },
        "statement": {"remarks": parts.version["remarks"]},
        "hazards": list(parts.hazards),
    }


# Never taken out: what was sealed under a format is projected by it for ever.
_PROJECTORS: Mapping[str, Callable[[Parts], dict[str, Any]]] = MappingProxyType(
    {
        FIRST_FORMAT: _quarterly_report_1,
        "quarterly-report/2": _quarterly_report_2,
        "quarterly-report/3": _quarterly_report_3,
        "hazard-report/1": _about_a_hazard,
        "treatment-plan/1": _about_a_hazard,
    }
)


def link(*, previous: str, ordinal: int, envelope: Plain) -> str:
    """
    Return the hash of a chain entry.

    :param previous: the hash of the entry before; empty for the first
    :param envelope: every column of the seal that is not its content
    """
    return digest(canonical(linked(previous, ordinal, envelope)))


def linked(previous: str, ordinal: int, envelope: Plain) -> dict[str, Any]:
    """Return what `link` hashes."""
    return {"previous": previous, "ordinal": ordinal, "seal": dict(envelope)}


def changes(before: Plain, after: Plain) -> list[tuple[str, Any, Any]]:
    """
    Return (path, was, is) for every leaf in which two contents differ, in order. A row
    of a list is found again by its own name (number, clause, digest), not its place.
    """
    was, now = dict(_leaves(before)), dict(_leaves(after))
    return [
        (path, was.get(path), now.get(path))
        for path in sorted(was.keys() | now.keys())
        if was.get(path) != now.get(path)
    ]


def _leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        children = [
            (f"{path}.{key}" if path else str(key), v) for key, v in value.items()
        ]
    elif isinstance(value, list):
        children = []
        for index, row in enumerate(value, 1):
            place = f"{path}[{row_name(row, index)}]"
            known = any(place == child for child, _ in children)
            children.append((f"{place}[{index}]" if known else place, row))
    else:
        return [(path, value)]
    return [leaf for child, v in children for leaf in _leaves(v, child)]


def row_name(row: Any, index: int) -> str:
    """Name a row of a list: by its number, clause or digest, else by its place."""
    if isinstance(row, Mapping):
        for key in ("number", "clause", "sha256"):
            if isinstance(row.get(key), str):
                return str(row[key])
    return str(index)
