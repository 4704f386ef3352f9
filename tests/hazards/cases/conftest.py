"""A planned hazard, a report of its quarter, and officers on site."""

import datetime as dt
from dataclasses import dataclass, replace

from accounts.models import Acting, Role
from hazards.models import (
    Determination,
    Finding,
    GeneralHazard,
    MajorHazard,
    ReportStatus,
)
from hazards.services import determinations, findings
from hazards.services.findings import Assessment
from tests.database.stages import stage
from tests.factories import NOW, SHANGHAI, make_acting
from tests.factories_found import Visited, compare, make_finding, make_visited
from tests.factories_lives import general_hazard, planned_hazard
from tests.factories_reports import Desks, make_desks, make_report

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# Three days after the plan: no progress is asked for yet.
ARRIVAL = NOW + 4 * DAY
FOUND_AT = dt.datetime(2026, 7, 6, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Case:
    """A finding with those who go on with it."""

    desks: Desks
    visited: Visited
    finding: Finding
    decider: Acting
    hazard: MajorHazard | None = None

    @property
    def at(self) -> dt.datetime:
        """Two hours after the arrival."""
        return ARRIVAL + 2 * HOUR

    def determined(self, *, at: dt.datetime | None = None) -> Determination:
        """Let the rulebook propose."""
        return determinations.determine(
            finding_id=self.finding.pk, by=self.visited.officer, at=at or self.at
        )


def decider_of(desks: Desks) -> Acting:
    """A deciding officer of the bureau, on the day of the check."""
    seat = make_acting(Role.DECIDING_OFFICER, bureau=desks.bureau)
    return replace(seat, on=ARRIVAL.date())


def assess(visited: Visited, finding: Finding, **judged: bool | None) -> None:
    """What the officer on site judges."""
    findings.assess(
        finding_id=finding.pk,
        assessment=Assessment(note="现场核实。", **judged),  # type: ignore[arg-type]
        by=visited.officer,
        at=ARRIVAL + HOUR,
    )


def reported_case(desks: Desks | None = None) -> Case:
    """
    A hazard reported and planned in time, found again by a spot check, matched, its
    measures judged effective.
    """
    desks = desks or make_desks()
    make_report(desks, status=ReportStatus.RECEIVED)
    hazard = planned_hazard(desks, at=NOW + DAY)
    visited = make_visited(desks, at=ARRIVAL)
    finding = make_finding(visited)
    compare(finding, visited, "same", at=ARRIVAL + HOUR)
    assess(visited, finding, measures_effective=True)
    return Case(desks, visited, finding, decider_of(desks), hazard)


def graded_general_case(desks: Desks) -> tuple[GeneralHazard, Case]:
    """What is found was on record, graded general by the enterprise."""
    general = general_hazard(desks, place="2号熔炼炉炉前")
    visited = make_visited(desks, at=ARRIVAL)
    finding = make_finding(visited)
    compare(finding, visited, "same", at=ARRIVAL + HOUR)
    return general, Case(desks, visited, finding, decider_of(desks))


@stage
def reported(db: None) -> Case:
    """A case in which a hazard of the record was found."""
    return reported_case()
