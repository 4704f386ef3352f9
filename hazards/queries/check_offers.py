"""What the form of a new spot check offers."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from hazards.permissions.spot_checks import PLANNERS


@dataclass(frozen=True)
class Offered:
    """Sites, bureaus that may join, and who may come."""

    sites: list[Site]
    bureaus: list[Bureau]
    officers: list[Membership]


def offered(acting: Acting, enterprise: Enterprise) -> Offered:
    """
    The enterprise's sites; the bureaus that supervise it or a site of it, and the
    superior of the person's own; the inspectors of all these who were never members of
    the enterprise. 3 queries.
    """
    own = acting.bureau
    assert own is not None  # noqa: S101 (planners are of a bureau)
    supervising = enterprise.assignments.holding_on(acting.on)
    bureaus = list(
        Bureau.objects.filter(
            Q(pk__in=supervising.values("bureau")) | Q(pk=own.parent_id)
        )
        .exclude(pk=own.pk)
        .order_by("path")
    )
    members = Membership.objects.filter(enterprise=enterprise).values("user")
    officers = (
        Membership.objects.holding_on(acting.on)
        .filter(bureau__in=[own, *bureaus], role__in=PLANNERS, user__is_active=True)
        .exclude(certificate_number="")
        .exclude(user__in=members)
        .select_related("user", "bureau")
        .order_by("bureau", "user__full_name", "pk")
    )
    return Offered(
        sites=list(enterprise.sites.order_by("name")),
        bureaus=bureaus,
        officers=list(officers),
    )
