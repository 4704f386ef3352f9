"""What each person's first page says in one glance."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import (
    EDITOR_ROLES,
    Acting,
    Bureau,
    Enterprise,
    Membership,
    SupervisionAssignment,
)
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    PrincipalParticipation,
    ReportStatus,
    SelfInspection,
    SelfInspectionReport,
)
from hazards.queries.deadlines import calendar_of, policies_of
from hazards.rules.deadlines import Due, due
from hazards.rules.quarters import Quarter

QUARTERS_SHOWN = 6


@dataclass(frozen=True)
class QuarterLine:
    """One quarter of one enterprise."""

    quarter: Quarter
    due: Due | None
    report: SelfInspectionReport | None
    inspections: int
    is_open: bool
    is_past_due: bool

    @property
    def is_filed(self) -> bool:
        """Whether anything was ever received for it."""
        return self.report is not None and self.report.first_received_at is not None


@dataclass(frozen=True)
class EnterpriseDesk:
    """The quarters, and the principal's year."""

    enterprise: Enterprise
    bureau: Bureau | None
    lines: list[QuarterLine]
    participations: list[PrincipalParticipation]
    editors: int
    # Visits at which the person is listed and has not said "I was there".
    to_sign_in: list[SelfInspection]

    @property
    def to_sign(self) -> list[SelfInspectionReport]:
        """Reports that wait on the principal's desk."""
        return [
            line.report
            for line in self.lines
            if line.report and line.report.status == ReportStatus.AWAITING_SIGNATURE
        ]

    @property
    def to_sign_later(self) -> list[SelfInspectionReport]:
        """Reports that the bureau has received without the principal's signature."""
        return [
            line.report
            for line in self.lines
            if line.report and line.report.is_unsigned
        ]

    @property
    def confirmed(self) -> bool:
        """Whether the principal has confirmed taking part this year."""
        return any(part.confirmed_at for part in self.participations)


def enterprise_desk(acting: Acting, *, at: dt.datetime) -> EnterpriseDesk:
    """The desk of clerk, team and principal; a constant number of queries."""
    enterprise = acting.membership.enterprise
    assert enterprise is not None  # noqa: S101  # the view asked for it
    bureau = receiving_bureau(enterprise, on=acting.on)
    quarters = _recent(acting.on, first=_first_quarter(bureau, enterprise, acting.on))
    reports = {
        report.quarter: report
        for report in SelfInspectionReport.objects.filter(
            enterprise=enterprise, year__gte=quarters[-1].year
        )
    }
    visits = [
        Quarter.containing(day)
        for day in SelfInspection.objects.filter(
            enterprise=enterprise, started_on__gte=quarters[-1].starts_on
        ).values_list("started_on", flat=True)
    ]
    dues = _dues(bureau, quarters, on=acting.on)
    received_from = _received_from(enterprise)
    lines = [
        QuarterLine(
            quarter=quarter,
            due=dues.get(quarter),
            report=reports.get(quarter),
            inspections=visits.count(quarter),
            is_open=quarter.ends_on >= acting.on,
            is_past_due=quarter in dues and dues[quarter].at < at,
        )
        for quarter in quarters
        # What was due before any bureau received from it here was due elsewhere.
        if quarter in reports
        or received_from is None
        or quarter not in dues
        or dues[quarter].on >= received_from
    ]
    return EnterpriseDesk(
        enterprise=enterprise,
        bureau=bureau,
        lines=lines,
        participations=list(
            PrincipalParticipation.objects.filter(
                inspection__enterprise=enterprise,
                inspection__started_on__year=acting.on.year,
            ).select_related("inspection", "principal__user")
        ),
        editors=Membership.objects.holding_on(acting.on)
        .filter(enterprise=enterprise, role__in=sorted(EDITOR_ROLES))
        .values("user")
        .distinct()
        .count(),
        to_sign_in=list(
            SelfInspection.objects.filter(
                attendances__membership=acting.membership,
                attendances__signed_in_at__isnull=True,
                started_on__gte=quarters[0].starts_on,
            ).order_by("started_on", "id")
        ),
    )


def _first_quarter(
    bureau: Bureau | None, enterprise: Enterprise, on: dt.date
) -> Quarter:
    """
    The first quarter of which the enterprise gives account: the policy's (default
    2025Q2), or the first that began when it was established already.
    """
    regime = (
        policies_of(bureau).quarter("first_quarter", on=on)
        if bureau
        else Quarter(2025, 2)
    )
    founded = Quarter.containing(enterprise.established_on)
    whole = (
        founded if founded.starts_on == enterprise.established_on else founded.next()
    )
    return max(regime, whole)


def _received_from(enterprise: Enterprise) -> dt.date | None:
    """The first day on which any bureau received from the enterprise here."""
    days = SupervisionAssignment.objects.filter(enterprise=enterprise)
    return days.order_by("starts_on").values_list("starts_on", flat=True).first()


def _recent(on: dt.date, *, first: Quarter) -> list[Quarter]:
    """This quarter and those before it, newest first."""
    quarters = [Quarter.containing(on)]
    while len(quarters) < QUARTERS_SHOWN and quarters[-1].previous() >= first:
        quarters.append(quarters[-1].previous())
    return quarters


def _dues(
    bureau: Bureau | None, quarters: list[Quarter], *, on: dt.date
) -> dict[Quarter, Due]:
    if bureau is None:
        return {}
    policies, calendar = policies_of(bureau), calendar_of(bureau, on=on)
    return {quarter: due(quarter, policies, calendar) for quarter in quarters}
