"""Handing a received report to the bureau that has jurisdiction."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Bureau, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import ReportTransfer
from hazards.services import lives
from hazards.services.moves import moving
from hazards.workflow import ReportAction


def transfer(
    *, report_id: int, to: Bureau, reason: str, by: Acting, at: dt.datetime
) -> ReportTransfer:
    """
    Hand the report on. Its receipts and their times stand; whoever had taken it up has
    it no longer. The enterprise and the reviewers of the other bureau are told.

    :raises NotPermittedError: if the person's bureau does not hold it, or answered it
    :raises RefusedError: if it stands with that bureau already, or no reason is given
    """
    if not reason.strip():
        raise RefusedError(
            _("Say why, so that the other bureau and the enterprise know.")
        )
    with moving(report_id, ReportAction.TRANSFER, by=by, at=at, note=reason) as report:
        if report.bureau is None or report.bureau == to:
            raise RefusedError(
                _("The report stands with %(bureau)s already: choose another bureau.")
                % {"bureau": to.name}
            )
        handed = ReportTransfer.objects.create(
            report=report,
            from_bureau=report.bureau,
            to_bureau=to,
            reason=reason,
            at=at,
            by=by.membership,
        )
        lives.hand_on(report.pk, sender=report.bureau, to=to)
        report.bureau, report.reviewer = to, None
        _tell(handed, by=by, at=at)
    return handed


def _tell(handed: ReportTransfer, *, by: Acting, at: dt.datetime) -> None:
    report = handed.report
    team = holders(
        roles={*EDITOR_ROLES, Role.PRINCIPAL}, on=by.on, enterprise=report.enterprise
    )
    office = holders(
        roles={Role.REVIEWER, Role.BUREAU_HEAD}, on=by.on, bureau=handed.to_bureau
    )
    notices.tell(
        kind="report_transferred",
        cause=f"report {report.pk} {at.isoformat()}",
        recipients=[*team, *office],
        at=at,
        enterprise=report.enterprise,
        path=reverse("report", args=[report.public_id]),
        parameters={
            "enterprise": report.enterprise.name,
            **report.naming(),
            "sender": handed.from_bureau.name,
            "bureau": handed.to_bureau.name,
            "reason": handed.reason,
        },
    )
