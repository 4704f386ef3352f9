"""Opening a version, filling it from an earlier one, and finding the open one."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Enterprise, Membership, User
from accounts.permissions import RefusedError
from hazards.models import (
    ON_THE_BOOKS,
    Answer,
    ChecklistAnswer,
    HazardPhoto,
    HazardStatement,
    ReportVersion,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.models.inspections import SelfInspectionQuerySet
from hazards.queries.open_hazards import latest_statements

SAID = ("nothing_found", "scope", "coverage", "remarks")
"""What a correction starts from."""


class IncompleteError(RefusedError):
    """The report cannot go to the principal yet; `blockers` says what is missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.blockers = missing


class StaleSaveError(RefusedError):
    """Somebody saved meanwhile; nothing was overwritten, `saved_by` is whoever did."""

    def __init__(self, saved_by: Membership, *, by: Acting) -> None:
        own = _(
            "You saved this report in another window meanwhile. Nothing was "
            "overwritten: compare the two texts, then save the one you want."
        )
        super().__init__(
            own
            if saved_by.user_id == by.user.pk
            else _(
                "%(name)s saved this report while you were writing. Nothing was "
                "overwritten: compare the two texts, then save yours again."
            )
            % {"name": saved_by.user.full_name}
        )
        self.saved_by = saved_by


def open_version(
    report: SelfInspectionReport, *, ordinal: int, by: Acting, at: dt.datetime
) -> ReportVersion:
    """Begin an empty version."""
    return ReportVersion.objects.create(
        report=report,
        ordinal=ordinal,
        created_at=at,
        created_by=by.membership,
        saved_at=at,
        saved_by=by.membership,
    )


def locked_report(report_id: int) -> SelfInspectionReport:
    """The report with its enterprise, held against other writers."""
    return (
        SelfInspectionReport.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=report_id)
    )


def locked_open_version(report: SelfInspectionReport) -> ReportVersion:
    """The version being written, held against other writers."""
    version = (
        ReportVersion.objects.select_for_update(of=("self",))
        .select_related("saved_by__user")
        .get(report=report, sealed_at__isnull=True)
    )
    version.report = report
    return version


def statement_of(version: ReportVersion, hazard_id: int) -> HazardStatement:
    """
    What the version, which is locked, says of a hazard.

    :raises RefusedError: if it does not name it
    """
    stated = (
        version.stated.select_related("hazard", "site__county", "saved_by__user")
        .filter(hazard_id=hazard_id)
        .first()
    )
    if stated is None:
        raise RefusedError(
            _("This hazard is no longer in the report: open the report again.")
        )
    stated.version = version
    return stated


def list_visits(version: ReportVersion, visits: SelfInspectionQuerySet) -> None:
    """Add those visits held in the report's quarter that are not listed yet."""
    known = set(version.listed.values_list("inspection_id", flat=True))
    VersionInspection.objects.bulk_create(
        VersionInspection(version=version, inspection_id=pk)
        for pk in visits.held_in(version.report.quarter).values_list("pk", flat=True)
        if pk not in known
    )


def copy_contents(last: ReportVersion, version: ReportVersion) -> None:
    """Let a correction say what the version before it said."""
    for field in SAID:
        setattr(version, field, getattr(last, field))
    version.save()
    copy_hazards(last.stated.all(), version)
    ChecklistAnswer.objects.bulk_create(
        ChecklistAnswer(
            version=version, clause=row.clause, answer=row.answer, reason=row.reason
        )
        for row in last.checklist.all()
    )


def copy_hazards(stated: Iterable[HazardStatement], version: ReportVersion) -> None:
    """Say of hazards, with their photos, what other versions said of them."""
    photos = []
    copies = []
    for row in stated:
        photos += list(row.version.photos.filter(hazard_id=row.hazard_id))
        row.pk, row.facts, row.revision, row.version = None, None, 1, version
        copies.append(row)
    HazardStatement.objects.bulk_create(copies)
    HazardPhoto.objects.bulk_create(
        HazardPhoto(
            version=version,
            hazard_id=photo.hazard_id,
            attachment_id=photo.attachment_id,
            ordinal=photo.ordinal,
        )
        for photo in photos
    )


def carry_open_hazards(version: ReportVersion) -> None:
    """
    Name again the hazards on the enterprise's books that no report has called
    eliminated yet, as they were last described. Never "nothing found".
    """
    latest = latest_statements(version.report.enterprise).exclude(version=version)
    still_open = [
        row
        for row in latest
        if row.rectified_on is None and row.hazard.state in ON_THE_BOOKS
    ]
    if still_open:
        version.nothing_found = False
        version.save(update_fields=["nothing_found"])
        copy_hazards(still_open, version)
        ChecklistAnswer.objects.bulk_create(
            ChecklistAnswer(version=version, clause=code, answer=Answer.HAZARD)
            for code in sorted({row.clause for row in still_open if row.clause})
        )


def team_of(enterprise: Enterprise, *, on: dt.date) -> list[User]:
    """Those who write the enterprise's reports, on the day."""
    members = Membership.objects.holding_on(on).filter(
        enterprise=enterprise, role__in=sorted(EDITOR_ROLES)
    )
    return [member.user for member in members.select_related("user")]
