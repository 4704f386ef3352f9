"""
What the ledger counts for the quarterly and yearly statistics (统计分析表, Order 16,
art. 14; the columns follow the former national table of hazards found and rectified).
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Enterprise
from hazards.models import (
    ON_THE_BOOKS,
    GeneralHazard,
    HazardProgress,
    HazardState,
    HazardStatement,
    ListedLevel,
    MajorHazard,
    ReportVersion,
    SelfInspection,
    TeamKind,
)
from hazards.queries.open_hazards import latest_statements
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.lives import plan_is_complete
from hazards.rules.quarters import Quarter


@dataclass(frozen=True)
class Span:
    """Days in Asia/Shanghai, both included."""

    first: dt.date
    last: dt.date

    def days(self, column: str) -> Q:
        """The condition that a day lies in the span."""
        return Q(**{f"{column}__range": (self.first, self.last)})

    def instants(self, column: str) -> Q:
        """The condition that an instant lies in the span."""
        return Q(**{f"{column}__gte": _midnight(self.first)}) & Q(
            **{f"{column}__lt": self.end}
        )

    @property
    def end(self) -> dt.datetime:
        """The instant at which the span is over."""
        return _midnight(self.last + dt.timedelta(days=1))


def live_table(version: ReportVersion) -> dict[str, Any] | None:
    """
    The statistics that a quarterly report is signed with, as the ledger stands now:
    of its quarter, and with the fourth quarter of its year; None for other reports.
    About 9 queries a period.
    """
    report = version.report
    if not report.is_quarterly:
        return None
    quarter = report.quarter
    planned = _planned_in(version)
    table = {
        "quarter": counts(report.enterprise, _of_quarter(quarter), planned_too=planned),
        "year": None,
    }
    if quarter.number == 4:
        year = Span(dt.date(quarter.year, 1, 1), quarter.ends_on)
        table["year"] = counts(report.enterprise, year, planned_too=planned)
    return table


def counts(
    enterprise: Enterprise, span: Span, *, planned_too: frozenset[int] = frozenset()
) -> dict[str, Any]:
    """
    Count the span; plain values, funds in ten thousand yuan (万元) as text.

    :param planned_too: hazards whose plan a report about to be signed completes
    """
    return {
        "first_day": span.first.isoformat(),
        "last_day": span.last.isoformat(),
        "inspections": _inspections(enterprise, span),
        "general": _general(enterprise, span),
        "major": _major(enterprise, span, planned_too=planned_too),
        "funds": _funds(enterprise, span),
    }


def _inspections(enterprise: Enterprise, span: Span) -> dict[str, int]:
    rows = SelfInspection.objects.filter(
        span.days("started_on"), enterprise=enterprise
    ).values_list("team", "participation")
    teams = list(rows)
    return {
        "held": len(teams),
        "by_own_team": sum(team != TeamKind.EXTERNAL for team, _ in teams),
        "with_principal": sum(part is not None for _, part in teams),
    }


def _general(enterprise: Enterprise, span: Span) -> dict[str, int]:
    """General hazards, and major ones that were graded down."""
    rows = GeneralHazard.objects.filter(enterprise=enterprise).counted()
    downgraded = MajorHazard.objects.filter(
        span.instants("found_at"), enterprise=enterprise, state=HazardState.DOWNGRADED
    )
    still_open = Q(rectified_on__isnull=True) | Q(rectified_on__gt=span.last)
    return {
        "found": rows.filter(span.days("found_on")).count() + downgraded.count(),
        "rectified": rows.filter(span.days("rectified_on")).count(),
        "open_at_end": rows.filter(still_open, found_on__lte=span.last).count(),
    }


def _major(
    enterprise: Enterprise, span: Span, *, planned_too: frozenset[int]
) -> dict[str, Any]:
    counted = (*ON_THE_BOOKS, HazardState.CLOSED)
    rows = MajorHazard.objects.filter(enterprise=enterprise, state__in=counted)
    standing = list(
        rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=span.end))
        .filter(found_at__lt=span.end)
        .values_list("pk", "planned_at", "due_on", "accepted_at", "listed")
    )
    levels = Counter(listed for *_, listed in standing if listed)
    return {
        "found": rows.filter(span.instants("found_at")).count(),
        "accepted": rows.filter(span.instants("accepted_at")).count(),
        "closed": rows.filter(span.instants("closed_at")).count(),
        "open_at_end": len(standing),
        "planned": sum(
            pk in planned_too or (planned_at is not None and planned_at < span.end)
            for pk, planned_at, *_ in standing
        ),
        "overdue": sum(
            due_on is not None
            and due_on <= span.last
            and (accepted_at is None or accepted_at >= span.end)
            for _, _, due_on, accepted_at, _ in standing
        ),
        "listed": {level.value: levels[level.value] for level in ListedLevel},
    }


def _funds(enterprise: Enterprise, span: Span) -> dict[str, str]:
    planned = sum(
        (
            row.funds_planned
            for row in latest_statements(enterprise)
            if row.funds_planned is not None and row.hazard.state in ON_THE_BOOKS
        ),
        Decimal(),
    )
    spent = (
        HazardProgress.objects.filter(
            span.instants("act__at"), act__hazard__enterprise=enterprise
        ).aggregate(total=Sum("funds_spent"))["total"]
        or Decimal()
    )
    general = (
        GeneralHazard.objects.filter(
            span.days("rectified_on"), enterprise=enterprise
        ).aggregate(total=Sum("funds_spent"))["total"]
        or Decimal()
    )
    return {"planned": _plain(planned), "spent": _plain(spent + general)}


def _planned_in(version: ReportVersion) -> frozenset[int]:
    rows = HazardStatement.objects.filter(version=version)
    return frozenset(
        row.hazard_id
        for row in rows
        if plan_is_complete(row.plan_elements(), row.due_on)
    )


def _of_quarter(quarter: Quarter) -> Span:
    return Span(quarter.starts_on, quarter.ends_on)


def _plain(amount: Decimal) -> str:
    """Without a trailing zero, never with an exponent."""
    return f"{amount.normalize():f}"


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
