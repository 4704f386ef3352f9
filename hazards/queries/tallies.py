"""How many reports of a bureau stand where: kept by the database, never counted."""

from collections.abc import Mapping

from django.db.models import Sum

from accounts.models import Bureau
from hazards.models import ReportStatus, ReportTally


def tallies_of(bureau: Bureau) -> Mapping[ReportStatus, int]:
    """The reports that the bureau received, by status; 1 query."""
    rows = (
        ReportTally.objects.filter(bureau=bureau)
        .values_list("status")
        .annotate(number=Sum("change"))
    )
    found = dict(rows)
    return {status: found.get(status.value, 0) for status in ReportStatus}
