"""Beginning and ending what a person is in an organisation."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import (
    EDITOR_ROLES,
    Acting,
    Bureau,
    Enterprise,
    Membership,
    User,
)
from accounts.permissions import (
    RefusedError,
    may_disable,
    may_end_membership,
)
from accounts.services import events, notices, sign_in


def begin(membership: Membership, *, by: Acting | None, at: dt.datetime) -> Membership:
    """
    Give a person a role from a day on. Whether `by` may is for the caller to ask;
    `by=None` is the person following an invitation.

    If the person had the same role there before, it begins after that ended.

    :raises RefusedError: if the person has the role, or the enterprise its principal
    """
    membership.starts_on = _first_free_day(membership)
    membership.recorded_at = at
    membership.recorded_by = by.user if by else membership.user
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        msg = _("The enterprise already has a principal on that day: end that first.")
        raise RefusedError(msg) from error
    events.record(
        action="membership-begun",
        subject=membership,
        by=by or Acting(membership=membership, on=membership.starts_on),
        at=at,
        enterprise=membership.enterprise,
        bureau=membership.bureau,
        parameters={
            "role": membership.role,
            "starts_on": membership.starts_on.isoformat(),
        },
    )
    return membership


def end(
    *,
    membership: Membership,
    by: Acting,
    at: dt.datetime,
    at_once: bool = False,
    knowingly: bool = False,
) -> None:
    """
    End somebody's access: today is the last day, or with `at_once` yesterday was.

    :raises NotPermittedError: if `by` may not
    :raises RefusedError: if nobody could edit any more and `knowingly` is not said
    """
    with transaction.atomic():
        lock_organisation(membership.enterprise, membership.bureau)
        row = Membership.objects.select_related("user", "enterprise", "bureau").get(
            pk=membership.pk
        )
        may_end_membership(by, row).require()
        if not knowingly and is_last_editor(membership=row, on=by.on):
            msg = _(
                "Nobody else can write reports for the enterprise. Invite another "
                "editor first, or tick that you end this access all the same."
            )
            raise RefusedError(msg)
        ends_on = by.on - dt.timedelta(days=1) if at_once else by.on
        close(membership=row, ends_on=ends_on, by=by, at=at)
        notices.tell(
            kind="membership_ended",
            cause=f"membership {row.pk}",
            recipients=[row.user],
            at=at,
            enterprise=row.enterprise,
            bureau=row.bureau,
            parameters={
                "organisation": row.organisation_name,
                "role": row.role,
                "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            },
        )


def close(
    *, membership: Membership, ends_on: dt.date, by: Acting, at: dt.datetime
) -> None:
    """
    Write the last day into a membership (never before the day that precedes its
    first), with an event. Whether `by` may is for the caller to ask.

    :raises RefusedError: if an end has been written already
    """
    if membership.end_recorded_at is not None:
        raise RefusedError(_("This access has already been ended."))
    membership.ends_on = max(ends_on, membership.starts_on - dt.timedelta(days=1))
    membership.end_recorded_at, membership.end_recorded_by = at, by.user
    membership.save(update_fields=["ends_on", "end_recorded_at", "end_recorded_by"])
    events.record(
        action="membership-ended",
        subject=membership,
        by=by,
        at=at,
        enterprise=membership.enterprise,
        bureau=membership.bureau,
        parameters={
            "role": membership.role,
            "user": membership.user_id,
            "ends_on": membership.ends_on.isoformat(),
        },
    )


def disable(*, user: User, reason: str, by: Acting, at: dt.datetime) -> None:
    """
    Close an account: its sessions end at once and nobody signs in to it again.

    :raises NotPermittedError: if `by` is not an operator
    """
    may_disable(by).require()
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        sign_in.end_sessions(user=user)
        events.record(action="account-closed", subject=user, by=by, at=at, note=reason)


def is_last_editor(*, membership: Membership, on: dt.date) -> bool:
    """Tell whether, without this membership, no one could write reports."""
    if membership.role not in EDITOR_ROLES or membership.enterprise_id is None:
        return False
    others = (
        Membership.objects.holding_on(on)
        .filter(enterprise_id=membership.enterprise_id, role__in=EDITOR_ROLES)
        .exclude(user_id=membership.user_id)
        .exclude(ends_on=on)
    )
    return not others.exists()


def lock_organisation(enterprise: Enterprise | None, bureau: Bureau | None) -> None:
    """Let two who change the same organisation's people go one after the other."""
    if enterprise is not None:
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    elif bureau is not None:
        Bureau.objects.select_for_update().get(pk=bureau.pk)


def _first_free_day(membership: Membership) -> dt.date:
    """:raises RefusedError: if the person has the role without an end."""
    same = Membership.objects.filter(
        user=membership.user,
        role=membership.role,
        enterprise=membership.enterprise,
        bureau=membership.bureau,
    )
    if same.filter(ends_on__isnull=True).exists():
        raise RefusedError(_("This person already has this role here."))
    last: dt.date | None = same.aggregate(last=Max("ends_on"))["last"]
    if last is None:
        return membership.starts_on
    return max(membership.starts_on, last + dt.timedelta(days=1))
