"""The clauses that a report answers, and what is described of them already."""

import datetime as dt

from hazards.models import ReportVersion
from hazards.queries.standards import applies_to
from hazards.rules.catalogue import CLAUSES, Clause


def clauses_to_answer(version: ReportVersion, *, on: dt.date) -> tuple[Clause, ...]:
    """
    Return the clauses in force that concern the enterprise on the day, and those that
    the version answers or cites already, in catalogue order; 3 queries.
    """
    keys = applies_to(version.report.enterprise, on=on)
    known = set(version.checklist.values_list("clause", flat=True))
    known.update(described_hazards(version))
    return tuple(
        each
        for each in CLAUSES.values()
        if each.code in known or (each.in_force_on(on) and each.applies(keys))
    )


def described_hazards(version: ReportVersion) -> dict[str, list[str]]:
    """
    Return the numbers of the hazards that the version describes, by code of clause;
    one query.
    """
    described: dict[str, list[str]] = {}
    cited = version.stated.exclude(clause="").order_by("hazard__number")
    for code, number in cited.values_list("clause", "hazard__number"):
        described.setdefault(code, []).append(number)
    return described
