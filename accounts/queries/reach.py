"""Whether people can be reached outside the portal."""

from collections.abc import Iterable, Mapping

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Channel,
    Delivery,
    DeliveryState,
    Notice,
    OutsideAddress,
    Trouble,
    User,
)

# Given up for a reason that says nothing about the address.
_NOT_ITS_FAULT = (Trouble.OVERTAKEN, Trouble.ENDED)


class Unreachable(models.TextChoices):
    """Why a person hears nothing unless they sign in."""

    NO_ADDRESS = "no_address", _("has no address outside the portal")
    GIVEN_UP = "given_up", _("the last notice reached no address outside the portal")


def unreachable(user_ids: Iterable[int]) -> Mapping[int, Unreachable]:
    """
    Read who of these people cannot be reached: there is no address outside the portal,
    or the last notice that was tried outside was given up at every address.
    """
    tried = Delivery.objects.filter(notice=OuterRef("pk")).exclude(
        channel=Channel.INBOX
    )
    got_out = tried.filter(state=DeliveryState.SENT)
    parked = tried.filter(state=DeliveryState.PARKED).exclude(
        trouble__in=_NOT_ITS_FAULT
    )
    last = (
        Notice.objects.filter(recipient=OuterRef("pk"))
        .filter(Exists(got_out) | Exists(parked))
        .order_by("-at", "-id")
        .annotate(got_out=Exists(got_out))
        .values("got_out")[:1]
    )
    added = OutsideAddress.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    people = User.objects.filter(pk__in=set(user_ids)).annotate(
        has_address=models.ExpressionWrapper(
            ~Q(email="") | Exists(added), output_field=models.BooleanField()
        ),
        last_got_out=Subquery(last),
    )
    found = {}
    for pk, has_address, last_got_out in people.values_list(
        "pk", "has_address", "last_got_out"
    ):
        if not has_address:
            found[pk] = Unreachable.NO_ADDRESS
        elif last_got_out is False:
            found[pk] = Unreachable.GIVEN_UP
    return found


def addresses_of(user: User) -> list[OutsideAddress]:
    """Read the addresses that a person has added and not removed."""
    held = OutsideAddress.objects.filter(user=user, ended_at__isnull=True)
    return list(held.order_by("id"))
