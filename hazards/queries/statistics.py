"""What the pages of the statistics show: as the ledger stands, and as it was signed."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from accounts.models import Enterprise
from hazards.models import Seal, SealKind, SelfInspectionReport
from hazards.queries import ledger
from hazards.rules import statistics
from hazards.rules.quarters import Quarter
from hazards.rules.statistics import Span


@dataclass(frozen=True)
class StatisticsPage:
    """A quarter and its year: as the ledger stands on the day, and as signed last."""

    quarter: Quarter
    live: dict[str, Any]
    report: SelfInspectionReport | None
    seal: Seal | None
    signed: dict[str, Any] | None
    remarks: str

    @property
    def differs(self) -> bool:
        """Whether the ledger has moved on since the signature."""
        if self.signed is None:
            return False
        return any(
            self.signed[period] != self.live[period]
            for period in ("quarter", "year")
            if self.signed[period] is not None
        )


def statistics_page(
    enterprise: Enterprise, quarter: Quarter, *, on: dt.date
) -> StatisticsPage:
    """Count the quarter and its year anew, beside what was signed of them."""
    report = (
        SelfInspectionReport.objects.filter(enterprise=enterprise)
        .for_quarter(quarter)
        .first()
    )
    seal = _last_seal(report) if report else None
    version = report.versions.order_by("ordinal").last() if report else None
    live = {
        "layout": statistics.LAYOUT,
        "quarter": ledger.counts(
            enterprise, Span.of_quarter(quarter), on=on, version=version
        ),
        "year": ledger.counts(
            enterprise, Span.of_year(quarter.year), on=on, version=version
        ),
    }
    content = json.loads(bytes(seal.content)) if seal else {}
    return StatisticsPage(
        quarter=quarter,
        live=live,
        report=report,
        seal=seal,
        signed=content.get("table"),
        remarks=content.get("statement", {}).get("remarks", ""),
    )


def _last_seal(report: SelfInspectionReport) -> Seal | None:
    """The receipt of the version received last; a later signature is none."""
    return (
        Seal.objects.filter(version__report=report)
        .exclude(kind=SealKind.LATER_SIGNATURE)
        .select_related("version", "bureau")
        .order_by("version__ordinal")
        .last()
    )
