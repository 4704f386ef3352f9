"""A received version: its rows against the bytes of its seal and what they name."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from hazards.models import (
    Attachment,
    HazardStatement,
    PaperReceipt,
    ReportVersion,
    Seal,
    SealKind,
)
from hazards.queries.contents import instant, sealed_parts
from hazards.rules import seals

_FRAME = frozenset({"act", "declaration", "enterprise", "bureau", "principal"})
FRAMES = {
    seals.FIRST_FORMAT: _FRAME - {"act"},
    "quarterly-report/2": _FRAME,
    "quarterly-report/3": _FRAME,
    "hazard-report/1": _FRAME,
    "treatment-plan/1": _FRAME,
}
"""What the frame of a version holds under each format."""


def wrong_with(seal: Seal) -> Iterator[str]:
    """What is wrong with the version that the seal received."""
    version = seal.version
    if version.sealed_at is None:
        yield "version.sealed_at is empty though the version has a seal"
    try:
        parts = sealed_parts(version)
        content = seals.project(seal.seal_format, parts)
        left = seals.unsealed(seal.seal_format, parts)
        foreign = [
            *_wrong_with_visits(version),
            *_wrong_with_hazards(version),
            *_wrong_with_paper(seal),
        ]
    except (ValueError, KeyError, TypeError, ObjectDoesNotExist) as error:
        yield (
            "version.frame, what the version holds or seal.seal_format cannot be read "
            f"as sealed ({type(error).__name__}: {error})"
        )
        return
    if content != bytes(seal.content):
        yield f"the rows differ from the sealed bytes: {differences(seal, content)}"
    if set(version.frame or ()) != FRAMES[seal.seal_format]:
        yield "version.frame holds more or less than was sealed"
    if seals.kind_of({"format": seal.seal_format}) != version.report.kind:
        yield f"report.kind is not that of {seal.seal_format}"
    if left:
        yield f"the version holds what {seal.seal_format} leaves out: {', '.join(left)}"
    if seal.seal_format == seals.FIRST_FORMAT:
        yield from _unknown_to_first_format(seal)
    yield from foreign


def differences(seal: Seal, content: bytes) -> str:
    """The paths in which the stored bytes and those of the rows differ."""
    try:
        before: Any = json.loads(bytes(seal.content))
        changed = seals.changes(before, json.loads(content))
    except ValueError:
        return "seal.content is not readable"
    return "; ".join(
        f"{path}: {was!r} was sealed, {now!r} is stored" for path, was, now in changed
    )


def _unknown_to_first_format(seal: Seal) -> Iterator[str]:
    """What neither the bytes nor the hash of the first format speak of."""
    version = seal.version
    if seal.kind != SealKind.SIGNED or seal.frame is not None:
        yield f"seal.kind and seal.frame are not those of {seals.FIRST_FORMAT}"
    if version.stated.all() or version.photos.all() or version.checklist.all():
        yield (
            f"the version holds hazards, photos or answers, which {seals.FIRST_FORMAT} "
            "did not know"
        )
    if version.checklist_revision != 1:
        yield "version.checklist_revision was raised though there was no checklist"


def _wrong_with_visits(version: ReportVersion) -> Iterator[str]:
    for listing in version.listed.all():
        facts, visit = listing.facts or {}, listing.inspection
        own = visit.enterprise_id == version.report.enterprise_id
        if facts["number"] != visit.number or not own:
            yield (
                "version_inspection.inspection is not the visit whose facts were sealed"
            )


def _wrong_with_hazards(version: ReportVersion) -> Iterator[str]:
    shown: dict[int, list[Attachment]] = {}
    for photo in sorted(version.photos.all(), key=lambda row: (row.ordinal, row.pk)):
        shown.setdefault(photo.hazard_id, []).append(photo.attachment)
    for stated in version.stated.all():
        yield from _wrong_with_hazard(stated, version)
        yield from _wrong_with_photos(stated, shown.pop(stated.hazard_id, []), version)
    if shown:
        yield "hazard_photo.hazard is a hazard that the version does not name"


def _wrong_with_hazard(
    stated: HazardStatement, version: ReportVersion
) -> Iterator[str]:
    facts, hazard = stated.facts or {}, stated.hazard
    for column, now in (
        ("number", hazard.number),
        ("found_at", instant(hazard.found_at)),
        ("registered_at", instant(hazard.registered_at)),
    ):
        if facts[column] != now:
            yield (
                f"hazard {facts['number']}: {column} was sealed as {facts[column]!r}, "
                f"{now!r} is stored"
            )
    if hazard.enterprise_id != version.report.enterprise_id:
        yield f"hazard {facts['number']}: its enterprise is not the report's"


def _wrong_with_photos(
    stated: HazardStatement, shown: list[Attachment], version: ReportVersion
) -> Iterator[str]:
    facts = stated.facts or {}
    now = [{"sha256": row.sha256, "media_type": row.media_type} for row in shown]
    if facts["photos"] != now:
        yield (
            f"hazard {facts['number']}: its photos or their attachments (sha256, "
            "media_type) are not those that were sealed"
        )
    if any(row.enterprise_id != version.report.enterprise_id for row in shown):
        yield f"hazard {facts['number']}: an attachment is another enterprise's"


def _wrong_with_paper(seal: Seal) -> Iterator[str]:
    paper: PaperReceipt | None = getattr(seal.version, "paper", None)
    if (paper is not None) != (seal.kind == SealKind.PAPER):
        yield "paper_receipt: a scan belongs to what came on paper, and to nothing else"
    elif paper is not None:
        act = (seal.version.frame or {})["act"]
        scan = {"sha256": paper.scan.sha256, "media_type": paper.scan.media_type}
        if act["scan"] != scan:
            yield "paper_receipt.scan is not the attachment that was sealed"
        if paper.scan.enterprise_id != seal.version.report.enterprise_id:
            yield "paper_receipt.scan is another enterprise's"
