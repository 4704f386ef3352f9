"""Who has access: the page, invitations, endings, a way back in, a new principal."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms.people import (
    EndForm,
    InviteForm,
    PrincipalChangeForm,
    RecoveryForm,
)
from accounts.models import Bureau, Invitation, Membership, PrincipalChange, Role
from accounts.permissions import (
    RefusedError,
    invitable_roles,
    may_acknowledge,
    may_change_principal,
    may_end_membership,
    may_invite,
    may_recover,
    may_see_people,
)
from accounts.queries.people import people_page, principal_changes_of
from accounts.services import invitations, memberships, principal_changes, recovery
from accounts.services.invitations import Sent
from accounts.views.access import ActingRequest, acting_required


@acting_required
def people(request: ActingRequest) -> HttpResponse:
    """Show who has access, since when, in what role, and who is invited."""
    by = request.acting
    may_see_people(by).require()
    page = people_page(by=by, at=timezone.now())
    rows = [
        (row, may_end_membership(by, row), by.role == Role.OPERATOR, unreachable)
        for row, unreachable in page.reached
    ]
    context = {
        "page": page,
        "rows": rows,
        "may_invite": bool(invitable_roles(by)),
        "may_change_principal": may_change_principal(by),
        "warn_editors": by.enterprise is not None and page.editors < 2,
    }
    return TemplateResponse(request, "accounts/people.html", context)


@never_cache
@acting_required
def invite(request: ActingRequest) -> HttpResponse:
    """Invite somebody; the link is shown once, on the page that answers."""
    by = request.acting
    may_see_people(by).require()
    operator = by.role == Role.OPERATOR
    form = InviteForm(
        request.POST or None,
        roles=invitable_roles(by),
        bureaus=Bureau.objects.visible_to(by).order_by("path") if operator else None,
    )
    if request.method == "POST":
        # Roles that are not offered are refused with the reason, not as a typing error.
        if request.POST.get("role") in Role.values:
            may_invite(by, request.POST["role"]).require()
        if form.is_valid():
            sent = _invited(request, form)
            if sent is not None:
                return show_invitation(request, sent, back=reverse("people"))
    return TemplateResponse(request, "accounts/invite.html", {"form": form})


def _invited(request: ActingRequest, form: InviteForm) -> Sent | None:
    values = form.cleaned_data
    try:
        return invitations.invite(
            person=form.person,
            role=Role(values["role"]),
            capacity=values.get("capacity", ""),
            certificate_number=values.get("certificate_number", ""),
            bureau=values.get("bureau"),
            by=request.acting,
            at=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None


def show_invitation(request: ActingRequest, sent: Sent, *, back: str) -> HttpResponse:
    """Answer with the link, this once."""
    path = reverse("accept-invitation", args=[sent.token])
    context = {
        "invitation": sent.invitation,
        "link": request.build_absolute_uri(path),
        "back": back,
    }
    return TemplateResponse(request, "accounts/invitation_link.html", context)


@never_cache
@require_POST
@acting_required
def invitation_repeat(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send an invitation again."""
    sent = invitations.repeat(
        invitation=_get_invitation(request, public_id),
        by=request.acting,
        at=timezone.now(),
    )
    return show_invitation(request, sent, back=_back(sent.invitation, request))


@require_POST
@acting_required
def invitation_withdraw(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = _get_invitation(request, public_id)
    invitations.withdraw(invitation=invitation, by=request.acting, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn; its link is void."))
    return redirect(_back(invitation, request))


def _back(row: Invitation | Membership, request: ActingRequest) -> str:
    if request.acting.bureau is not None and row.enterprise is not None:
        return reverse("enterprise", args=[row.enterprise.public_id])
    return reverse("people")


def _get_invitation(request: ActingRequest, public_id: uuid.UUID) -> Invitation:
    visible = Invitation.objects.visible_to(request.acting)
    return get_object_or_404(
        visible.select_related("enterprise", "bureau"), public_id=public_id
    )


@acting_required
def membership_end(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask how somebody's access ends, and end it."""
    by = request.acting
    membership = _get_membership(request, public_id)
    may_end_membership(by, membership).require()
    form = EndForm(request.POST or None)
    last = memberships.is_last_editor(membership=membership, on=by.on)
    if not last:
        del form.fields["knowingly"]
    if request.method == "POST" and form.is_valid():
        try:
            memberships.end(
                membership=membership, by=by, at=timezone.now(), **form.cleaned_data
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The access is ended."))
            return redirect("people")
    context = {"membership": membership, "form": form, "is_last_editor": last}
    return TemplateResponse(request, "accounts/membership_end.html", context)


@never_cache
@acting_required
def recovery_issue(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Issue a one-time link for who cannot sign in; it is shown once."""
    membership = _get_membership(request, public_id)
    may_recover(request.acting, membership).require()
    form = RecoveryForm(request.POST or None)
    context: dict[str, object] = {
        "membership": membership,
        "form": form,
        "back": _back(membership, request),
    }
    if request.method == "POST" and form.is_valid():
        token = recovery.issue(
            membership=membership,
            by=request.acting,
            at=timezone.now(),
            **form.cleaned_data,
        )
        context["link"] = request.build_absolute_uri(reverse("recover", args=[token]))
    return TemplateResponse(request, "accounts/recovery_issue.html", context)


def _get_membership(request: ActingRequest, public_id: uuid.UUID) -> Membership:
    visible = Membership.objects.visible_to(request.acting)
    return get_object_or_404(
        visible.select_related("user", "enterprise", "bureau"), public_id=public_id
    )


@acting_required
def principal_change(request: ActingRequest) -> HttpResponse:
    """Enter a change of principal, or see the one that waits."""
    by = request.acting
    may_change_principal(by).require()
    form = PrincipalChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            principal_changes.enter(
                person=form.person,
                takes_office_on=form.cleaned_data["takes_office_on"],
                reason=form.cleaned_data["reason"],
                by=by,
                at=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("Entered. The bureau has been told and acknowledges it.")
            )
            return redirect("principal-change")
    rows = principal_changes_of(enterprise=by.enterprise)
    waiting = [row.change for row in rows if row.is_waiting]
    context = {
        "form": form,
        "rows": rows,
        "waiting": waiting[0] if waiting else None,
    }
    return TemplateResponse(request, "accounts/principal_change.html", context)


@require_POST
@acting_required
def principal_change_withdraw(
    request: ActingRequest, public_id: uuid.UUID
) -> HttpResponse:
    """Take a change of principal back."""
    change = _get_change(request, public_id)
    principal_changes.withdraw(change=change, by=request.acting, at=timezone.now())
    messages.success(request, _("The change is withdrawn; the bureau has been told."))
    return redirect("principal-change")


@never_cache
@require_POST
@acting_required
def principal_change_acknowledge(
    request: ActingRequest, public_id: uuid.UUID
) -> HttpResponse:
    """Put a change of principal in force."""
    change = _get_change(request, public_id)
    may_acknowledge(request.acting, change.enterprise).require()
    sent = principal_changes.acknowledge(
        change=change, by=request.acting, at=timezone.now()
    )
    back = reverse("enterprise", args=[change.enterprise.public_id])
    if sent is not None:
        return show_invitation(request, sent, back=back)
    messages.success(request, _("Acknowledged. The new principal has an account."))
    return redirect(back)


def _get_change(request: ActingRequest, public_id: uuid.UUID) -> PrincipalChange:
    visible = PrincipalChange.objects.visible_to(request.acting)
    return get_object_or_404(visible.select_related("enterprise"), public_id=public_id)
