"""A bureau's answer to a received report."""

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import ReviewComment, Seal, SelfInspectionReport
from hazards.queries.report_pages import last_receipt, sealed_content
from hazards.rules.items import WHOLE, items_of
from hazards.services.moves import moving
from hazards.workflow import ReportAction


def begin(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Take a received report up, so that colleagues see who has it.

    :raises NotPermittedError: if somebody has it, or the person may not
    """
    with moving(report_id, ReportAction.BEGIN_REVIEW, by=by, at=at) as report:
        report.reviewer = by.membership


def accept(
    *, report_id: int, by: Acting, at: dt.datetime, seen: int | None = None
) -> None:
    """
    Take the report in. Says nothing on whether its content is right.

    :param seen: the ordinal of the version that the reviewer had before them
    :raises NotPermittedError: if it was answered meanwhile, or the person may not
    :raises RefusedError: if another version was received meanwhile
    """
    with moving(report_id, ReportAction.ACCEPT, by=by, at=at) as report:
        _received_as_seen(report, seen)
        report.reviewer = by.membership
        _tell("report_accepted", report, by=by, at=at)


def return_for_correction(
    *,
    report_id: int,
    comments: Mapping[str, str],
    by: Acting,
    at: dt.datetime,
    seen: int | None = None,
) -> None:
    """
    Give the report back with comments on its items; the first receipt keeps its time.

    :param comments: by item (hazards.rules.items), "report" for the whole
    :param seen: the ordinal of the version that the reviewer had before them
    :raises NotPermittedError: if it was answered meanwhile, or the person may not
    :raises RefusedError: if there is no comment, one is on nothing that the report
        holds, or another version was received meanwhile
    """
    said = {item: text.strip() for item, text in comments.items() if text.strip()}
    if not said:
        raise RefusedError(_("Say why, so that the enterprise knows what to correct."))
    with moving(
        report_id,
        ReportAction.RETURN_FOR_CORRECTION,
        by=by,
        at=at,
        note=said.get(WHOLE, ""),
    ) as report:
        seal = _received_as_seen(report, seen)
        if not said.keys() <= items_of(sealed_content(seal)):
            raise RefusedError(
                _(
                    "A comment stands on something that this version does not hold: "
                    "open the report again and write it beside its item."
                )
            )
        ReviewComment.objects.bulk_create(
            ReviewComment(
                version=seal.version, item=item, text=text, at=at, by=by.membership
            )
            for item, text in said.items()
        )
        report.reviewer = by.membership
        _tell("report_returned", report, by=by, at=at, comments=said)


def _received_as_seen(report: SelfInspectionReport, seen: int | None) -> Seal:
    """
    The seal of the version that is answered.

    :raises RefusedError: if it is not the one that the reviewer had before them
    """
    seal = last_receipt(report)
    assert seal is not None  # noqa: S101  # what is in review was received
    if seen is not None and seal.version.ordinal != seen:
        raise RefusedError(
            _(
                "The enterprise corrected the report after this page was shown to "
                "you: open it again, read version %(number)s, then answer."
            )
            % {"number": seal.version.ordinal}
        )
    return seal


def _tell(
    kind: str,
    report: SelfInspectionReport,
    *,
    by: Acting,
    at: dt.datetime,
    comments: Mapping[str, str] | None = None,
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
            **report.naming(),
            "bureau": report.bureau.name if report.bureau else "",
            "comments": [
                {"item": item, "text": text} for item, text in (comments or {}).items()
            ],
        },
    )
