"""
How what is signed becomes bytes, and how the bytes are chained.

A format is kept for ever: what was sealed under it must be projected again, years
later, to the same bytes. A change of content is a new format beside the old ones.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

CURRENT_FORMAT: Final = "quarterly-report/1"
"""The format in which new reports are sealed."""

Plain = Mapping[str, Any]
"""Plain JSON values only: text, whole numbers, true, false, null, lists, mappings."""


def canonical(content: Plain) -> bytes:
    """Return the one way to write the content: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest(content: bytes) -> str:
    """Return the SHA-256 of the bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def project(
    seal_format: str, *, version: Plain, frame: Plain, inspections: Sequence[Plain]
) -> bytes:
    """
    Return the bytes of a report version under the format.

    `version` holds what the team wrote, `frame` who the enterprise, its bureau and
    principal were, `inspections` the visits listed.

    :raises ValueError: if no projector of that name was ever in use
    """
    projector = _PROJECTORS.get(seal_format)
    if projector is None:
        msg = f"No seal format {seal_format!r} was ever in use."
        raise ValueError(msg)
    content = projector(version, frame, inspections)
    return canonical({"format": seal_format, **content})


def _quarterly_report_1(
    version: Plain, frame: Plain, inspections: Sequence[Plain]
) -> dict[str, Any]:
    return {
        "enterprise": frame["enterprise"],
        "principal": frame["principal"],
        "bureau": frame["bureau"],
        "declaration": frame["declaration"],
        "report": {
            key: version[key]
            for key in ("number", "quarter", "version", "correction_reason")
        },
        "statement": {
            key: version[key]
            for key in ("nothing_found", "scope", "coverage", "remarks")
        },
        "inspections": sorted(inspections, key=lambda visit: str(visit["number"])),
    }


_PROJECTORS: Mapping[str, Callable[[Plain, Plain, Sequence[Plain]], dict[str, Any]]] = (
    MappingProxyType({"quarterly-report/1": _quarterly_report_1})
)


def link(*, previous: str, ordinal: int, envelope: Plain) -> str:
    """
    Return the hash of a chain entry.

    :param previous: the hash of the entry before; empty for the first
    :param envelope: every column of the seal that is not its content
    """
    return digest(
        canonical({"previous": previous, "ordinal": ordinal, "seal": dict(envelope)})
    )


def changes(before: Plain, after: Plain) -> list[tuple[str, Any, Any]]:
    """Return (path, was, is) for every leaf in which two contents differ, in order."""
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
        children = [(f"{path}[{index}]", v) for index, v in enumerate(value, 1)]
    else:
        return [(path, value)]
    return [leaf for child, v in children for leaf in _leaves(v, child)]
