"""The one place where a report's status is set."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Acting
from accounts.services import events
from hazards import permissions
from hazards.models import SelfInspectionReport
from hazards.workflow import REPORT_TRANSITIONS, ReportAction


@contextmanager
def moving(
    report_id: int,
    action: ReportAction,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
) -> Iterator[SelfInspectionReport]:
    """
    Lock the report, check the move, let the caller finish it, save and record it.

    :raises NotPermittedError: if the person may not do this to the report now
    """
    with transaction.atomic():
        # Locked, so that two people acting at once are judged one after the other.
        report = (
            SelfInspectionReport.objects.select_for_update(of=("self",))
            .select_related("enterprise", "bureau")
            .get(pk=report_id)
        )
        permissions.may(by, action, report).require()
        report.status = REPORT_TRANSITIONS[action].target
        yield report
        report.save()
        events.record(
            action=action.value,
            subject=report,
            by=by,
            at=at,
            enterprise=report.enterprise,
            bureau=report.bureau,
            note=note,
            parameters=report.naming(),
        )
