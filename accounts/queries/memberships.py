"""Reads about who is what."""

import datetime as dt

from accounts.models import Acting, Membership, User


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
