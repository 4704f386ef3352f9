"""A bureau's enterprises: the list, one of them, and their first principals."""

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

from accounts.forms.people import PersonForm, RefuseChangeForm
from accounts.models import Enterprise, PrincipalChange, Role
from accounts.permissions import (
    RefusedError,
    may_acknowledge,
    may_add_site,
    may_import,
    may_invite_principal,
    may_see_enterprises,
)
from accounts.queries.enterprises import enterprise_list, enterprise_page
from accounts.services import enterprise_imports, invitations, principal_changes
from accounts.services.invitations import Sent
from accounts.views.access import ActingRequest, acting_required
from accounts.views.people import show_invitation


@acting_required
def enterprises(request: ActingRequest) -> HttpResponse:
    """List the enterprises that the bureau, or one below it, supervises."""
    may_see_enterprises(request.acting).require()
    page = enterprise_list(
        by=request.acting,
        query=request.GET.get("q", ""),
        after=request.GET.get("after", ""),
    )
    context = {"page": page, "may_import": may_import(request.acting)}
    return TemplateResponse(request, "accounts/enterprises.html", context)


@acting_required
def enterprise(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what is on record about an enterprise."""
    row = get_enterprise(request, public_id)
    initial = {}
    if may_invite_principal(request.acting, row):
        # As the list named them that brought the enterprise in.
        name, number = enterprise_imports.prepared_principal(row)
        initial = {"full_name": name, "mobile": number}
    return _page(request, row, PersonForm(initial=initial))


@never_cache
@require_POST
@acting_required
def invite_principal(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Invite the enterprise's first principal."""
    row = get_enterprise(request, public_id)
    may_invite_principal(request.acting, row).require()
    form = PersonForm(request.POST)
    if form.is_valid():
        sent = _invited(request, form, row)
        if sent is not None:
            back = reverse("enterprise", args=[row.public_id])
            return show_invitation(request, sent, back=back)
    return _page(request, row, form)


def _invited(request: ActingRequest, form: PersonForm, row: Enterprise) -> Sent | None:
    try:
        return invitations.invite(
            person=form.person,
            role=Role.PRINCIPAL,
            enterprise=row,
            by=request.acting,
            at=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None


@require_POST
@acting_required
def principal_change_refuse(
    request: ActingRequest, public_id: uuid.UUID
) -> HttpResponse:
    """Send a change of principal back with the reason."""
    visible = PrincipalChange.objects.visible_to(request.acting)
    change = get_object_or_404(
        visible.select_related("enterprise"), public_id=public_id
    )
    may_acknowledge(request.acting, change.enterprise).require()
    form = RefuseChangeForm(request.POST)
    if not form.is_valid():
        row = get_enterprise(request, change.enterprise.public_id)
        return _page(request, row, PersonForm(), refuse_form=form)
    principal_changes.refuse(
        change=change,
        reason=form.cleaned_data["reason"],
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(request, _("The change is refused; the enterprise has been told."))
    return redirect("enterprise", change.enterprise.public_id)


def _page(
    request: ActingRequest,
    row: Enterprise,
    form: PersonForm,
    refuse_form: RefuseChangeForm | None = None,
) -> HttpResponse:
    by = request.acting
    # One question, asked once: may this person act for the supervising bureau?
    supervises = may_acknowledge(by, row)
    context = {
        "page": enterprise_page(enterprise=row, by=by, at=timezone.now()),
        "form": form,
        "refuse_form": refuse_form or RefuseChangeForm(),
        "may_invite": may_invite_principal(by, row),
        "may_acknowledge": supervises,
        "may_hand_over": supervises,
        "may_add_site": supervises or may_add_site(by, row),
    }
    return TemplateResponse(request, "accounts/enterprise.html", context)


def get_enterprise(request: ActingRequest, public_id: uuid.UUID) -> Enterprise:
    """Return the enterprise, or 404 where this person should not know it exists."""
    visible = Enterprise.objects.visible_to(request.acting)
    return get_object_or_404(visible.select_related("county"), public_id=public_id)
