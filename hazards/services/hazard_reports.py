"""A report of one major hazard at once, and the treatment plan for one."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from accounts.services import events
from hazards import permissions
from hazards.models import (
    HazardStatement,
    MajorHazard,
    ReportKind,
    ReportStatus,
    ReportVersion,
    SelfInspectionReport,
)
from hazards.queries.open_hazards import latest_statements
from hazards.services import hazards, numbers
from hazards.services.descriptions import Description, columns_of, last_description
from hazards.services.hazards import begin_hazard, check
from hazards.services.versions import copy_hazards, open_version

BEING_WRITTEN = (ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE)
"""Of a hazard, one plan at a time is."""


def begin(
    *,
    description: Description,
    by: Acting,
    at: dt.datetime,
    public_id: uuid.UUID | None = None,
    recurrence_of: MajorHazard | None = None,
    typed_at: dt.datetime | None = None,
) -> SelfInspectionReport:
    """
    Describe a hazard that is reported at once (重大事故隐患报告): begin it and its
    report, a draft until it is registered or sent. The same `public_id` again, of a
    form sent twice, returns the report it began.

    :param recurrence_of: one of the enterprise's closed hazards that came back
    :param typed_at: when a device that was offline says it was typed; a claim that is
        kept with the event
    :raises NotPermittedError: if the person does not write reports
    :raises RefusedError: if clause, site or time cannot be, or the key is another's
    """
    permissions.may_report_hazard(by).require()
    enterprise = by.enterprise
    if enterprise is None:
        raise RefusedError(_("Switch to one of your enterprise roles first."))
    key = public_id or uuid.uuid4()
    begun = SelfInspectionReport.objects.filter(
        kind=ReportKind.HAZARD, hazard__public_id=key, enterprise=enterprise
    )
    check(description, enterprise_id=enterprise.pk, by=by, at=at)
    if begun.exists():
        return begun.get()
    _check_recurrence(recurrence_of, by=by)
    try:
        with transaction.atomic():
            hazard = begin_hazard(
                description,
                enterprise_id=enterprise.pk,
                public_id=key,
                by=by,
                at=at,
                recurrence_of=recurrence_of,
            )
            report = open_report(
                hazard, ReportKind.HAZARD, by=by, at=at, typed_at=typed_at
            )
            version = _version(report, by=by, at=at)
            state(version, hazard, description, by=by, at=at)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        return begun.get()
    return report


def report_at_once(
    *, hazard_id: int, by: Acting, at: dt.datetime
) -> SelfInspectionReport:
    """
    Open the report of a hazard that was registered with a quarter's draft, as it was
    described last; again = the one there is.

    :raises NotPermittedError: if the person may not report about it
    """
    return _about(hazard_id, ReportKind.HAZARD, by=by, at=at)


def begin_plan(*, hazard_id: int, by: Acting, at: dt.datetime) -> SelfInspectionReport:
    """
    Open a treatment plan (治理方案) for a hazard, starting from what was said of it
    last; the one being written, if there is one.

    :raises NotPermittedError: if the person may not write about it
    """
    return _about(hazard_id, ReportKind.PLAN, by=by, at=at)


def save(
    *,
    report_id: int,
    hazard_id: int,
    made_from: int,
    description: Description,
    correction_reason: str | None = None,
    by: Acting,
    at: dt.datetime,
) -> HazardStatement:
    """
    Store what the team wrote of a hazard, and why the report is corrected, if its page
    asks for that.

    :raises NotPermittedError: if the person may not write the report now
    :raises StaleSaveError: if another save came first; nothing is overwritten
    :raises RefusedError: if clause, site or time cannot be
    """
    with transaction.atomic():
        stated = hazards.save(
            report_id=report_id,
            hazard_id=hazard_id,
            made_from=made_from,
            description=description,
            by=by,
            at=at,
        )
        version = stated.version
        if correction_reason is not None:
            version.correction_reason = correction_reason
            version.saved_at, version.saved_by = at, by.membership
            version.save(update_fields=["correction_reason", "saved_at", "saved_by"])
    return stated


def _about(
    hazard_id: int, kind: ReportKind, *, by: Acting, at: dt.datetime
) -> SelfInspectionReport:
    with transaction.atomic():
        # Locked: two people who open it at once open one.
        hazard = MajorHazard.objects.select_for_update().get(pk=hazard_id)
        permissions.may_report_hazard(by, hazard).require()
        written = SelfInspectionReport.objects.filter(hazard=hazard, kind=kind)
        if kind == ReportKind.PLAN:
            written = written.filter(status__in=BEING_WRITTEN)
        there = written.first()
        if there is not None:
            return there
        report = open_report(hazard, kind, by=by, at=at)
        version = _version(report, by=by, at=at)
        last = latest_statements(hazard.enterprise).filter(hazard=hazard)
        if last.exists():
            copy_hazards(last, version)
        else:
            state(version, hazard, last_description(hazard), by=by, at=at)
    return report


def open_report(
    hazard: MajorHazard,
    kind: ReportKind,
    *,
    by: Acting,
    at: dt.datetime,
    typed_at: dt.datetime | None = None,
) -> SelfInspectionReport:
    """A report about a hazard, without a version; its caller holds the hazard."""
    # A device's clock may be anything; a claim about the future is none.
    claim = {"typed_at": typed_at.isoformat()} if typed_at and typed_at <= at else {}
    number = (
        numbers.plan_number(at)
        if kind == ReportKind.PLAN
        else numbers.hazard_report_number(at)
    )
    report = SelfInspectionReport.objects.create(
        number=number,
        enterprise_id=hazard.enterprise_id,
        kind=kind,
        hazard=hazard,
        started_at=at,
    )
    events.record(
        action="start-report",
        subject=report,
        by=by,
        at=at,
        enterprise=report.enterprise,
        parameters={**report.naming(), **claim},
    )
    return report


def _version(
    report: SelfInspectionReport, *, by: Acting, at: dt.datetime
) -> ReportVersion:
    version = open_version(report, ordinal=1, by=by, at=at)
    version.nothing_found = False
    version.save(update_fields=["nothing_found"])
    return version


def state(
    version: ReportVersion,
    hazard: MajorHazard,
    description: Description,
    *,
    by: Acting,
    at: dt.datetime,
) -> None:
    """Say of a hazard what is described, in a version that does not name it yet."""
    HazardStatement.objects.create(
        version=version,
        hazard=hazard,
        saved_at=at,
        saved_by=by.membership,
        **columns_of(description),
    )


def _check_recurrence(earlier: MajorHazard | None, *, by: Acting) -> None:
    if earlier is None:
        return
    own = by.enterprise is not None and earlier.enterprise_id == by.enterprise.pk
    if not own or earlier.closed_at is None:
        raise RefusedError(
            _("Name a closed hazard of your enterprise as the one that came back.")
        )
