"""
Whether a chain entry stands: enough to see that it does, not to name what is wrong with
it. What is doubted here is for `chains` to explain.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from hazards.queries.verification.rows import Entry
from hazards.queries.verification.versions import FRAMES
from hazards.rules import seals


@dataclass(frozen=True)
class Writing:
    """A way to read JSON and to write it as it is sealed."""

    loads: Callable[[str], Any]
    write: Callable[[dict[str, Any]], bytes]

    def read(self, text: str | None) -> Any:
        """Return the value; None of nothing."""
        return None if text is None else self.loads(text)


def quickly(content: dict[str, Any]) -> bytes:
    """
    Write what `seals.canonical` writes, in a fraction of the time; a test holds the two
    against each other.

    :raises TypeError: if it cannot, as of a number beyond 64 bits
    """
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


_WRITINGS = (
    Writing(orjson.loads, quickly),
    # What is too rare for the first is not doubted for that.
    Writing(json.loads, seals.canonical),
)


def stands(entry: Entry, before: Entry | None) -> bool:
    """Tell whether the entry follows the one before and the rows give its hashes."""
    if (
        not entry.holds
        or entry.ordinal != (before.ordinal + 1 if before else 1)
        or entry.previous_sha256 != (before.entry_sha256 if before else "")
    ):
        return False
    return any(_gives_its_hashes(entry, writing) for writing in _WRITINGS)


def _gives_its_hashes(entry: Entry, writing: Writing) -> bool:
    try:
        content = writing.write(_content(entry, writing))
        return seals.digest(content) == entry.seal["content_sha256"] and _is_linked(
            entry, writing
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _content(entry: Entry, writing: Writing) -> dict[str, Any]:
    """
    What the rows give, by the same projectors as ever.

    :raises ValueError: if something is stored that the format leaves out
    """
    seal_format, read = entry.seal["seal_format"], writing.read
    if seal_format == seals.LATER_SIGNATURE_FORMAT:
        return seals.later_signature_content(read(entry.seal_frame) or {})
    frame, checklist = read(entry.frame) or {}, read(entry.checklist) or []
    if frame.keys() != FRAMES[seal_format]:
        raise ValueError(seal_format)
    if seal_format == seals.FIRST_FORMAT and (
        checklist or _later(entry, writing) != _OF_FIRST_FORMAT
    ):
        raise ValueError(seal_format)
    parts = seals.Parts(
        version={**entry.said, "table": read(entry.table)},
        frame=frame,
        inspections=[facts or {} for facts in read(entry.inspections) or ()],
        hazards=[
            {**(facts or {}), **columns} for facts, columns in read(entry.hazards) or ()
        ],
        checklist=checklist,
    )
    if seals.unsealed(seal_format, parts):
        raise ValueError(seal_format)
    return seals.projected(seal_format, parts)


def _is_linked(entry: Entry, writing: Writing) -> bool:
    """Whether the columns are those of the envelope, and give the entry's hash."""
    columns: dict[str, Any] = {**entry.seal, "version": entry.saving}
    hashed = None
    if entry.seal["seal_format"] != seals.FIRST_FORMAT:
        columns |= _later(entry, writing)
        if entry.about["report_hazard_id"] is not None:
            columns |= entry.about
        hashed = columns
    again = writing.write(seals.linked(entry.previous_sha256, entry.ordinal, columns))
    return (
        seals.digest(again) == entry.entry_sha256
        and writing.read(entry.envelope) == hashed
    )


def _later(entry: Entry, writing: Writing) -> dict[str, Any]:
    """What the envelope holds since the second format."""
    return {
        **entry.later,
        "frame": writing.read(entry.seal_frame),
        "stated": sorted(writing.read(entry.stated) or ()),
        "photos": sorted(writing.read(entry.photos) or ()),
    }


_OF_FIRST_FORMAT: dict[str, Any] = {
    "kind": "signed",
    "frame": None,
    "checklist_revision": 1,
    "stated": [],
    "photos": [],
}
