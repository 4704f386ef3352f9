"""A new principal: entered by the enterprise, in force when the bureau knows of it."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import (
    Acting,
    Enterprise,
    Invitation,
    Membership,
    PrincipalChange,
    Role,
    User,
)
from accounts.permissions import (
    NotPermittedError,
    RefusedError,
    may_acknowledge,
    may_change_principal,
)
from accounts.queries.memberships import (
    current_principal,
    holders,
    receiving_bureau,
)
from accounts.queries.people import REFUSED
from accounts.services import events, invitations, memberships, notices
from accounts.services.invitations import Person, Sent

# The least that a refusal must say, in characters.
REASON_LENGTH: Final = 5
_SUPERVISORS = (Role.REVIEWER, Role.BUREAU_HEAD)


def enter(
    *,
    person: Person,
    takes_office_on: dt.date,
    reason: str,
    by: Acting,
    at: dt.datetime,
) -> PrincipalChange:
    """
    Tell the bureau who will be principal. Nothing changes until it acknowledges.

    :raises NotPermittedError: if `by` is neither principal nor team leader
    :raises RefusedError: if a change is waiting, or the person is principal already
    """
    may_change_principal(by).require()
    enterprise = _own_enterprise(by)
    with transaction.atomic():
        memberships.lock_organisation(enterprise, None)
        if _waiting(enterprise).exists():
            msg = _("A change of principal is waiting already: withdraw it first.")
            raise RefusedError(msg)
        present = current_principal(enterprise=enterprise, on=by.on)
        if present and person.mobile and present.user.mobile == person.mobile:
            raise RefusedError(_("This person is the principal already."))
        change = PrincipalChange.objects.create(
            enterprise=enterprise,
            full_name=person.full_name,
            mobile=person.mobile,
            email=person.email,
            takes_office_on=takes_office_on,
            reason=reason,
            entered_at=at,
            entered_by=by.membership,
        )
        _record(change, action="principal-change-entered", by=by, at=at, note=reason)
        bureau = receiving_bureau(enterprise, on=by.on)
        told = _team(enterprise, by.on)
        if bureau is not None:
            told += holders(roles=_SUPERVISORS, bureau=bureau, on=by.on)
        _tell(change, kind="principal_change_entered", to=told, by=by, at=at)
    return change


def withdraw(*, change: PrincipalChange, by: Acting, at: dt.datetime) -> None:
    """
    Take a change back before it is acknowledged.

    :raises NotPermittedError: if `by` is neither principal nor team leader
    :raises RefusedError: if it was acknowledged or withdrawn
    """
    may_change_principal(by).require()
    with transaction.atomic():
        row = _open_one(change)
        if row.enterprise != by.enterprise:
            raise NotPermittedError(_("This is another enterprise's change."))
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        _record(row, action="principal-change-withdrawn", by=by, at=at)
        bureau = receiving_bureau(row.enterprise, on=by.on)
        told = _team(row.enterprise, by.on)
        if bureau is not None:
            told += holders(roles=_SUPERVISORS, bureau=bureau, on=by.on)
        _tell(row, kind="principal_change_withdrawn", to=told, by=by, at=at)


def refuse(
    *, change: PrincipalChange, reason: str, by: Acting, at: dt.datetime
) -> None:
    """
    Send a change back: the present principal stays, and the team reads why.

    :raises NotPermittedError: if `by` is not of the supervising bureau
    :raises RefusedError: if it was acknowledged or withdrawn, or no reason is given
    """
    reason = reason.strip()
    with transaction.atomic():
        memberships.lock_organisation(change.enterprise, None)
        row = _open_one(change)
        may_acknowledge(by, row.enterprise).require()
        if len(reason) < REASON_LENGTH:
            raise RefusedError(_("Say why, in at least 5 characters."))
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        _record(row, action=REFUSED, by=by, at=at, note=reason)
        told = _team(row.enterprise, by.on)
        kind = "principal_change_refused"
        _tell(row, kind=kind, to=told, by=by, at=at, reason=reason)


def acknowledge(*, change: PrincipalChange, by: Acting, at: dt.datetime) -> Sent | None:
    """
    Put a change in force: the present principal's last day is the day before, the new
    one begins, at once where there is an account with that mobile number, else by the
    invitation returned. Never earlier than the day of the acknowledgement, so that no
    signature loses its signer's office afterwards.

    :raises NotPermittedError: if `by` is not of the supervising bureau
    :raises RefusedError: if it was acknowledged or withdrawn
    """
    with transaction.atomic():
        memberships.lock_organisation(change.enterprise, None)
        row = _open_one(change)
        may_acknowledge(by, row.enterprise).require()
        begins_on = max(row.takes_office_on, by.on)
        told = _team(row.enterprise, by.on)
        present = current_principal(enterprise=row.enterprise, on=begins_on)
        if present is not None:
            last_day = begins_on - dt.timedelta(days=1)
            memberships.close(membership=present, ends_on=last_day, by=by, at=at)
        row.acknowledged_at, row.acknowledged_by = at, by.membership
        row.save(update_fields=["acknowledged_at", "acknowledged_by"])
        _record(row, action="principal-change-acknowledged", by=by, at=at)
        sent = _begin(row, begins_on, by=by, at=at)
        told += [u for u in [_known(row)] if u is not None]
        _tell(row, kind="principal_change_acknowledged", to=told, by=by, at=at)
        return sent


def _begin(
    change: PrincipalChange, begins_on: dt.date, *, by: Acting, at: dt.datetime
) -> Sent | None:
    user = _known(change)
    if user is not None:
        memberships.begin(
            Membership(
                user=user,
                role=Role.PRINCIPAL,
                enterprise=change.enterprise,
                starts_on=begins_on,
            ),
            by=by,
            at=at,
        )
        return None
    _void_older_invitations(change.enterprise, at)
    return invitations.issue(
        Invitation(
            role=Role.PRINCIPAL,
            enterprise=change.enterprise,
            full_name=change.full_name,
            mobile=change.mobile,
            email=change.email,
            starts_on=begins_on,
        ),
        by=by,
        at=at,
    )


def _void_older_invitations(enterprise: Enterprise, at: dt.datetime) -> None:
    """Whoever was invited as principal before has been overtaken."""
    Invitation.objects.filter(
        enterprise=enterprise,
        role=Role.PRINCIPAL,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    ).update(withdrawn_at=at)


def _known(change: PrincipalChange) -> User | None:
    if not change.mobile:
        return None
    return User.objects.filter(mobile=change.mobile, is_active=True).first()


def _team(enterprise: Enterprise, on: dt.date) -> list[User]:
    roles = (Role.PRINCIPAL, Role.TEAM_LEADER)
    return holders(roles=roles, enterprise=enterprise, on=on)


def _own_enterprise(by: Acting) -> Enterprise:
    if by.enterprise is None:
        raise NotPermittedError(_("Only an enterprise changes its principal."))
    return by.enterprise


def _waiting(enterprise: Enterprise) -> QuerySet[PrincipalChange]:
    return PrincipalChange.objects.filter(
        enterprise=enterprise, acknowledged_at__isnull=True, withdrawn_at__isnull=True
    )


def _open_one(change: PrincipalChange) -> PrincipalChange:
    row = (
        PrincipalChange.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=change.pk)
    )
    if row.acknowledged_at is not None:
        raise RefusedError(_("This change has been acknowledged."))
    if row.withdrawn_at is not None:
        raise RefusedError(_("This change has been withdrawn."))
    return row


def _record(
    change: PrincipalChange,
    *,
    action: str,
    by: Acting,
    at: dt.datetime,
    note: str = "",
) -> None:
    events.record(
        action=action,
        subject=change,
        by=by,
        at=at,
        enterprise=change.enterprise,
        note=note,
        parameters={
            "full_name": change.full_name,
            "takes_office_on": change.takes_office_on.isoformat(),
        },
    )


def _tell(
    change: PrincipalChange,
    *,
    kind: str,
    to: Iterable[User],
    by: Acting,
    at: dt.datetime,
    **more: str,
) -> None:
    notices.tell(
        kind=kind,
        cause=f"principal change {change.pk}",
        recipients=[user for user in to if user != by.user],
        at=at,
        enterprise=change.enterprise,
        parameters={
            "enterprise": change.enterprise.name,
            "full_name": change.full_name,
            "takes_office_on": change.takes_office_on.isoformat(),
            "actor": by.user.full_name,
            **more,
        },
    )
