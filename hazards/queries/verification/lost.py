"""Whole rows that are gone, or that stand where nothing leads to them."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import Enterprise
from hazards.models import (
    ChainEntry,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.queries.verification import found
from hazards.queries.verification.found import Fault


def entries_without_rows(uscc: str | None) -> Iterator[Fault]:
    """Chain entries whose seal, version, report or enterprise is gone."""
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
    for entry in entries.order_by("enterprise_id", "ordinal").iterator(found.BATCH):
        yield Fault(
            entry.uscc or "",
            "",
            entry.receipt or "",
            f"chain entry {entry.ordinal} has lost its seal, version, report or "
            "enterprise",
        )


def seals_without_entry(uscc: str | None) -> Iterator[Fault]:
    """Seals that stand in no chain."""
    version = ReportVersion.objects.filter(pk=OuterRef("version_id"))
    lone = Seal.objects.annotate(
        uscc=Subquery(version.values("report__enterprise__uscc")),
        report=Subquery(version.values("report__number")),
    ).filter(~Exists(ChainEntry.objects.filter(seal_id=OuterRef("pk"))))
    if uscc is not None:
        lone = lone.filter(uscc=uscc)
    for seal in lone.order_by("pk").iterator(found.BATCH):
        yield Fault(
            seal.uscc or "",
            seal.report or "",
            seal.receipt_number,
            "the seal stands in no chain",
        )


def versions_without_seal(uscc: str | None) -> Iterator[Fault]:
    """Versions marked sealed that no receipt belongs to."""
    report = SelfInspectionReport.objects.filter(pk=OuterRef("report_id"))
    received = Seal.objects.exclude(kind=SealKind.LATER_SIGNATURE)
    versions = ReportVersion.objects.annotate(
        uscc=Subquery(report.values("enterprise__uscc")),
        number=Subquery(report.values("number")),
    ).filter(
        ~Exists(received.filter(version_id=OuterRef("pk"))),
        sealed_at__isnull=False,
    )
    if uscc is not None:
        versions = versions.filter(uscc=uscc)
    for version in versions.order_by("pk").iterator(found.BATCH):
        yield Fault(
            version.uscc or "",
            version.number or "",
            "",
            f"version {version.ordinal} is marked sealed (sealed_at) but has no seal",
        )
