"""Describing a major hazard in a report, and putting it on record."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

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
from hazards.queries.contents import hazard_content, hazard_facts, photos_of
from hazards.queries.open_hazards import latest_statements
from hazards.rules import catalogue
from hazards.services import numbers
from hazards.services.versions import StaleSaveError, locked_open_version


@dataclass(frozen=True)
class Description:
    """
    What the team writes of a hazard; anything may still be empty. `funds_planned` in
    ten thousand yuan (万元); days are days in Asia/Shanghai.
    """

    found_at: dt.datetime
    clause: str = ""
    site_id: int | None = None
    place: str = ""
    description: str = ""
    causes: str = ""
    harm: str = ""
    difficulty: str = ""
    interim_measures: str = ""
    plan_goals: str = ""
    plan_measures: str = ""
    plan_funds: str = ""
    plan_people: str = ""
    plan_schedule: str = ""
    plan_emergency: str = ""
    responsible_person: str = ""
    funds_planned: Decimal | None = None
    due_on: dt.date | None = None
    rectified_on: dt.date | None = None


def described(stated: HazardStatement) -> Description:
    """What a statement says now, to be changed in part."""
    columns = [each.name for each in fields(Description) if each.name != "found_at"]
    return Description(
        found_at=stated.hazard.found_at,
        **{column: getattr(stated, column) for column in columns},
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
        _check(description, report=report, by=by, at=at)
        key = public_id or uuid.uuid4()
        begun = MajorHazard.objects.filter(public_id=key).first()
        if begun is not None:
            stated = _stated(version, begun.pk)
            if _says(stated, description):
                return stated
            raise StaleSaveError(stated.saved_by, by=by)
        hazard = MajorHazard.objects.create(
            public_id=key,
            number=numbers.hazard_number(at),
            enterprise_id=report.enterprise_id,
            found_at=description.found_at,
            started_at=at,
            started_by=by.membership,
        )
        stated = HazardStatement(
            version=version, hazard=hazard, saved_at=at, saved_by=by.membership
        )
        _write(stated, description)
    return stated


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
        stated = _stated(version, hazard_id)
        if stated.hazard.registered_at is None:
            stated.hazard.found_at = description.found_at
        _check(description, report=report, by=by, at=at)
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
        stated = _stated(version, hazard_id)
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
            parameters={"hazard": hazard.number, "quarter": str(report.quarter)},
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
        _write(stated, _last_description(hazard))
    return stated


def register(*, report_id: int, hazard_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Put a hazard on record as it is described now: the explicit act of a team member,
    in server time. Once registered it is never deleted.

    :raises NotPermittedError: if the person is not of the enterprise's team
    :raises RefusedError: if clause, site, place or what is wrong is not said yet
    """
    with transaction.atomic():
        report = _locked(report_id)
        permissions.may_register(by, report).require()
        version = locked_open_version(report)
        stated = _stated(version, hazard_id)
        missing = not (
            stated.clause and stated.site_id and stated.place and stated.description
        )
        if missing:
            raise RefusedError(
                _(
                    "Say under which clause, at which site, where exactly and what is "
                    "wrong, save it, then register it."
                )
            )
        if stated.hazard.registered_at is None:
            _register([stated], version=version, by=by, at=at)


def register_all(version: ReportVersion, *, by: Acting, at: dt.datetime) -> None:
    """Register what the version describes and nobody has registered; in the caller's
    transaction, once the version is complete."""
    rows = version.stated.select_related("hazard", "site__county").filter(
        hazard__registered_at__isnull=True
    )
    _register(list(rows), version=version, by=by, at=at)


def _register(
    rows: list[HazardStatement],
    *,
    version: ReportVersion,
    by: Acting,
    at: dt.datetime,
) -> None:
    photos = photos_of(version) if rows else {}
    report = version.report
    for stated in rows:
        facts = hazard_facts(stated, photos.get(stated.hazard_id, []))
        hazard = stated.hazard
        hazard.registered_at, hazard.registered_by = at, by.membership
        hazard.registered_as = hazard_content(stated, facts)
        hazard.save(update_fields=["registered_at", "registered_by", "registered_as"])
        events.record(
            action="register-hazard",
            subject=report,
            by=by,
            at=at,
            enterprise=report.enterprise,
            parameters={"hazard": hazard.number, "quarter": str(report.quarter)},
        )


def _locked(report_id: int) -> SelfInspectionReport:
    return (
        SelfInspectionReport.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=report_id)
    )


def _open(report_id: int, *, by: Acting) -> tuple[SelfInspectionReport, ReportVersion]:
    report = _locked(report_id)
    permissions.may_edit(by, report).require()
    return report, locked_open_version(report)


def _last_description(hazard: MajorHazard) -> Description:
    last = latest_statements(hazard.enterprise).filter(hazard=hazard).first()
    if last is not None:
        return described(last)
    was = hazard.registered_as or {}
    site = Site.objects.filter(
        enterprise=hazard.enterprise, name=was["site"]["name"]
    ).first()
    texts = {
        each.name: was[each.name]
        for each in fields(Description)
        if isinstance(was.get(each.name), str)
    }
    return Description(
        **texts
        | {f"plan_{key}": text for key, text in was["plan"].items()}
        | {
            "found_at": hazard.found_at,
            "clause": was["clause"]["code"],
            "site_id": site.pk if site else None,
            "funds_planned": _number(was["funds_planned"]),
            "due_on": _day(was["due_on"]),
            "rectified_on": _day(was["rectified_on"]),
        }
    )


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _stated(version: ReportVersion, hazard_id: int) -> HazardStatement:
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


def _check(
    description: Description,
    *,
    report: SelfInspectionReport,
    by: Acting,
    at: dt.datetime,
) -> None:
    """Refuse what cannot be, with the sentence that says what to do."""
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
            pk=description.site_id, enterprise_id=report.enterprise_id
        ).exists()
    ):
        raise RefusedError(_("Choose one of your enterprise's sites."))
    if description.rectified_on is not None and description.rectified_on > by.on:
        raise RefusedError(
            _("The day on which it was eliminated lies in the future: correct it.")
        )


def _values(description: Description) -> Mapping[str, object]:
    """The columns of a statement."""
    values = asdict(description)
    del values["found_at"]
    return values


def _write(stated: HazardStatement, description: Description) -> None:
    for column, value in _values(description).items():
        setattr(stated, column, value)
    stated.save()
    version = stated.version
    if version.nothing_found is not False:
        version.nothing_found = False
        version.save(update_fields=["nothing_found"])
    if stated.clause:
        # What is described is what the checklist answers for its clause.
        ChecklistAnswer.objects.update_or_create(
            version=version,
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
        for column, value in _values(description).items()
    )
