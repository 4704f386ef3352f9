"""What reports and hazards say of their receipts, against the seals."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Enterprise, Event
from hazards.models import (
    MajorHazard,
    ReportStatus,
    ReportTransfer,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.queries.contents import instant
from hazards.queries.verification import doubts, found
from hazards.queries.verification.found import Fault
from hazards.workflow import REPORT_TRANSITIONS, ReportAction

# Names the owner without a join, so that what has lost it is still read.
_USCC = Subquery(Enterprise.objects.filter(pk=OuterRef("enterprise_id")).values("uscc"))


def reports_unlike_their_seals(uscc: str | None) -> Iterator[Fault]:
    """Columns of reports that do not agree with their receipts and transfers."""
    for keys in doubts.reports(uscc):
        reports: Iterator[Any] = _reports().filter(pk__in=keys).iterator(len(keys))
        for report in reports:
            receipts = _receipts(report)
            unlike = [
                f"report.{column} does not agree with the report's seals"
                for column, now, sealed in _columns(report, receipts)
                if now != sealed
            ]
            for what in unlike or [found.UNEXPLAINED]:
                yield Fault(
                    report.uscc or "",
                    report.number,
                    receipts[-1][1].receipt_number if receipts else "",
                    what,
                )


def _reports() -> QuerySet[SelfInspectionReport]:
    """Reports with all that `_columns` reads."""
    versions = (
        ReportVersion.objects.only("report_id", "ordinal", "sealed_at")
        .annotate(stated_count=Count("stated"))
        .order_by("ordinal")
    )
    moves = Event.objects.filter(
        subject_kind=SelfInspectionReport._meta.model_name,
        subject_id=OuterRef("pk"),
        action__in=REPORT_TRANSITIONS,
    ).order_by("-id")
    return (
        SelfInspectionReport.objects.annotate(
            uscc=_USCC, last_move=Subquery(moves.values("action")[:1])
        )
        .prefetch_related(
            Prefetch("versions", versions),
            Prefetch("versions__seals", Seal.objects.defer("content", "statement")),
            Prefetch("transfers", ReportTransfer.objects.order_by("at", "id")),
        )
        .order_by("pk")
    )


def _receipts(report: SelfInspectionReport) -> list[tuple[ReportVersion, Seal]]:
    """The receipts of the report, first to last; a later signature is none."""
    return [
        (version, seal)
        for version in report.versions.all()
        for seal in version.seals.all()
        if seal.kind != SealKind.LATER_SIGNATURE
    ]


def _columns(
    report: Any, receipts: list[tuple[ReportVersion, Seal]]
) -> Iterator[tuple[str, object, object]]:
    """Yield (column, what it says, what seals, transfers and moves say)."""
    is_open = any(version.sealed_at is None for version in report.versions.all())
    status = (
        REPORT_TRANSITIONS[ReportAction(report.last_move)].target
        if report.last_move
        else ReportStatus.DRAFT
    )
    first = receipts[0][1] if receipts else None
    version, last = receipts[-1] if receipts else (None, None)
    yield "first_received_at", report.first_received_at, first and first.received_at
    yield "in_time", report.in_time, first and first.in_time
    yield "received_at", report.received_at, last and last.received_at
    yield "bureau", report.bureau_id, last and _bureau(report, last)
    yield "hazard_count", report.hazard_count, getattr(version, "stated_count", 0)
    yield (
        "is_unsigned",
        report.is_unsigned,
        version is not None and _lacks_signature(version),
    )
    yield "status", (report.status, report.status in doubts.OPEN), (status, is_open)


def _bureau(report: SelfInspectionReport, last: Seal) -> int:
    """The bureau that received last: by a transfer since, else by the receipt."""
    # By the server's time of both: of paper, received_at is an officer's word.
    since = [row for row in report.transfers.all() if row.at >= last.signed_at]
    return since[-1].to_bureau_id if since else last.bureau_id


def _lacks_signature(version: ReportVersion) -> bool:
    kinds = {seal.kind for seal in version.seals.all()}
    return SealKind.UNSIGNED in kinds and SealKind.LATER_SIGNATURE not in kinds


def hazards_unlike_their_reports(uscc: str | None) -> Iterator[Fault]:
    """Columns of hazards that do not agree with registration and first receipt."""
    for keys in doubts.hazards(uscc):
        hazards: Iterator[Any] = _hazards().filter(pk__in=keys).iterator(len(keys))
        for hazard in hazards:
            unlike = [
                f"hazard {hazard.number}: {column} does not agree with its "
                "registration and the first receipt that names it"
                for column, now, said in _hazard_columns(hazard)
                if now != said
            ]
            for what in unlike or [found.UNEXPLAINED]:
                yield Fault(hazard.uscc or "", "", hazard.first_receipt or "", what)


def _hazards() -> QuerySet[MajorHazard]:
    """Hazards with all that `_hazard_columns` reads."""
    receipts = (
        Seal.objects.filter(version__stated__hazard=OuterRef("pk"))
        .exclude(kind=SealKind.LATER_SIGNATURE)
        .order_by("chain_entry__ordinal")
    )
    return MajorHazard.objects.annotate(
        uscc=_USCC,
        first_seal=Subquery(receipts.values("received_at")[:1]),
        first_bureau=Subquery(receipts.values("bureau_id")[:1]),
        first_receipt=Subquery(receipts.values("receipt_number")[:1]),
    ).order_by("pk")


def _hazard_columns(hazard: Any) -> Iterator[tuple[str, object, object]]:
    """Yield (column, what it says, what registration and first receipt say)."""
    registered = hazard.registered_as or {}
    found_at = instant(hazard.found_at)
    yield "first_reported_at", hazard.first_reported_at, hazard.first_seal
    yield "first_reported_to", hazard.first_reported_to_id, hazard.first_bureau
    yield "number", hazard.number, registered.get("number", hazard.number)
    yield "found_at", found_at, registered.get("found_at", found_at)
