"""Writing a quarter's report, up to the principal's desk, and opening a correction."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise
from accounts.permissions import RefusedError
from accounts.services import events, notices
from hazards import permissions
from hazards.models import ReportVersion, SelfInspection, SelfInspectionReport
from hazards.queries.completeness import blockers, standing_of
from hazards.rules.quarters import Quarter
from hazards.services import numbers
from hazards.services.moves import moving
from hazards.services.registrations import register_all
from hazards.services.versions import (
    IncompleteError,
    StaleSaveError,
    carry_open_hazards,
    copy_contents,
    list_visits,
    locked_open_version,
    open_version,
    team_of,
)
from hazards.workflow import ReportAction


@dataclass(frozen=True)
class Draft:
    """What the team writes; None in `nothing_found` = not yet said."""

    nothing_found: bool | None = None
    scope: str = ""
    coverage: str = ""
    remarks: str = ""
    correction_reason: str = ""


def start(*, quarter: Quarter, by: Acting, at: dt.datetime) -> SelfInspectionReport:
    """
    Open the quarter's report with an empty first version, or return the one there is.

    :raises NotPermittedError: if the person does not write reports
    :raises RefusedError: if the quarter has not begun
    """
    permissions.may_start_report(by).require()
    enterprise = _own(by)
    if quarter.starts_on > by.on:
        raise RefusedError(
            _("%(quarter)s has not begun; choose a quarter that has.")
            % {"quarter": quarter}
        )
    opened = SelfInspectionReport.objects.for_quarter(quarter).filter(
        enterprise=enterprise
    )
    if opened.exists():
        return opened.get()
    try:
        with transaction.atomic():
            report = SelfInspectionReport.objects.create(
                number=numbers.report_number(quarter),
                enterprise=enterprise,
                year=quarter.year,
                quarter_number=quarter.number,
                started_at=at,
            )
            version = open_version(report, ordinal=1, by=by, at=at)
            list_visits(version, SelfInspection.objects.filter(enterprise=enterprise))
            carry_open_hazards(version)
            events.record(
                action="start-report",
                subject=report,
                by=by,
                at=at,
                enterprise=enterprise,
                parameters={"quarter": str(quarter), "number": report.number},
            )
    except IntegrityError:
        # Somebody opened it in the same moment: theirs is the one.
        return opened.get()
    return report


def save_draft(
    *,
    report_id: int,
    made_from: int,
    draft: Draft,
    inspection_ids: Collection[int],
    by: Acting,
    at: dt.datetime,
) -> ReportVersion:
    """
    Store what the team wrote, made from revision `made_from`.

    :raises NotPermittedError: if the person may not write it now
    :raises StaleSaveError: if another save came first; nothing is overwritten
    """
    with transaction.atomic():
        report = SelfInspectionReport.objects.select_for_update().get(pk=report_id)
        permissions.may_edit(by, report).require()
        version = locked_open_version(report)
        draft = _as_kept(version, draft)
        if version.revision != made_from:
            if _says(version, draft, inspection_ids):
                return version  # the same save, sent twice
            raise StaleSaveError(version.saved_by, by=by)
        for field, value in asdict(draft).items():
            setattr(version, field, value)
        version.revision += 1
        version.saved_at, version.saved_by = at, by.membership
        version.save()
        # A visit that was moved to another quarter falls out.
        chosen = SelfInspection.objects.held_in(report.quarter).filter(
            pk__in=inspection_ids, enterprise_id=report.enterprise_id
        )
        version.listed.exclude(inspection__in=chosen).delete()
        list_visits(version, chosen)
    return version


def send_for_signature(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Put the report on the principal's desk and tell them. Registers its hazards.

    :raises NotPermittedError: if the person may not send it now
    :raises IncompleteError: if something is missing; the sentences say what
    """
    with moving(report_id, ReportAction.SEND_FOR_SIGNATURE, by=by, at=at) as report:
        version = locked_open_version(report)
        standing = standing_of(version, on=by.on)
        missing = blockers(version, standing, on=by.on)
        if missing:
            raise IncompleteError(missing)
        register_all(version, by=by, at=at)
        principal = standing.principal
        notices.tell(
            kind="report_awaits_signature",
            cause=f"report {report.pk} version {version.ordinal}"
            f" revision {version.revision} {at.isoformat()}",
            recipients=[principal.user] if principal else [],
            at=at,
            enterprise=report.enterprise,
            path=reverse("report-sign", args=[report.public_id]),
            parameters={
                **report.naming(),
            },
        )


def withdraw(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Take the report back from the principal's desk to change it.

    :raises NotPermittedError: if it is not there, or the person may not
    """
    with moving(report_id, ReportAction.WITHDRAW, by=by, at=at):
        pass


def return_to_team(*, report_id: int, reason: str, by: Acting, at: dt.datetime) -> None:
    """
    Give the report back to the team, unsigned, and tell them why.

    :raises NotPermittedError: if the person is not the principal, or it is not there
    :raises RefusedError: if no reason is given
    """
    if not reason.strip():
        raise RefusedError(_("Say why, so that the team knows what to change."))
    with moving(
        report_id, ReportAction.RETURN_TO_TEAM, by=by, at=at, note=reason
    ) as report:
        notices.tell(
            kind="report_returned_to_team",
            cause=f"report {report.pk} {at.isoformat()}",
            recipients=team_of(report.enterprise, on=by.on),
            at=at,
            enterprise=report.enterprise,
            path=reverse("report", args=[report.public_id]),
            parameters={
                **report.naming(),
                "reason": reason,
            },
        )


def begin_correction(*, report_id: int, by: Acting, at: dt.datetime) -> ReportVersion:
    """
    Open the next version as a copy of the last one, to be corrected and signed again.

    :raises NotPermittedError: if the report was not returned, or the person may not
    """
    with moving(report_id, ReportAction.BEGIN_CORRECTION, by=by, at=at) as report:
        last = report.versions.select_for_update().latest("ordinal")
        version = open_version(report, ordinal=last.ordinal + 1, by=by, at=at)
        copy_contents(last, version)
        if report.is_quarterly:
            visits = SelfInspection.objects.filter(listings__version=last)
            list_visits(version, visits)
    return version


def _own(by: Acting) -> Enterprise:
    if by.enterprise is None:
        raise RefusedError(_("Switch to one of your enterprise roles first."))
    return by.enterprise


def _as_kept(version: ReportVersion, draft: Draft) -> Draft:
    """What is described in the report was found: no box can say otherwise."""
    found = False if version.stated.exists() else draft.nothing_found or None
    return replace(draft, nothing_found=found)


def _says(
    version: ReportVersion, draft: Draft, inspection_ids: Collection[int]
) -> bool:
    """Whether the version says just that already."""
    listed = set(version.listed.values_list("inspection_id", flat=True))
    return listed == set(inspection_ids) and all(
        getattr(version, field) == value for field, value in asdict(draft).items()
    )
