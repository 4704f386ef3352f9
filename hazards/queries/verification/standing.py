"""
Whether a chain entry stands: enough to see that it does, not to name what is wrong with
it. What is doubted here is for `chains` to explain.
"""

import json
from typing import Any

from hazards.queries.verification.rows import Entry
from hazards.queries.verification.versions import FRAMES
from hazards.rules import seals


def stands(entry: Entry, before: Entry | None) -> bool:
    """Tell whether the entry follows the one before and the rows give its hashes."""
    if (
        not entry.holds
        or entry.ordinal != (before.ordinal + 1 if before else 1)
        or entry.previous_sha256 != (before.entry_sha256 if before else "")
    ):
        return False
    try:
        return seals.digest(_content(entry)) == entry.seal[
            "content_sha256"
        ] and _is_linked(entry)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _content(entry: Entry) -> bytes:
    """
    The bytes that the rows give, by the same projectors as ever.

    :raises ValueError: if something is stored that the format leaves out
    """
    seal_format = entry.seal["seal_format"]
    if seal_format == seals.LATER_SIGNATURE_FORMAT:
        return seals.later_signature(_read(entry.seal_frame) or {})
    frame, checklist = _read(entry.frame) or {}, _read(entry.checklist) or []
    if frame.keys() != FRAMES[seal_format]:
        raise ValueError(seal_format)
    if seal_format == seals.FIRST_FORMAT and (
        checklist or _later(entry) != _OF_FIRST_FORMAT
    ):
        raise ValueError(seal_format)
    parts = seals.Parts(
        version={**entry.said, "table": _read(entry.table)},
        frame=frame,
        inspections=[facts or {} for facts in _read(entry.inspections) or ()],
        hazards=[
            {**(facts or {}), **columns}
            for facts, columns in _read(entry.hazards) or ()
        ],
        checklist=checklist,
    )
    if seals.unsealed(seal_format, parts):
        raise ValueError(seal_format)
    return seals.project(seal_format, parts)


def _is_linked(entry: Entry) -> bool:
    """Whether the columns are those of the envelope, and give the entry's hash."""
    columns: dict[str, Any] = {**entry.seal, "version": entry.saving}
    hashed = None
    if entry.seal["seal_format"] != seals.FIRST_FORMAT:
        columns |= _later(entry)
        if entry.about["report_hazard_id"] is not None:
            columns |= entry.about
        hashed = columns
    again = seals.link(
        previous=entry.previous_sha256, ordinal=entry.ordinal, envelope=columns
    )
    return again == entry.entry_sha256 and _read(entry.envelope) == hashed


def _later(entry: Entry) -> dict[str, Any]:
    """What the envelope holds since the second format."""
    return {
        **entry.later,
        "frame": _read(entry.seal_frame),
        "stated": sorted(_read(entry.stated) or ()),
        "photos": sorted(_read(entry.photos) or ()),
    }


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


_OF_FIRST_FORMAT: dict[str, Any] = {
    "kind": "signed",
    "frame": None,
    "checklist_revision": 1,
    "stated": [],
    "photos": [],
}
