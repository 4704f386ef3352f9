"""What an act that takes a hazard off the books settles with it."""

from accounts.models import Bureau
from hazards.models import (
    HazardAcceptance,
    HazardExtension,
    HazardListing,
    HazardOrder,
)
from hazards.services.lives import Living


def end(life: Living) -> list[Bureau]:
    """
    Lift every order that stands, end the listing, and settle what nobody answers any
    more: more time asked for is not given, an acceptance that waits is not confirmed.
    All of it by the act itself; its caller saves the hazard.

    :return: the bureaus that had listed it, so that they hear of it
    """
    hazard, act = life.hazard, life.act
    HazardOrder.objects.filter(act__hazard=hazard, lifted__isnull=True).update(
        lifted=act
    )
    listings = HazardListing.objects.filter(act__hazard=hazard, ended__isnull=True)
    listed_by = list(Bureau.objects.filter(pk__in=listings.values("act__by__bureau")))
    listings.update(ended=act)
    HazardExtension.objects.filter(asked__hazard=hazard, answered__isnull=True).update(
        answered=act, approved=False
    )
    HazardAcceptance.objects.filter(
        recorded__hazard=hazard, answered__isnull=True
    ).update(answered=act, confirmed=False)
    hazard.is_ordered, hazard.stop_ordered, hazard.listed = False, "", ""
    hazard.extension_asked_at = None
    return listed_by
