"""Pages that a link opens for people who cannot sign in, or not yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.forms.people import NewAccountForm, NewPasswordForm
from accounts.models import Invitation, User
from accounts.permissions import RefusedError
from accounts.services import invitations, recovery


@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites into what; accept with the account signed in, or make one."""
    invitation = invitations.find(token=token, at=timezone.now())
    if invitation is None:
        msg = _(
            "This invitation has been used, withdrawn, replaced or has expired. Ask "
            "whoever invited you to send it again."
        )
        raise RefusedError(msg)
    if isinstance(request.user, User):
        return _with_account(request, request.user, invitation, token)
    return _as_new(request, invitation, token)


def _with_account(
    request: HttpRequest, user: User, invitation: Invitation, token: str
) -> HttpResponse:
    if request.method == "POST":
        membership = invitations.accept(token=token, user=user, at=timezone.now())
        request.session["membership"] = str(membership.public_id)
        messages.success(request, _("Welcome. You act under your new role now."))
        return redirect("desk")
    context = {
        "invitation": invitation,
        "is_mine": invitations.is_meant_for(invitation, user),
    }
    return TemplateResponse(request, "accounts/welcome.html", context)


def _as_new(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    has_account = invitations.account_of(invitation) is not None
    form = NewAccountForm(
        request.POST or None, initial={"full_name": invitation.full_name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept_as_new(
                token=token,
                username=form.cleaned_data["username"],
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password1"],
                at=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your account is ready: sign in with it."))
            return redirect("account_login")
    context = {"invitation": invitation, "form": form, "has_account": has_account}
    return TemplateResponse(request, "accounts/welcome.html", context)


@never_cache
def recover(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by a one-time link; opening it changes nothing."""
    link = recovery.find(token=token, at=timezone.now())
    if link is None:
        msg = _(
            "This link has been used, replaced or has expired. Ask the bureau for "
            "another."
        )
        raise RefusedError(msg)
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        recovery.use(
            token=token,
            password=form.cleaned_data["password1"],
            remove_second_factor=form.cleaned_data["remove_second_factor"],
            on=timezone.localdate(),
            at=timezone.now(),
        )
        messages.success(request, _("Your new password is set: sign in with it."))
        return redirect("account_login")
    context = {"form": form, "person": link.user}
    return TemplateResponse(request, "accounts/recover.html", context)
