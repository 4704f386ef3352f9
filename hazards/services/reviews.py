"""A bureau's answer to a received report."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import SelfInspectionReport
from hazards.services.moves import moving
from hazards.workflow import ReportAction


def begin(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Take a received report up, so that colleagues see who has it.

    :raises NotPermittedError: if somebody has it, or the person may not
    """
    with moving(report_id, ReportAction.BEGIN_REVIEW, by=by, at=at) as report:
        report.reviewer = by.membership


def accept(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Take the report in. Says nothing on whether its content is right.

    :raises NotPermittedError: if it was answered meanwhile, or the person may not
    """
    with moving(report_id, ReportAction.ACCEPT, by=by, at=at) as report:
        report.reviewer = by.membership
        _tell("report_accepted", report, by=by, at=at)


def return_for_correction(
    *, report_id: int, reason: str, by: Acting, at: dt.datetime
) -> None:
    """
    Give the report back with a reason; the first receipt keeps its time.

    :raises NotPermittedError: if it was answered meanwhile, or the person may not
    :raises RefusedError: if no reason is given
    """
    if not reason.strip():
        raise RefusedError(_("Say why, so that the enterprise knows what to correct."))
    with moving(
        report_id, ReportAction.RETURN_FOR_CORRECTION, by=by, at=at, note=reason
    ) as report:
        report.reviewer = by.membership
        _tell("report_returned", report, by=by, at=at, reason=reason)


def _tell(
    kind: str,
    report: SelfInspectionReport,
    *,
    by: Acting,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """The team and the principal hear of the answer."""
    notices.tell(
        kind=kind,
        cause=f"report {report.pk} {at.isoformat()}",
        recipients=holders(
            roles={*EDITOR_ROLES, Role.PRINCIPAL},
            on=by.on,
            enterprise=report.enterprise,
        ),
        at=at,
        enterprise=report.enterprise,
        path=reverse("report", args=[report.public_id]),
        parameters={
            "enterprise": report.enterprise.name,
            "quarter": str(report.quarter),
            "number": report.number,
            "bureau": report.bureau.name if report.bureau else "",
            "reason": reason,
        },
    )
