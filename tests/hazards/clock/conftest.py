"""What the tests of the clock stand on."""

import datetime as dt

from hazards.models import ComplianceFlag, Obligation, Scan
from hazards.rules.quarters import Quarter
from hazards.services import scans
from tests.database.stages import stage
from tests.factories import SHANGHAI
from tests.factories_reports import QUARTER, Desks, make_desks

DUE_AT = dt.datetime(2026, 7, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI)
"""The last instant in time for the second quarter of 2026, a Wednesday's."""
MICROSECOND = dt.timedelta(microseconds=1)


def shanghai(text: str) -> dt.datetime:
    """An instant by the clock on the wall, like "2026-07-16 00:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def run(at: dt.datetime) -> Scan:
    """Let the clock run as of the instant."""
    (scan,) = scans.scan(at=at)
    return scan


def of_quarter(desks: Desks, quarter: Quarter = QUARTER) -> Obligation:
    """The duty of the quarter."""
    return Obligation.objects.of_quarter(quarter).get(enterprise=desks.enterprise)


def of_year(desks: Desks, year: int = 2026) -> Obligation:
    """The duty of the principal's year."""
    return Obligation.objects.get(
        enterprise=desks.enterprise, kind="participation", year=year
    )


def flags_of(obligation: Obligation) -> dict[str, str]:
    """The flags of a duty and how each stands."""
    return dict(
        ComplianceFlag.objects.filter(obligation=obligation).values_list(
            "kind", "status"
        )
    )


@stage
def opened(db: None) -> Desks:
    """
    The desks of an enterprise that reports here since the middle of April 2026: it
    owes the second quarter and the year, and nothing from before.
    """
    desks = make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-04-16 00:00"))
    return desks
