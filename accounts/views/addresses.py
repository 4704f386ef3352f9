"""What a person chooses of the ways in which the portal reaches them."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.channels.offered import offered
from accounts.forms.addresses import AddressForm, MuteForm
from accounts.models import OutsideAddress
from accounts.permissions import RefusedError
from accounts.services import addresses, mutes
from accounts.services.credentials import TooSoonError, WrongCredentialError
from accounts.views.access import reader


@sensitive_post_parameters("url", "secret", "password")
@login_required
def address_new(request: HttpRequest) -> HttpResponse:
    """Add a robot, a webhook or text messages."""
    user = reader(request)
    form = AddressForm(request.POST or None, kinds=offered(), mobile=user.mobile or "")
    if request.method == "POST" and form.is_valid():
        try:
            addresses.add(user=user, at=timezone.now(), **form.cleaned_data)
        except (WrongCredentialError, TooSoonError) as refused:
            form.add_error("password", str(refused))
        except RefusedError as refused:
            form.add_error("url", str(refused))
        else:
            messages.success(
                request, _("Added. Send a test, to see that it arrives there.")
            )
            return redirect("profile")
    return TemplateResponse(request, "accounts/address_new.html", {"form": form})


@require_POST
@login_required
def address_test(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send a notice there."""
    address = _get_address(request, public_id)
    addresses.test(address=address, at=timezone.now())
    messages.success(
        request,
        _("A test is on its way. Its notice in your inbox says how far it got."),
    )
    return redirect("notices")


@require_POST
@login_required
def address_end(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Remove an address."""
    address = _get_address(request, public_id)
    addresses.end(address=address, at=timezone.now())
    messages.success(request, _("Removed. Nothing goes there any more."))
    return redirect("profile")


@require_POST
@login_required
def mute(request: HttpRequest) -> HttpResponse:
    """Choose the reminders that one is spared."""
    form = MuteForm(request.POST, kinds=mutes.MUTABLE)
    if form.is_valid():
        mutes.choose(user=reader(request), at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("profile")


def _get_address(request: HttpRequest, public_id: uuid.UUID) -> OutsideAddress:
    held = OutsideAddress.objects.filter(user=reader(request), ended_at__isnull=True)
    return get_object_or_404(held.select_related("user"), public_id=public_id)
