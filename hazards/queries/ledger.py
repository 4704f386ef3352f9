"""
What the ledger counts for the quarterly and yearly statistics (统计分析表, Order 16,
art. 14; the columns follow the former national table of hazards found and rectified).
Each hazard is followed through its acts, so that a past span is counted as it was.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Enterprise
from hazards.models import (
    GeneralHazard,
    HazardAct,
    HazardActKind,
    HazardListing,
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
from hazards.rules import statistics
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.lives import plan_is_complete
from hazards.rules.statistics import Line, Passage, Span, Way

_PASSAGES: Mapping[str, tuple[Way, bool]] = MappingProxyType(
    {
        HazardActKind.CLOSE: (Way.CLOSED, False),
        HazardActKind.PASS_RECHECK: (Way.CLOSED, False),
        HazardActKind.DOWNGRADE: (Way.GRADED_DOWN, False),
        HazardActKind.VOID: (Way.STRUCK_OUT, False),
        HazardActKind.HAND_OVER: (Way.HANDED_OVER, False),
        HazardActKind.GRADE_MAJOR: (Way.GRADED_UP, True),
    }
)
_WAITING = frozenset({HazardState.ACCEPTED, HazardState.AWAITING_RECHECK})


def live_table(version: ReportVersion, *, on: dt.date) -> dict[str, Any] | None:
    """
    The statistics that a quarterly report is signed with, as the ledger stands on the
    day: of its quarter, and with the fourth quarter of its year; None for other
    reports. About 9 queries a period.
    """
    report = version.report
    if not report.is_quarterly:
        return None
    quarter, year = report.quarter, None
    if quarter.number == 4:
        year = counts(
            report.enterprise, Span.of_year(quarter.year), on=on, version=version
        )
    return {
        "layout": statistics.LAYOUT,
        "quarter": counts(
            report.enterprise, Span.of_quarter(quarter), on=on, version=version
        ),
        "year": year,
    }


def counts(
    enterprise: Enterprise,
    span: Span,
    *,
    on: dt.date,
    version: ReportVersion | None = None,
) -> dict[str, Any]:
    """
    Count the span; plain values, funds in ten thousand yuan (万元) as text.

    :param on: the day on which it is counted: nothing is overdue before it is
    :param version: about to be sealed, so that its plans and funds count already
    """
    major = _major_lines(enterprise)
    standing = [line.key for line in statistics.open_at_end(major, span)]
    return {
        "first_day": span.first.isoformat(),
        "last_day": span.last.isoformat(),
        "inspections": _inspections(enterprise, span),
        "general": _general(enterprise, span, on=on),
        "major": {
            **statistics.flow(
                major, span, ways_in=statistics.MAJOR_IN, out=statistics.MAJOR_OUT
            ),
            "recurred": _recurred(enterprise, span),
            "planned": _planned(standing, span, version=version),
            "accepted": _accepted(major, span),
            "overdue": statistics.overdue(major, span, on=on),
            "listed": _listed(standing, span),
        },
        "funds": _funds(enterprise, span, standing, version=version),
    }


def _inspections(enterprise: Enterprise, span: Span) -> dict[str, int]:
    teams = list(
        SelfInspection.objects.filter(
            started_on__range=(span.first, span.last), enterprise=enterprise
        ).values_list("team", "participation")
    )
    return {
        "held": len(teams),
        "by_own_team": sum(team != TeamKind.EXTERNAL for team, _ in teams),
        "with_principal": sum(part is not None for _, part in teams),
    }


def _general(enterprise: Enterprise, span: Span, *, on: dt.date) -> dict[str, int]:
    rows = GeneralHazard.objects.filter(enterprise=enterprise)
    lines = [_general_line(row) for row in rows]
    return {
        **statistics.flow(
            lines, span, ways_in=statistics.GENERAL_IN, out=statistics.GENERAL_OUT
        ),
        "overdue": statistics.overdue(lines, span, on=on),
    }


def _general_line(row: GeneralHazard) -> Line:
    came, way = row.found_on, Way.FOUND
    if row.came_from_id is not None:
        came, way = _day(row.recorded_at), Way.GRADED_DOWN
    ends = (
        (row.rectified_on, Way.RECTIFIED),
        (row.struck_at and _day(row.struck_at), Way.STRUCK_OUT),
        (row.raised_at and _day(row.raised_at), Way.GRADED_UP),
    )
    left = [Passage(max(day, came), end, enters=False) for day, end in ends if day]
    return Line(row.pk, [Passage(came, way, enters=True), *left[:1]], row.due_on)


def _major_lines(enterprise: Enterprise) -> list[Line]:
    """
    The registered hazards, each from the day it was found. What a team has not put on
    record yet is a draft and counts nowhere.
    """
    acts: dict[int, list[HazardAct]] = defaultdict(list)
    for act in HazardAct.objects.filter(hazard__enterprise=enterprise).order_by("id"):
        acts[act.hazard_id].append(act)
    rows = MajorHazard.objects.filter(
        enterprise=enterprise, registered_at__isnull=False
    )
    return [_major_line(row, acts[row.pk]) for row in rows]


def _major_line(row: MajorHazard, acts: Sequence[HazardAct]) -> Line:
    passages = [Passage(_day(row.found_at), Way.FOUND, enters=True)]
    waits = []
    for act in acts:
        if act.kind in _PASSAGES:
            way, enters = _PASSAGES[act.kind]
            passages.append(Passage(_day(act.at), way, enters))
        if act.from_state != act.to_state:
            waits.append((_day(act.at), act.to_state in _WAITING))
    return Line(row.pk, passages, row.due_on, waits)


def _recurred(enterprise: Enterprise, span: Span) -> int:
    """Of those found, the ones that came back as another hazard that was closed."""
    days = MajorHazard.objects.filter(
        enterprise=enterprise,
        registered_at__isnull=False,
        recurrence_of__isnull=False,
    ).values_list("found_at", flat=True)
    return sum(_day(found_at) in span for found_at in days)


def _accepted(lines: Iterable[Line], span: Span) -> int:
    after = span.last + dt.timedelta(days=1)
    return sum(line.waits_before(after) for line in statistics.open_at_end(lines, span))


def _planned(
    standing: Sequence[int], span: Span, *, version: ReportVersion | None
) -> int:
    """Of those open at the end, the ones with a plan received by then: 五到位."""
    planned = {
        pk
        for pk, at in MajorHazard.objects.filter(
            pk__in=standing, planned_at__isnull=False
        ).values_list("pk", "planned_at")
        if at is not None and _day(at) <= span.last
    }
    if version is not None:
        planned |= {
            row.hazard_id
            for row in HazardStatement.objects.filter(
                version=version, hazard__in=standing
            )
            if plan_is_complete(row.plan_elements(), row.due_on)
        }
    return len(planned)


def _listed(standing: Sequence[int], span: Span) -> dict[str, int]:
    """Of those open at the end, the ones under listed supervision then, by level."""
    rows = HazardListing.objects.filter(act__hazard__in=standing).values_list(
        "level", "act__at", "ended__at"
    )
    levels = Counter(
        level
        for level, at, ended in rows
        if _day(at) <= span.last and (ended is None or _day(ended) > span.last)
    )
    return {level.value: levels[level.value] for level in ListedLevel}


def _funds(
    enterprise: Enterprise,
    span: Span,
    standing: Sequence[int],
    *,
    version: ReportVersion | None,
) -> dict[str, str]:
    """
    Planned: for those open at the end, as it was last reported. Spent: what progress
    in the span says, and what general hazards rectified in it cost.
    """
    reported = Q(version__sealed_at__isnull=False)
    if version is not None:
        reported |= Q(version=version)
    planned = sum(
        (
            row.funds_planned
            for row in latest_statements(enterprise).filter(
                reported, hazard__in=standing
            )
            if row.funds_planned is not None
        ),
        Decimal(),
    )
    # The instants of whole days, from midnight to midnight in Asia/Shanghai.
    began = dt.datetime.combine(span.first, dt.time(), SHANGHAI)
    ended = dt.datetime.combine(span.last + dt.timedelta(days=1), dt.time(), SHANGHAI)
    progress = HazardProgress.objects.filter(
        act__hazard__enterprise=enterprise, act__at__gte=began, act__at__lt=ended
    )
    general = GeneralHazard.objects.filter(
        enterprise=enterprise, rectified_on__range=(span.first, span.last)
    )
    spent = sum(
        (
            rows.aggregate(total=Sum("funds_spent"))["total"] or Decimal()
            for rows in (progress, general)
        ),
        Decimal(),
    )
    return {"planned": _plain(planned), "spent": _plain(spent)}


def _plain(amount: Decimal) -> str:
    """Without a trailing zero, never with an exponent."""
    return f"{amount.normalize():f}"


def _day(at: dt.datetime) -> dt.date:
    """The day of the instant in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()
