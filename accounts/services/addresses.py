"""Ways to reach a person outside the portal: added and ended by that person alone."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.channels import offered
from accounts.channels.letter import AddressError
from accounts.models import Channel, Event, OutsideAddress, User
from accounts.permissions import RefusedError
from accounts.services import credentials, notices

MOST: Final = 5


def add(
    *,
    user: User,
    kind: str,
    url: str,
    secret: str,
    label: str,
    password: str,
    at: dt.datetime,
) -> OutsideAddress:
    """
    Add an address, to which notices go from now on. As they leave the portal there,
    the person proves to be at the keyboard.

    :raises RefusedError: if the channel is not offered or does not write to the URL,
        it is known already, or there are five
    :raises accounts.services.credentials.WrongCredentialError: if it is not right
    :raises accounts.services.credentials.TooSoonError: after wrong tries
    """
    if kind not in offered.offered():
        raise RefusedError(_("This portal does not use this channel."))
    if kind == Channel.SMS and not user.mobile:
        raise RefusedError(
            _("Text messages need a mobile number: enter it on your profile first.")
        )
    try:
        offered.check(Channel(kind), url=url, secret=secret)
    except AddressError as error:
        raise RefusedError(str(error)) from error
    credentials.prove(user=user, password=password, at=at)
    with transaction.atomic():
        # Two at once: the second waits, and then sees the first.
        User.objects.select_for_update().get(pk=user.pk)
        held = OutsideAddress.objects.filter(user=user, ended_at__isnull=True)
        if held.filter(kind=kind, url=url).exists():
            raise RefusedError(_("You have added this address already."))
        if held.count() >= MOST:
            msg = _("%(most)d addresses are enough: remove one first.")
            raise RefusedError(msg % {"most": MOST})
        address = OutsideAddress.objects.create(
            user=user, kind=kind, url=url, secret=secret, label=label, added_at=at
        )
        _record(address, "outside-address-added", at=at)
    return address


def end(*, address: OutsideAddress, at: dt.datetime) -> None:
    """Remove an address; what waits for it is given up. A second time does nothing."""
    with transaction.atomic():
        ended = OutsideAddress.objects.filter(
            pk=address.pk, ended_at__isnull=True
        ).update(ended_at=at)
        if ended:
            _record(address, "outside-address-ended", at=at)


def test(*, address: OutsideAddress, at: dt.datetime) -> None:
    """Send a notice there, and to the inbox; at most one a minute."""
    notices.tell_at(
        address=address,
        kind="address_test",
        cause=f"address {address.pk} {at:%Y-%m-%dT%H:%M}",
        at=at,
        path=reverse("profile"),
        parameters={"label": address.label, "channel": address.kind},
    )


def _record(address: OutsideAddress, action: str, *, at: dt.datetime) -> None:
    # A person's own affair, under no membership.
    Event.objects.create(
        at=at,
        by_id=address.user_id,
        action=action,
        subject_kind="outsideaddress",
        subject_id=address.pk,
        parameters={"kind": address.kind},
    )
