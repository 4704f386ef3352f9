"""The one page of a report that is being written: its steps and what they lack."""

import datetime as dt
from dataclasses import dataclass

from hazards.models import HazardStatement, ReportVersion
from hazards.queries.completeness import Gap, Standing, errors, lacking, standing_of
from hazards.queries.weaknesses import warnings
from hazards.rules.catalogue import CLAUSES, Clause


@dataclass(frozen=True)
class HazardRow:
    """A hazard of the report at a glance."""

    stated: HazardStatement
    clause: Clause | None
    lacks: list[str]
    warnings: int


@dataclass(frozen=True)
class FilingPage:
    """What stands and what is missing; errors stop the report, warnings do not."""

    standing: Standing
    hazards: list[HazardRow]
    errors: list[Gap]
    warnings: list[Gap]

    @property
    def answered(self) -> int:
        """How many of the clauses that apply have an answer."""
        return len(self.standing.clauses) - len(self.standing.unchecked)


def filing_page(version: ReportVersion, *, on: dt.date) -> FilingPage:
    """Gather it; 7 queries."""
    standing = standing_of(version, on=on)
    weak = warnings(version, standing, on=on)
    return FilingPage(
        standing=standing,
        hazards=[
            HazardRow(
                stated=stated,
                clause=CLAUSES.get(stated.clause),
                lacks=lacking(stated),
                warnings=sum(gap.hazard == stated.hazard for gap in weak),
            )
            for stated in standing.hazards
        ],
        errors=errors(version, standing, on=on),
        warnings=weak,
    )
