"""The one page of a report that is being written: its steps and what they lack."""

import datetime as dt
from dataclasses import dataclass

from hazards.models import HazardStatement, MajorHazard, ReportVersion
from hazards.queries.completeness import Gap, Standing, errors, lacking, standing_of
from hazards.queries.open_hazards import newer_statements, open_and_unnamed
from hazards.queries.weaknesses import (
    described_anew,
    said_otherwise,
    unnamed,
    warnings,
)
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
    # Registered, still open, and not in this report.
    unnamed: list[MajorHazard]
    # What other reports have said of these hazards since.
    newer: list[HazardStatement]
    errors: list[Gap]
    warnings: list[Gap]

    @property
    def answered(self) -> int:
        """How many of the clauses that apply have an answer."""
        return len(self.standing.clauses) - len(self.standing.unchecked)


def on_record_otherwise(version: ReportVersion) -> list[Gap]:
    """
    What is on record and a report of a quarter is silent of, for who signs it: 1 query.
    """
    if not version.report.is_quarterly:
        return []
    return list(unnamed(open_and_unnamed(version)))


def filing_page(version: ReportVersion, *, on: dt.date) -> FilingPage:
    """Gather it; 9 queries."""
    standing = standing_of(version, on=on)
    missing = open_and_unnamed(version) if version.report.is_quarterly else []
    newer = said_otherwise(standing, newer_statements(version))
    weak = [
        *described_anew(newer),
        *warnings(version, standing, on=on),
        *unnamed(missing),
    ]
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
        unnamed=missing,
        newer=newer,
        errors=errors(version, standing, on=on),
        warnings=weak,
    )
