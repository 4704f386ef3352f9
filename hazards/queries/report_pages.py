"""What the report pages show, in a constant number of queries."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from accounts.models import Acting, Bureau
from accounts.queries.memberships import current_principal, receiving_bureau
from hazards.models import (
    Attachment,
    PaperReceipt,
    ReportVersion,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.queries.contents import live_bytes
from hazards.queries.deadlines import due_of_report
from hazards.queries.promptness import Promptness, promptness
from hazards.rules.deadlines import Due
from hazards.rules.differences import Difference, differences


@dataclass(frozen=True)
class ReportPage:
    """A report as one person may see it."""

    report: SelfInspectionReport
    versions: list[ReportVersion]
    # By version: how it was received, and the signature that was put under it later.
    seals: dict[int, Seal]
    signed_later: dict[int, Seal]
    open_version: ReportVersion | None
    content: dict[str, Any] | None
    content_is_sealed: bool
    due: Due | None
    promptness: Promptness | None

    @property
    def signed(self) -> list[tuple[ReportVersion, Seal]]:
        """The signed versions, oldest first, each with its seal."""
        return [(v, self.seals[v.pk]) for v in self.versions if v.pk in self.seals]

    @property
    def scan(self) -> Attachment | None:
        """The scan behind what is shown, if that came on paper."""
        if not self.content_is_sealed or not self.signed:
            return None
        paper: PaperReceipt | None = getattr(self.signed[-1][0], "paper", None)
        return paper.scan if paper else None

    @property
    def later_signature(self) -> Seal | None:
        """The signature put later under what is shown, if it was received without."""
        if not self.content_is_sealed or not self.signed:
            return None
        return self.signed_later.get(self.signed[-1][0].pk)

    @property
    def latest_seal(self) -> Seal | None:
        """The seal of the last signed version."""
        return self.signed[-1][1] if self.signed else None

    @property
    def first_seal(self) -> Seal | None:
        """The seal of the first receipt, whose time counts."""
        return self.signed[0][1] if self.signed else None

    @property
    def difference(self) -> Difference | None:
        """What the content shown says otherwise than the version received before."""
        shown_too = 1 if self.content_is_sealed else 0
        earlier = self.signed[: len(self.signed) - shown_too]
        if not earlier or self.content is None:
            return None
        version, seal = earlier[-1]
        return Difference(
            since=version.ordinal,
            changes=differences(sealed_content(seal), self.content),
        )


def report_page(
    report: SelfInspectionReport, *, seen_by: Acting, at: dt.datetime
) -> ReportPage:
    """
    Gather what the person may see: the enterprise sees its open version too, a bureau
    only what was signed.
    """
    versions = list(report.versions.select_related("paper__scan").order_by("ordinal"))
    every = list(
        Seal.objects.filter(version__report=report).select_related(
            "bureau", "signed_by__user"
        )
    )
    seals = {s.version_id: s for s in every if s.kind != SealKind.LATER_SIGNATURE}
    own = seen_by.enterprise is not None
    if not own:
        versions = [version for version in versions if version.pk in seals]
    opened = next((v for v in versions if v.sealed_at is None), None)
    for version in versions:
        version.report = report
        if version.pk in seals:
            seals[version.pk].version = version
    latest = next((v for v in reversed(versions) if v.pk in seals), None)
    first = next((seals[v.pk] for v in versions if v.pk in seals), None)
    receiving = None
    if opened is not None or report.bureau is None:
        receiving = receiving_bureau(report.enterprise, on=seen_by.on)
    bureau = report.bureau or receiving
    content: dict[str, Any] | None
    if opened is not None:
        content = content_of(shown_bytes(opened, bureau=receiving, on=seen_by.on))
    else:
        content = sealed_content(seals[latest.pk]) if latest else None
    return ReportPage(
        report=report,
        versions=versions,
        seals=seals,
        signed_later={
            s.version_id: s for s in every if s.kind == SealKind.LATER_SIGNATURE
        },
        open_version=opened,
        content=content,
        content_is_sealed=opened is None,
        due=due_of_report(report, bureau=bureau, on=seen_by.on) if bureau else None,
        promptness=promptness(report, bureau=bureau, at=at, receipt=first),
    )


def shown_bytes(version: ReportVersion, *, bureau: Bureau | None, on: dt.date) -> bytes:
    """The exact bytes that the principal is asked to sign, for the bureau."""
    principal = current_principal(enterprise=version.report.enterprise, on=on)
    return live_bytes(version, bureau=bureau, principal=principal, on=on)


def seal_of(report: SelfInspectionReport, *, ordinal: int) -> Seal | None:
    """The seal under which one version was received; None if it was not."""
    return (
        Seal.objects.filter(version__report=report, version__ordinal=ordinal)
        .exclude(kind=SealKind.LATER_SIGNATURE)
        .select_related("version__paper__scan", "bureau", "signed_by__user")
        .first()
    )


def first_receipt(report: SelfInspectionReport) -> Seal | None:
    """The seal of the first receipt, whose time counts; 1 query."""
    received = Seal.objects.filter(version__report=report)
    return received.select_related("bureau").order_by("version__ordinal", "id").first()


def last_receipt(
    report: SelfInspectionReport, *, before: int | None = None
) -> Seal | None:
    """
    The seal of the version received last, with its version; `before` an ordinal, the
    last of the earlier ones. 1 query.
    """
    received = Seal.objects.filter(version__report=report).exclude(
        kind=SealKind.LATER_SIGNATURE
    )
    if before is not None:
        received = received.filter(version__ordinal__lt=before)
    return received.select_related("version").order_by("version__ordinal").last()


def sealed_content(seal: Seal) -> dict[str, Any]:
    """What was signed, read from the sealed bytes themselves."""
    return content_of(bytes(seal.content))


def content_of(content: bytes) -> dict[str, Any]:
    """Canonical bytes as plain values."""
    values: dict[str, Any] = json.loads(content)
    return values
