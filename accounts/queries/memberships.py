"""Reads about who is what."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    Membership,
    Role,
    Site,
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


def receiving_bureau(
    enterprise: Enterprise, *, on: dt.date, site: Site | None = None
) -> Bureau | None:
    """The bureau of the site where one is assigned that day, else the enterprise's."""
    assignments = (
        SupervisionAssignment.objects.holding_on(on)
        .filter(Q(site__isnull=True) | Q(site=site), enterprise=enterprise)
        .select_related("bureau")
    )
    by_site = {assignment.site_id: assignment.bureau for assignment in assignments}
    return by_site.get(site.pk if site else None) or by_site.get(None)
