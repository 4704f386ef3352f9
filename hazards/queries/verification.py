"""
Whether what was signed still stands: rows against bytes, bytes against digests,
digests against each enterprise's chain. docs/records.md says what this proves.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Subquery

from accounts.models import Enterprise
from hazards.models import (
    ChainEntry,
    ReportStatus,
    ReportVersion,
    Seal,
    SelfInspectionReport,
)
from hazards.queries.contents import sealed_bytes
from hazards.queries.envelopes import envelope
from hazards.rules import seals

BATCH = 200
"""Chain entries held in memory at a time; three queries each batch."""

_FRAMES = {
    "quarterly-report/1": {"declaration", "enterprise", "bureau", "principal"},
    "quarterly-report/2": {"act", "declaration", "enterprise", "bureau", "principal"},
}
_OPEN = {ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE}


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold; an empty text = not known any more."""

    enterprise: str
    report: str
    receipt: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"enterprise {self.enterprise or '(gone)'}, report {self.report or '-'}, "
            f"receipt {self.receipt or '-'}: {self.what}"
        )


@dataclass(frozen=True)
class Counted:
    """How much there is to verify."""

    reports: int
    seals: int
    enterprises: int


def counted(uscc: str | None = None) -> Counted:
    """Count reports, seals, and enterprises with a chain; all, or of the one given."""
    reports = SelfInspectionReport.objects.all()
    entries = ChainEntry.objects.all()
    if uscc is not None:
        reports = reports.filter(enterprise__uscc=uscc)
        entries = entries.filter(enterprise__uscc=uscc)
    return Counted(
        reports=reports.count(),
        seals=entries.count(),
        enterprises=entries.values("enterprise").distinct().count(),
    )


def faults(uscc: str | None = None) -> Iterator[Fault]:
    """
    Yield what does not hold, whole rows that are gone first; take the first and stop.

    Meant for one snapshot of the database (REPEATABLE READ), so that a report signed
    meanwhile is not half seen. Streams: memory does not grow with the records.

    :param uscc: verify this enterprise only
    """
    yield from _entries_without_rows(uscc)
    yield from _seals_without_entry(uscc)
    yield from _versions_without_seal(uscc)
    yield from _broken_chains(uscc)
    yield from _reports_unlike_their_seals(uscc)


def _entries_without_rows(uscc: str | None) -> Iterator[Fault]:
    # A comparison with a column of the last table, so that every join is made.
    whole = Seal.objects.filter(
        pk=OuterRef("seal_id"), version__report__enterprise__uscc__gt=""
    )
    owner = Enterprise.objects.filter(pk=OuterRef("enterprise_id"))
    entries = ChainEntry.objects.annotate(
        uscc=Subquery(owner.values("uscc")),
        receipt=Subquery(
            Seal.objects.filter(pk=OuterRef("seal_id")).values("receipt_number")
        ),
    ).filter(~Exists(whole) | ~Exists(owner))
    if uscc is not None:
        entries = entries.filter(uscc=uscc)
    for entry in entries.order_by("enterprise_id", "ordinal").iterator(BATCH):
        yield Fault(
            entry.uscc or "",
            "",
            entry.receipt or "",
            f"chain entry {entry.ordinal} has lost its seal, version, report or "
            "enterprise",
        )


def _seals_without_entry(uscc: str | None) -> Iterator[Fault]:
    version = ReportVersion.objects.filter(pk=OuterRef("version_id"))
    found = Seal.objects.annotate(
        uscc=Subquery(version.values("report__enterprise__uscc")),
        report=Subquery(version.values("report__number")),
    ).filter(~Exists(ChainEntry.objects.filter(seal_id=OuterRef("pk"))))
    if uscc is not None:
        found = found.filter(uscc=uscc)
    for seal in found.order_by("pk").iterator(BATCH):
        yield Fault(
            seal.uscc or "",
            seal.report or "",
            seal.receipt_number,
            "the seal stands in no chain",
        )


def _versions_without_seal(uscc: str | None) -> Iterator[Fault]:
    report = SelfInspectionReport.objects.filter(pk=OuterRef("report_id"))
    found = ReportVersion.objects.annotate(
        uscc=Subquery(report.values("enterprise__uscc")),
        number=Subquery(report.values("number")),
    ).filter(
        ~Exists(Seal.objects.filter(version_id=OuterRef("pk"))),
        sealed_at__isnull=False,
    )
    if uscc is not None:
        found = found.filter(uscc=uscc)
    for version in found.order_by("pk").iterator(BATCH):
        yield Fault(
            version.uscc or "",
            version.number or "",
            "",
            f"version {version.ordinal} is marked sealed (sealed_at) but has no seal",
        )


def _broken_chains(uscc: str | None) -> Iterator[Fault]:
    entries = (
        ChainEntry.objects.select_related(
            "enterprise", "seal__version__report__enterprise"
        )
        .prefetch_related(
            "seal__version__listed__inspection",
            "seal__version__stated__hazard",
            "seal__version__checklist",
            "seal__version__photos",
        )
        .order_by("enterprise_id", "ordinal", "pk")
    )
    if uscc is not None:
        entries = entries.filter(enterprise__uscc=uscc)
    before: ChainEntry | None = None
    for entry in entries.iterator(BATCH):
        if before is not None and before.enterprise_id != entry.enterprise_id:
            before = None
        for what in _wrong_with(entry, before):
            yield Fault(
                entry.enterprise.uscc,
                entry.seal.version.report.number,
                entry.seal.receipt_number,
                what,
            )
        before = entry


def _wrong_with(entry: ChainEntry, before: ChainEntry | None) -> Iterator[str]:
    """What is wrong with an entry, its seal and its version; nearest cause first."""
    expected = before.ordinal + 1 if before else 1
    if entry.ordinal != expected:
        yield (
            f"chain_entry.ordinal is {entry.ordinal} where {expected} should follow: "
            "an entry is missing or was moved"
        )
    if entry.previous_sha256 != (before.entry_sha256 if before else ""):
        yield "chain_entry.previous_sha256 does not name the entry before"
    seal = entry.seal
    if seals.digest(bytes(seal.content)) != seal.content_sha256:
        yield "seal.content and seal.content_sha256 do not belong together"
    yield from _wrong_with_version(seal)
    if entry.enterprise_id != seal.version.report.enterprise_id:
        yield "chain_entry.enterprise is not the report's enterprise"
    columns = envelope(seal)
    if seal.seal_format != "quarterly-report/1" and entry.envelope != columns:
        changed = seals.changes(entry.envelope or {}, columns)
        yield (
            "the columns of the seal, its version or what that holds differ from the "
            f"chain_entry.envelope: {', '.join(path for path, _, _ in changed)}"
        )
    again = seals.link(
        previous=entry.previous_sha256, ordinal=entry.ordinal, envelope=columns
    )
    if again != entry.entry_sha256:
        yield (
            "chain_entry.entry_sha256 is not what the entry, the columns of the seal "
            "and the version's record of who saved it give"
        )


def _wrong_with_version(seal: Seal) -> Iterator[str]:
    version = seal.version
    if version.sealed_at is None:
        yield "version.sealed_at is empty though the version has a seal"
    try:
        content = sealed_bytes(version, seal_format=seal.seal_format)
        foreign = [
            listing.pk
            for listing in version.listed.all()
            if (listing.facts or {})["number"] != listing.inspection.number
            or listing.inspection.enterprise_id != version.report.enterprise_id
        ]
    except (ValueError, KeyError, TypeError, ObjectDoesNotExist) as error:
        yield (
            "version.frame, a listed inspection or seal.seal_format cannot be read as "
            f"sealed ({type(error).__name__}: {error})"
        )
        return
    if content != bytes(seal.content):
        yield f"the rows differ from the sealed bytes: {_differences(seal, content)}"
    if set(version.frame or ()) != _FRAMES[seal.seal_format]:
        yield "version.frame holds more or less than was sealed"
    if foreign:
        yield "version_inspection.inspection is not the visit whose facts were sealed"


def _differences(seal: Seal, content: bytes) -> str:
    """The paths in which the stored bytes and those of the rows differ."""
    try:
        before: Any = json.loads(bytes(seal.content))
        changed = seals.changes(before, json.loads(content))
    except ValueError:
        return "seal.content is not readable"
    return "; ".join(
        f"{path}: {was!r} was sealed, {now!r} is stored" for path, was, now in changed
    )


def _reports_unlike_their_seals(uscc: str | None) -> Iterator[Fault]:
    own = Seal.objects.filter(version__report_id=OuterRef("pk"))
    last = own.order_by("-version__ordinal")
    owner = Enterprise.objects.filter(pk=OuterRef("enterprise_id"))
    reports = SelfInspectionReport.objects.annotate(
        uscc=Subquery(owner.values("uscc")),
        first_seal=Subquery(own.order_by("version__ordinal").values("received_at")[:1]),
        last_seal=Subquery(last.values("received_at")[:1]),
        last_receipt=Subquery(last.values("receipt_number")[:1]),
        last_bureau=Subquery(last.values("bureau_id")[:1]),
        is_open=Exists(
            ReportVersion.objects.filter(
                report_id=OuterRef("pk"), sealed_at__isnull=True
            )
        ),
    )
    if uscc is not None:
        reports = reports.filter(uscc=uscc)
    for row in reports.order_by("pk").values().iterator(BATCH):
        columns = {
            "first_received_at": (row["first_received_at"], row["first_seal"]),
            "received_at": (row["received_at"], row["last_seal"]),
            "bureau": (row["bureau_id"], row["last_bureau"]),
            "status": (row["status"] in _OPEN, row["is_open"]),
        }
        for column, (now, sealed) in columns.items():
            if now != sealed:
                yield Fault(
                    row["uscc"] or "",
                    row["number"],
                    row["last_receipt"] or "",
                    f"report.{column} does not agree with the report's seals",
                )
