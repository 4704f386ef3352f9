"""Who of a bureau may look on site."""

from accounts.models import Acting, Membership
from hazards.models import MajorHazard
from hazards.permissions.lives import RECHECKERS


def second_officers(acting: Acting, hazard: MajorHazard) -> list[Membership]:
    """
    Colleagues of the person's bureau who may be the second of two officers today, by
    name; what `may_recheck_with` decides of one, as one query.
    """
    of_the_enterprise = Membership.objects.filter(enterprise=hazard.enterprise_id)
    return list(
        Membership.objects.holding_on(acting.on)
        .filter(bureau=acting.bureau, role__in=RECHECKERS, user__is_active=True)
        .exclude(user=acting.user)
        .exclude(user__in=of_the_enterprise.values("user"))
        .select_related("user")
        .order_by("user__full_name", "pk")
    )
