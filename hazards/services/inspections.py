"""Recording a visit: when, where, who came, who took part."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Acting, Membership, Role, Site
from accounts.permissions import RefusedError
from accounts.services import events, notices
from hazards import permissions
from hazards.models import (
    Attendance,
    PrincipalParticipation,
    SelfInspection,
    TeamKind,
)
from hazards.rules.quarters import Quarter
from hazards.services import numbers
from hazards.services.obligations import follow


@dataclass(frozen=True)
class Visit:
    """
    What the team states of a visit; days are days in Asia/Shanghai. A filled
    `principal_evidence` says that the principal took part, and how it is known.
    """

    started_on: dt.date
    ended_on: dt.date
    team: TeamKind
    site_ids: Collection[int]
    member_ids: Collection[int]
    areas: str = ""
    external_organisation: str = ""
    outsiders: Collection[str] = ()
    principal_evidence: str = ""


class StaleVisitError(RefusedError):
    """Somebody saved the visit meanwhile; nothing was overwritten."""

    def __init__(self, inspection: SelfInspection) -> None:
        super().__init__(
            _(
                "Somebody else saved this inspection while you were writing. Nothing "
                "was overwritten: compare the two, then save yours again."
            )
        )
        self.inspection = inspection


def record(*, visit: Visit, by: Acting, at: dt.datetime) -> SelfInspection:
    """
    Store a new visit.

    :raises NotPermittedError: if the person does not write inspections
    :raises RefusedError: if its days, sites or people cannot be; the sentence says why
    """
    permissions.may_record_inspection(by).require()
    if by.enterprise is None:
        raise RefusedError(_("Switch to one of your enterprise roles first."))
    _check(visit, by=by)
    with transaction.atomic():
        inspection = SelfInspection.objects.create(
            number=numbers.inspection_number(Quarter.containing(visit.started_on)),
            enterprise=by.enterprise,
            started_on=visit.started_on,
            ended_on=visit.ended_on,
            team=visit.team,
            external_organisation=visit.external_organisation,
            areas=visit.areas,
            recorded_at=at,
            recorded_by=by.membership,
        )
        _fill(inspection, visit=visit, by=by, at=at)
        follow([inspection.enterprise_id], at=at, year=visit.started_on.year)
        _leave_trace("record-inspection", inspection, by=by, at=at)
    return inspection


def amend(
    *, inspection_id: int, made_from: int, visit: Visit, by: Acting, at: dt.datetime
) -> SelfInspection:
    """
    Change a visit, from its revision `made_from`. What was sealed of it stays as it
    was sealed; a later version of the report takes the change.

    :raises NotPermittedError: if the person may not change it
    :raises StaleVisitError: if another save came first
    :raises RefusedError: if its days, sites or people cannot be
    """
    _check(visit, by=by)
    with transaction.atomic():
        inspection = SelfInspection.objects.select_for_update().get(pk=inspection_id)
        permissions.may_record_inspection(by, inspection).require()
        if inspection.revision != made_from:
            raise StaleVisitError(inspection)
        inspection.started_on, inspection.ended_on = visit.started_on, visit.ended_on
        inspection.team, inspection.areas = visit.team, visit.areas
        inspection.external_organisation = visit.external_organisation
        inspection.revision += 1
        inspection.save()
        _fill(inspection, visit=visit, by=by, at=at)
        follow([inspection.enterprise_id], at=at)
        _leave_trace("amend-inspection", inspection, by=by, at=at)
    return inspection


def sign_in(*, inspection_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Record a member's own word that they were there, in server time.

    :raises RefusedError: if the team did not list the person
    """
    with transaction.atomic():
        attendance = (
            Attendance.objects.select_for_update(of=("self",))
            .select_related("inspection")
            .filter(inspection_id=inspection_id, membership=by.membership)
            .first()
        )
        if attendance is None:
            raise RefusedError(
                _("You are not listed at this inspection: ask your team to add you.")
            )
        if attendance.signed_in_at is None:
            attendance.signed_in_at = at
            attendance.save(update_fields=["signed_in_at"])
            _leave_trace("sign-in", attendance.inspection, by=by, at=at)


def confirm_participation(*, inspection_id: int, by: Acting, at: dt.datetime) -> None:
    """
    Record the principal's own confirmation of having taken part.

    :raises NotPermittedError: if the person is not that principal, or it is confirmed
    """
    with transaction.atomic():
        inspection = SelfInspection.objects.select_for_update().get(pk=inspection_id)
        permissions.may_confirm_participation(by, inspection).require()
        PrincipalParticipation.objects.filter(inspection=inspection).update(
            confirmed_at=at
        )
        _leave_trace("confirm-participation", inspection, by=by, at=at)


def _check(visit: Visit, *, by: Acting) -> None:
    """Refuse what cannot be, with the sentence that says what to do."""
    if visit.ended_on < visit.started_on:
        raise RefusedError(_("The last day lies before the first: correct the days."))
    if by.enterprise and visit.started_on < by.enterprise.established_on:
        raise RefusedError(
            _("On that day the enterprise did not exist yet: correct the year.")
        )
    if visit.ended_on > by.on:
        raise RefusedError(_("Record an inspection once it has ended, not before."))
    if Quarter.containing(visit.started_on) != Quarter.containing(visit.ended_on):
        raise RefusedError(
            _(
                "An inspection belongs to one quarter: record the days before and "
                "after the quarter's end as two inspections."
            )
        )
    if not visit.site_ids:
        raise RefusedError(_("Choose at least one site that was inspected."))
    if not visit.member_ids and not visit.outsiders:
        raise RefusedError(_("Choose at least one person who took part."))
    if visit.team == TeamKind.EXTERNAL and not visit.external_organisation:
        raise RefusedError(_("Name the outside organisation that inspected."))


def _fill(
    inspection: SelfInspection, *, visit: Visit, by: Acting, at: dt.datetime
) -> None:
    """Sites, people and the principal's part."""
    sites = Site.objects.filter(
        pk__in=visit.site_ids, enterprise_id=inspection.enterprise_id
    )
    if len(sites) != len(set(visit.site_ids)):
        raise RefusedError(_("Choose among the sites of your own enterprise."))
    inspection.sites.set(sites)
    fill_people(inspection, visit=visit)
    fill_participation(inspection, visit=visit, by=by, at=at)


def fill_people(inspection: SelfInspection, *, visit: Visit) -> None:
    """List who came; those who have signed in themselves keep their time."""
    members = Membership.objects.filter(
        pk__in=visit.member_ids, enterprise_id=inspection.enterprise_id
    ).select_related("user")
    if len(members) != len(set(visit.member_ids)):
        raise RefusedError(_("Choose among the people of your own enterprise."))
    inspection.attendances.exclude(membership__in=members).delete()
    known = set(inspection.attendances.values_list("membership_id", flat=True))
    Attendance.objects.bulk_create(
        [
            *(
                Attendance(
                    inspection=inspection,
                    membership=member,
                    full_name=member.user.full_name,
                    capacity=member.capacity or member.role,
                )
                for member in members
                if member.pk not in known
            ),
            *(
                Attendance(inspection=inspection, full_name=name)
                for name in visit.outsiders
            ),
        ]
    )


def fill_participation(
    inspection: SelfInspection, *, visit: Visit, by: Acting, at: dt.datetime
) -> None:
    """State, change or take back that the principal took part."""
    before = PrincipalParticipation.objects.filter(inspection=inspection).first()
    evidence = visit.principal_evidence.strip()
    if not evidence:
        if before is not None:
            before.delete()
        return
    principal = _principal_during(inspection)
    if before is not None:
        if before.evidence == evidence and before.principal_id == principal.pk:
            return
        # A new account of it is no longer what the principal confirmed.
        before.delete()
    PrincipalParticipation.objects.create(
        inspection=inspection,
        principal=principal,
        evidence=evidence,
        recorded_at=at,
        recorded_by=by.membership,
    )
    notices.tell(
        kind="participation_recorded",
        cause=f"inspection {inspection.pk} revision {inspection.revision}",
        recipients=[principal.user],
        at=at,
        enterprise=inspection.enterprise,
        path=reverse("inspection", args=[inspection.public_id]),
        parameters={"number": inspection.number, "evidence": evidence},
    )


def _principal_during(inspection: SelfInspection) -> Membership:
    """Whoever was principal on one of its days."""
    found = (
        Membership.objects.filter(
            enterprise_id=inspection.enterprise_id, role=Role.PRINCIPAL
        )
        .filter(starts_on__lte=inspection.ended_on)
        .exclude(ends_on__lt=inspection.started_on)
        .select_related("user")
        .order_by("-starts_on")
        .first()
    )
    if found is None:
        raise RefusedError(
            _(
                "The portal knows no principal of this enterprise on those days, so "
                "nobody's taking part can be recorded: ask your bureau to invite the "
                "principal, or leave this field empty."
            )
        )
    return found


def _leave_trace(
    action: str, inspection: SelfInspection, *, by: Acting, at: dt.datetime
) -> None:
    events.record(
        action=action,
        subject=inspection,
        by=by,
        at=at,
        enterprise=inspection.enterprise,
        parameters={"number": inspection.number, "revision": inspection.revision},
    )
