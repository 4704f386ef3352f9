"""Under which membership, and as whom, a person goes on."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts.channels.offered import offered
from accounts.forms.addresses import MuteForm
from accounts.forms.language import speak
from accounts.forms.people import ProfileForm
from accounts.permissions import RefusedError
from accounts.queries.memberships import memberships_of
from accounts.queries.reach import addresses_of
from accounts.services import mutes, profiles
from accounts.views.access import ActingRequest, acting_required, reader


@require_POST
@acting_required
def switch_membership(request: ActingRequest) -> HttpResponse:
    """Act under another of one's own memberships from now on."""
    held = {str(row.public_id) for row in request.acting.others}
    try:
        chosen = str(uuid.UUID(request.POST.get("membership", "")))
    except ValueError as error:
        raise Http404 from error
    if chosen not in held:
        raise Http404
    request.session["membership"] = chosen
    return redirect("desk")


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what the portal knows about the person."""
    user = reader(request)
    initial = {
        "full_name": user.full_name,
        "language": user.language,
        "email": user.email,
        "mobile": user.mobile or "",
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            changed = profiles.change(user=user, at=now, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error("password", str(refused))
        else:
            with override(changed.language):
                messages.success(request, _("Saved."))
            response = redirect("profile")
            speak(response, language=changed.language)
            return response
    held = memberships_of(user=user, on=timezone.localdate())
    context = {
        "form": form,
        "memberships": held,
        "addresses": addresses_of(user),
        "may_add_address": bool(offered()),
        "mute_form": MuteForm(
            kinds=mutes.MUTABLE, initial={"muted": mutes.muted_by(user)}
        ),
    }
    return TemplateResponse(request, "accounts/profile.html", context)
