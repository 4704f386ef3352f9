"""Reads about who is what."""

import datetime as dt
from collections.abc import Iterable

from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    Membership,
    Role,
    SupervisionAssignment,
    User,
)


def memberships_of(*, user: User, on: dt.date) -> list[Membership]:
    """The memberships that hold on the day, by organisation; one query."""
    return list(
        Membership.objects.holding_on(on)
        .filter(user=user)
        .select_related("user", "enterprise", "bureau")
        .order_by("starts_on", "id")
    )


def acting_for(*, user: User, chosen: str | None, on: dt.date) -> Acting | None:
    """
    The membership chosen in this session if it still holds, else the person's first;
    None if none holds. A revoked role stops at once.
    """
    held = memberships_of(user=user, on=on)
    if not held:
        return None
    named = (m for m in held if str(m.public_id) == chosen)
    return Acting(membership=next(named, held[0]), on=on, others=tuple(held))


def holders(
    *,
    roles: Iterable[Role],
    on: dt.date,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
) -> list[User]:
    """The people who have one of the roles in the organisation on the day."""
    held = Membership.objects.holding_on(on).filter(
        role__in=list(roles), enterprise=enterprise, bureau=bureau
    )
    return [row.user for row in held.select_related("user").order_by("id")]


def current_principal(*, enterprise: Enterprise, on: dt.date) -> Membership | None:
    """The enterprise's principal on the day."""
    return (
        Membership.objects.holding_on(on)
        .filter(enterprise=enterprise, role=Role.PRINCIPAL)
        .select_related("user", "enterprise")
        .first()
    )


def supervising_bureau(*, enterprise: Enterprise, on: dt.date) -> Bureau | None:
    """The bureau to which the enterprise as a whole is assigned on the day."""
    row = (
        SupervisionAssignment.objects.holding_on(on)
        .filter(enterprise=enterprise, site__isnull=True)
        .select_related("bureau")
        .first()
    )
    return row.bureau if row else None
