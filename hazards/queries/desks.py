"""What each person's first page says in one glance."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import EDITOR_ROLES, Acting, Bureau, Enterprise, Membership
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    OWED,
    ComplianceFlag,
    Obligation,
    PrincipalParticipation,
    ReportStatus,
    SelfInspection,
    SelfInspectionReport,
)
from hazards.queries.deadlines import due_of_row
from hazards.queries.foreseen import foreseen
from hazards.queries.grounds import Ground, grounds
from hazards.queries.hazard_boards import HazardFigures, hazard_figures
from hazards.queries.standing import Standing, Turn, is_over, standing, turn
from hazards.rules.deadlines import SHANGHAI, Due
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter

QUARTERS_SHOWN = 6
FLAGS_SHOWN = 12
COUNTDOWN_FROM_MONTH = 10
"""From October on the days that are left of the year are counted."""


@dataclass(frozen=True)
class QuarterLine:
    """One quarter of one enterprise; no `duty` = no bureau receives from it."""

    quarter: Quarter
    duty: Obligation | None
    report: SelfInspectionReport | None
    inspections: int
    ground: Ground | None
    at: dt.datetime

    @property
    def due(self) -> Due | None:
        """When it is due, and why then."""
        return due_of_row(self.duty) if self.duty else None

    @property
    def days_left(self) -> int | None:
        """Days until the due day; negative after it."""
        return (self.due.on - _day(self.at)).days if self.due else None

    @property
    def standing(self) -> Standing | None:
        """How it stands."""
        return standing(self.duty, self.report, at=self.at) if self.duty else None

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        return turn(self.duty, self.report)

    @property
    def is_open(self) -> bool:
        """Whether the quarter itself still runs."""
        return self.quarter.ends_on >= _day(self.at)

    @property
    def is_past_due(self) -> bool:
        """Whether its due day has ended."""
        return self.duty is not None and is_over(self.duty, self.at)

    @property
    def is_owed(self) -> bool:
        """Whether the record does not satisfy it."""
        return self.duty is None or self.duty.outlook in OWED

    @property
    def says_more_of_the_report(self) -> bool:
        """Whether the report's own state tells more than how the quarter stands."""
        told = {Standing.AWAITING_SIGNATURE, Standing.RETURNED}
        return self.report is not None and self.standing not in told

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody of the enterprise has to do something."""
        return self.turn in {Turn.TEAM, Turn.PRINCIPAL}


@dataclass(frozen=True)
class YearLine:
    """The principal's part in one year; no `duty` = no bureau receives from it."""

    year: int
    duty: Obligation | None
    participations: list[PrincipalParticipation]
    at: dt.datetime

    @property
    def outlook(self) -> ObligationState:
        """How the year stands, or will once the due day has ended."""
        missing = ObligationState.MISSING
        return ObligationState(self.duty.outlook) if self.duty else missing

    @property
    def is_running(self) -> bool:
        """Whether the year itself still runs: there is time to take part."""
        return self.year == _day(self.at).year

    @property
    def is_final(self) -> bool:
        """Whether the fourth quarter's due day has ended."""
        return self.duty is not None and is_over(self.duty, self.at)

    @property
    def due(self) -> Due | None:
        """When the fourth quarter is due, with which the year is judged."""
        return due_of_row(self.duty) if self.duty else None

    @property
    def days_left(self) -> int | None:
        """Days until 31 December, from October on; None before, and after."""
        today = _day(self.at)
        if not self.is_running or today.month < COUNTDOWN_FROM_MONTH:
            return None
        return (dt.date(self.year, 12, 31) - today).days

    @property
    def confirmed(self) -> bool:
        """Whether the principal has confirmed taking part."""
        return any(part.confirmed_at for part in self.participations)


@dataclass(frozen=True)
class EnterpriseDesk:
    """The quarters, and the principal's year."""

    enterprise: Enterprise
    bureau: Bureau | None
    lines: list[QuarterLine]
    # The running year, and the one before while it is not shown to be done.
    years: list[YearLine]
    flags: list[ComplianceFlag]
    to_sign: list[SelfInspectionReport]
    # Received without the principal's signature.
    to_sign_later: list[SelfInspectionReport]
    editors: int
    # Visits at which the person is listed and has not said "I was there".
    to_sign_in: list[SelfInspection]
    principal: Membership | None
    hazards: HazardFigures

    @property
    def now(self) -> QuarterLine:
        """
        The quarter that people work on: the oldest that is not due yet and waits for
        them, else the one that runs.
        """
        ahead = [line for line in reversed(self.lines) if not line.is_past_due]
        waiting = [line for line in ahead if line.waits_for_people]
        return next(iter(waiting), self.lines[0])

    @property
    def others(self) -> list[QuarterLine]:
        """All but that, newest first."""
        return [line for line in self.lines if line is not self.now]

    @property
    def confirmed(self) -> bool:
        """Whether the principal has confirmed taking part this year."""
        return self.years[0].confirmed


def enterprise_desk(acting: Acting, *, at: dt.datetime) -> EnterpriseDesk:
    """The desk of clerk, team and principal; a constant number of queries."""
    enterprise = acting.membership.enterprise
    assert enterprise is not None  # noqa: S101  # the view asked for it
    bureau = receiving_bureau(enterprise, on=acting.on)
    duties = _duties(enterprise, bureau, at=at)
    reports = _reports(enterprise, on=acting.on)
    members = list(
        Membership.objects.holding_on(acting.on)
        .filter(enterprise=enterprise)
        .select_related("user")
        .order_by("id")
    )
    return EnterpriseDesk(
        enterprise=enterprise,
        bureau=bureau,
        lines=_lines(enterprise, duties, reports, at=at),
        years=_years(enterprise, duties, at=at),
        flags=list(
            ComplianceFlag.objects.filter(enterprise=enterprise)
            .standing()
            .select_related("obligation", "hazard")
            .order_by("raised_at", "id")[:FLAGS_SHOWN]
        ),
        to_sign=[
            report
            for report in reports
            if report.status == ReportStatus.AWAITING_SIGNATURE
        ],
        to_sign_later=[report for report in reports if report.is_unsigned],
        editors=len({m.user_id for m in members if m.role in EDITOR_ROLES}),
        to_sign_in=list(
            SelfInspection.objects.filter(
                attendances__membership=acting.membership,
                attendances__signed_in_at__isnull=True,
                started_on__gte=Quarter.containing(acting.on).starts_on,
            ).order_by("started_on", "id")
        ),
        principal=next((m for m in members if m.role == "principal"), None),
        hazards=hazard_figures(acting, on=acting.on),
    )


def _duties(
    enterprise: Enterprise, bureau: Bureau | None, *, at: dt.datetime
) -> list[Obligation]:
    """Those of this year and the two before, newest first; foreseen if none is open."""
    today = _day(at)
    rows = list(
        Obligation.objects.filter(enterprise=enterprise, year__gte=today.year - 2)
        .select_related("bureau")
        .order_by("-year", "-quarter_number")
    )
    this = Quarter.containing(today)
    if bureau is None or any(row.quarter == this for row in rows):
        return rows
    known = {(row.kind, row.period) for row in rows}
    ahead = [
        row
        for row in foreseen(enterprise, bureau, at=at)
        if (row.kind, row.period) not in known
    ]
    return ahead + rows


def _reports(enterprise: Enterprise, *, on: dt.date) -> list[SelfInspectionReport]:
    """Of the quarters shown, and older ones that wait for the principal."""
    waiting = Q(status=ReportStatus.AWAITING_SIGNATURE) | Q(is_unsigned=True)
    return list(
        SelfInspectionReport.objects.filter(
            Q(year__gte=on.year - 2) | waiting, enterprise=enterprise
        )
        .select_related("hazard")
        .order_by("year", "quarter_number", "id")
    )


def _lines(
    enterprise: Enterprise,
    duties: Sequence[Obligation],
    reports: Sequence[SelfInspectionReport],
    *,
    at: dt.datetime,
) -> list[QuarterLine]:
    """What is owed, what is written and the quarter that runs, newest first."""
    by_quarter = {row.quarter: row for row in duties if row.quarter}
    written = {r.quarter: r for r in reports if r.is_quarterly}
    this = Quarter.containing(_day(at))
    shown = {*by_quarter, *written, this}
    if not duties:
        # Nobody receives yet; what people would file next is the quarter just past.
        shown.add(this.previous())
    quarters = sorted(shown, reverse=True)[:QUARTERS_SHOWN]
    visits = [
        Quarter.containing(day)
        for day in SelfInspection.objects.filter(
            enterprise=enterprise, started_on__gte=quarters[-1].starts_on
        ).values_list("started_on", flat=True)
    ]
    why = grounds(enterprise, list(by_quarter.values()), at=at)
    return [
        QuarterLine(
            quarter=quarter,
            duty=by_quarter.get(quarter),
            report=written.get(quarter),
            inspections=visits.count(quarter),
            ground=why.get(quarter),
            at=at,
        )
        for quarter in quarters
    ]


def _years(
    enterprise: Enterprise, duties: Sequence[Obligation], *, at: dt.datetime
) -> list[YearLine]:
    this = _day(at).year
    by_year = {row.year: row for row in duties if row.quarter is None}
    parts = list(
        PrincipalParticipation.objects.filter(
            inspection__enterprise=enterprise,
            inspection__started_on__year__gte=this - 1,
        )
        .select_related("inspection", "principal__user")
        .order_by("inspection__started_on", "id")
    )
    lines = [
        YearLine(
            year=year,
            duty=by_year.get(year),
            participations=[p for p in parts if p.inspection.started_on.year == year],
            at=at,
        )
        for year in (this, this - 1)
    ]
    last = lines[1].duty
    return lines if last is not None and last.outlook in OWED else lines[:1]


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(SHANGHAI).date()
