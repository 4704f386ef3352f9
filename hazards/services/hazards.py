"""Describing a major hazard in a report."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Site
from accounts.permissions import RefusedError
from accounts.services import events
from hazards import permissions
from hazards.models import (
    Answer,
    ChecklistAnswer,
    HazardStatement,
    MajorHazard,
    ReportVersion,
    SelfInspectionReport,
)
from hazards.queries.open_hazards import newer_statements
from hazards.rules import catalogue
from hazards.services import numbers
from hazards.services.descriptions import Description, columns_of, last_description
from hazards.services.versions import (
    StaleSaveError,
    copy_hazards,
    locked_open_version,
    locked_report,
    statement_of,
)


def describe(
    *,
    report_id: int,
    description: Description,
    by: Acting,
    at: dt.datetime,
    public_id: uuid.UUID | None = None,
) -> HazardStatement:
    """
    Begin a hazard in the report's open version. A draft only: nobody's evidence until
    it is registered or the report is sent to the principal. The same `public_id`
    again, of a form sent twice, begins no second one.

    :raises NotPermittedError: if the person may not write the report now
    :raises StaleSaveError: if that hazard was begun already and says something else
    :raises RefusedError: if its clause, site or time cannot be
    """
    with transaction.atomic():
        report, version = _open(report_id, by=by)
        _refuse_foreign_hazards(report)
        check(description, enterprise_id=report.enterprise_id, by=by, at=at)
        key = public_id or uuid.uuid4()
        begun = MajorHazard.objects.filter(public_id=key).first()
        if begun is not None:
            stated = statement_of(version, begun.pk)
            if _says(stated, description):
                return stated
            raise StaleSaveError(stated.saved_by, by=by)
        hazard = begin_hazard(
            description,
            enterprise_id=report.enterprise_id,
            public_id=key,
            by=by,
            at=at,
        )
        stated = HazardStatement(
            version=version, hazard=hazard, saved_at=at, saved_by=by.membership
        )
        _write(stated, description)
    return stated


def begin_hazard(
    description: Description,
    *,
    enterprise_id: int,
    public_id: uuid.UUID,
    by: Acting,
    at: dt.datetime,
    recurrence_of: MajorHazard | None = None,
) -> MajorHazard:
    """Give a hazard its number: a draft until it is registered."""
    return MajorHazard.objects.create(
        public_id=public_id,
        number=numbers.hazard_number(at),
        enterprise_id=enterprise_id,
        found_at=description.found_at,
        started_at=at,
        started_by=by.membership,
        recurrence_of=recurrence_of,
    )


def save(
    *,
    report_id: int,
    hazard_id: int,
    made_from: int,
    description: Description,
    by: Acting,
    at: dt.datetime,
) -> HazardStatement:
    """
    Store what the team wrote of a hazard, made from the statement's revision. When it
    was found is fixed once it is registered.

    :raises NotPermittedError: if the person may not write the report now
    :raises StaleSaveError: if another save came first; nothing is overwritten
    :raises RefusedError: if its clause, site or time cannot be
    """
    with transaction.atomic():
        report, version = _open(report_id, by=by)
        stated = statement_of(version, hazard_id)
        if stated.hazard.registered_at is None:
            stated.hazard.found_at = description.found_at
        check(description, enterprise_id=report.enterprise_id, by=by, at=at)
        if stated.revision != made_from:
            if _says(stated, description):
                return stated  # the same save, sent twice
            raise StaleSaveError(stated.saved_by, by=by)
        stated.revision += 1
        stated.saved_at, stated.saved_by = at, by.membership
        stated.hazard.save(update_fields=["found_at"])
        before = stated.clause
        _write(stated, description)
        if stated.clause != before:
            _unanswer(version, before)
    return stated


def leave_out(*, report_id: int, hazard_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Take a hazard out of the open version. One that was never registered is gone with
    it; a registered one stays on record, with its number and its first report.

    :raises NotPermittedError: if the person may not write the report now
    """
    with transaction.atomic():
        report, version = _open(report_id, by=by)
        _refuse_foreign_hazards(report)
        stated = statement_of(version, hazard_id)
        hazard = stated.hazard
        version.photos.filter(hazard=hazard).delete()
        stated.delete()
        _unanswer(version, stated.clause)
        if not version.stated.exists():
            # Whether nothing was found has to be said anew.
            version.nothing_found = None
            version.save(update_fields=["nothing_found"])
        if hazard.registered_at is None:
            hazard.delete()
            return
        events.record(
            action="leave-out-hazard",
            subject=report,
            by=by,
            at=at,
            enterprise=report.enterprise,
            parameters={**report.naming(), "hazard": hazard.number},
        )


def take_up(
    *, report_id: int, hazard_id: int, by: Acting, at: dt.datetime
) -> HazardStatement:
    """
    Name a registered hazard that the open version leaves out, as it was described
    last; one that no version describes any more, as it was registered. Again = once.

    :raises NotPermittedError: if the person may not write the report now
    :raises RefusedError: if it is not a registered hazard of the enterprise
    """
    with transaction.atomic():
        report, version = _open(report_id, by=by)
        _refuse_foreign_hazards(report)
        hazard = MajorHazard.objects.filter(
            pk=hazard_id, enterprise=report.enterprise, registered_at__isnull=False
        ).first()
        if hazard is None:
            raise RefusedError(
                _(
                    "This hazard is not one that the report could name: open the "
                    "report again."
                )
            )
        named = version.stated.filter(hazard=hazard).first()
        if named is not None:
            return named
        stated = HazardStatement(
            version=version, hazard=hazard, saved_at=at, saved_by=by.membership
        )
        _write(stated, last_description(hazard))
    return stated


def take_over(*, report_id: int, hazard_id: int, by: Acting) -> HazardStatement:
    """
    Say of a hazard in the open version what another version has said of it since, with
    its photos. Again, or where nothing newer is said, = nothing.

    :raises NotPermittedError: if the person may not write the report now
    :raises RefusedError: if the version does not name the hazard
    """
    with transaction.atomic():
        _report, version = _open(report_id, by=by)
        stated = statement_of(version, hazard_id)
        newer = newer_statements(version).filter(hazard=hazard_id).first()
        if newer is None:
            return stated
        before, revision = stated.clause, stated.revision + 1
        version.photos.filter(hazard=hazard_id).delete()
        stated.delete()
        copy_hazards([newer], version)
        version.stated.filter(hazard=hazard_id).update(revision=revision)
        stated = statement_of(version, hazard_id)
        if version.report.is_quarterly:
            _answer(stated)
        if stated.clause != before:
            _unanswer(version, before)
    return stated


def _open(report_id: int, *, by: Acting) -> tuple[SelfInspectionReport, ReportVersion]:
    report = locked_report(report_id)
    permissions.may_edit(by, report).require()
    return report, locked_open_version(report)


def _refuse_foreign_hazards(report: SelfInspectionReport) -> None:
    """A report about one hazard names that one and no other."""
    if not report.is_quarterly:
        raise RefusedError(_("This is about one hazard: report another one by itself."))


def check(
    description: Description, *, enterprise_id: int, by: Acting, at: dt.datetime
) -> None:
    """
    Check what is described.

    :raises RefusedError: if it cannot be, with the sentence that says what to do
    """
    if description.found_at > at:
        raise RefusedError(
            _("It cannot have been found later than now: correct day and time.")
        )
    if description.clause:
        try:
            catalogue.clause(description.clause)
        except ValueError as error:
            raise RefusedError(_("Choose a clause from the list.")) from error
    if (
        description.site_id is not None
        and not Site.objects.filter(
            pk=description.site_id, enterprise_id=enterprise_id
        ).exists()
    ):
        raise RefusedError(_("Choose one of your enterprise's sites."))
    if description.rectified_on is not None and description.rectified_on > by.on:
        raise RefusedError(
            _("The day on which it was eliminated lies in the future: correct it.")
        )


def _write(stated: HazardStatement, description: Description) -> None:
    for column, value in columns_of(description).items():
        setattr(stated, column, value)
    stated.save()
    version = stated.version
    if version.nothing_found is not False:
        version.nothing_found = False
        version.save(update_fields=["nothing_found"])
    if version.report.is_quarterly:
        _answer(stated)


def _answer(stated: HazardStatement) -> None:
    """What is described is what the checklist answers for its clause."""
    if stated.clause:
        ChecklistAnswer.objects.update_or_create(
            version=stated.version,
            clause=stated.clause,
            defaults={"answer": Answer.HAZARD, "reason": ""},
        )


def _unanswer(version: ReportVersion, clause: str) -> None:
    """A clause under which no hazard is described any more is not checked again."""
    if clause and not version.stated.filter(clause=clause).exists():
        version.checklist.filter(clause=clause, answer=Answer.HAZARD).delete()


def _says(stated: HazardStatement, description: Description) -> bool:
    """Whether the statement says just that already."""
    return all(
        getattr(stated, column) == value
        for column, value in columns_of(description).items()
    )
