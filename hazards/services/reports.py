"""Writing a quarter's report, up to the principal's desk, and opening a correction."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Enterprise, Membership, User
from accounts.permissions import RefusedError
from accounts.services import events, notices
from hazards import permissions
from hazards.models import (
    ReportVersion,
    SelfInspection,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.models.inspections import SelfInspectionQuerySet
from hazards.queries.completeness import blockers, standing_of
from hazards.rules.quarters import Quarter
from hazards.services import numbers
from hazards.services.moves import moving
from hazards.workflow import ReportAction


@dataclass(frozen=True)
class Draft:
    """What the team writes; None in `nothing_found` = not yet said."""

    nothing_found: bool | None = None
    scope: str = ""
    coverage: str = ""
    remarks: str = ""
    correction_reason: str = ""


class StaleSaveError(RefusedError):
    """Somebody saved meanwhile; `version` is what stands, nothing was overwritten."""

    def __init__(self, version: ReportVersion, *, by: Acting) -> None:
        own = _(
            "You saved this report in another window meanwhile. Nothing was "
            "overwritten: compare the two texts, then save the one you want."
        )
        super().__init__(
            own
            if version.saved_by.user_id == by.user.pk
            else _(
                "%(name)s saved this report while you were writing. Nothing was "
                "overwritten: compare the two texts, then save yours again."
            )
            % {"name": version.saved_by.user.full_name}
        )
        self.version = version


class IncompleteError(RefusedError):
    """The report cannot go to the principal yet; `blockers` says what is missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.blockers = missing


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
            version = _open_version(report, ordinal=1, by=by, at=at)
            _list(version, SelfInspection.objects.filter(enterprise=enterprise))
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
        version = _locked_open_version(report)
        if version.revision != made_from:
            if _says(version, draft, inspection_ids):
                return version  # the same save, sent twice
            raise StaleSaveError(version, by=by)
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
        _list(version, chosen)
    return version


def send_for_signature(*, report_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Put the report on the principal's desk and tell them.

    :raises NotPermittedError: if the person may not send it now
    :raises IncompleteError: if something is missing; the sentences say what
    """
    with moving(report_id, ReportAction.SEND_FOR_SIGNATURE, by=by, at=at) as report:
        version = _locked_open_version(report)
        standing = standing_of(version, on=by.on)
        missing = blockers(version, standing, on=by.on)
        if missing:
            raise IncompleteError(missing)
        principal = standing.principal
        notices.tell(
            kind="report_awaits_signature",
            cause=f"report {report.pk} version {version.ordinal}"
            f" revision {version.revision} {at.isoformat()}",
            recipients=[principal.user] if principal else [],
            at=at,
            enterprise=report.enterprise,
            path=reverse("report-sign", args=[report.public_id]),
            parameters={"quarter": str(report.quarter), "number": report.number},
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
                "quarter": str(report.quarter),
                "number": report.number,
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
        version = _open_version(report, ordinal=last.ordinal + 1, by=by, at=at)
        for field in ("nothing_found", "scope", "coverage", "remarks"):
            setattr(version, field, getattr(last, field))
        version.save()
        _list(version, SelfInspection.objects.filter(listings__version=last))
    return version


def team_of(enterprise: Enterprise, *, on: dt.date) -> list[User]:
    """Those who write the enterprise's reports, on the day."""
    members = Membership.objects.holding_on(on).filter(
        enterprise=enterprise, role__in=sorted(EDITOR_ROLES)
    )
    return [member.user for member in members.select_related("user")]


def _own(by: Acting) -> Enterprise:
    if by.enterprise is None:
        raise RefusedError(_("Switch to one of your enterprise roles first."))
    return by.enterprise


def _open_version(
    report: SelfInspectionReport, *, ordinal: int, by: Acting, at: dt.datetime
) -> ReportVersion:
    return ReportVersion.objects.create(
        report=report,
        ordinal=ordinal,
        created_at=at,
        created_by=by.membership,
        saved_at=at,
        saved_by=by.membership,
    )


def _locked_open_version(report: SelfInspectionReport) -> ReportVersion:
    version = (
        ReportVersion.objects.select_for_update(of=("self",))
        .select_related("saved_by__user")
        .get(report=report, sealed_at__isnull=True)
    )
    version.report = report
    return version


def _says(
    version: ReportVersion, draft: Draft, inspection_ids: Collection[int]
) -> bool:
    """Whether the version says just that already."""
    listed = set(version.listed.values_list("inspection_id", flat=True))
    return listed == set(inspection_ids) and all(
        getattr(version, field) == value for field, value in asdict(draft).items()
    )


def _list(version: ReportVersion, visits: SelfInspectionQuerySet) -> None:
    """Add those visits held in the report's quarter that are not listed yet."""
    known = set(version.listed.values_list("inspection_id", flat=True))
    VersionInspection.objects.bulk_create(
        VersionInspection(version=version, inspection_id=pk)
        for pk in visits.held_in(version.report.quarter).values_list("pk", flat=True)
        if pk not in known
    )
