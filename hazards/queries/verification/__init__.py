"""
Whether what was signed still stands: rows against bytes, bytes against digests,
digests against each enterprise's chain. docs/records.md says what this proves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hazards.models import ChainEntry, SelfInspectionReport
from hazards.queries.verification import chains, lost, receipts
from hazards.queries.verification.found import Fault

__all__ = ["Counted", "Fault", "counted", "faults"]


@dataclass(frozen=True)
class Counted:
    """How much there is to verify."""

    reports: int
    seals: int
    enterprises: int


def counted(uscc: str | None = None) -> Counted:
    """Count reports, seals, and enterprises with a chain; all, or of the one given."""
    reports = SelfInspectionReport.objects.all()
    entries = ChainEntry.objects.all()
    if uscc is not None:
        reports = reports.filter(enterprise__uscc=uscc)
        entries = entries.filter(enterprise__uscc=uscc)
    return Counted(
        reports=reports.count(),
        seals=entries.count(),
        enterprises=entries.values("enterprise").distinct().count(),
    )


def faults(uscc: str | None = None) -> Iterator[Fault]:
    """
    Yield what does not hold, whole rows that are gone first; take the first and stop.

    Meant for one snapshot of the database (REPEATABLE READ), so that a report signed
    meanwhile is not half seen. Streams: memory does not grow with the records.

    :param uscc: verify this enterprise only
    """
    yield from lost.entries_without_rows(uscc)
    yield from lost.seals_without_entry(uscc)
    yield from lost.versions_without_seal(uscc)
    yield from chains.broken(uscc)
    yield from receipts.reports_unlike_their_seals(uscc)
    yield from receipts.hazards_unlike_their_reports(uscc)
