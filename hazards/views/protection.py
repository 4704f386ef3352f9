"""Before anyone comes: what the record would protect, and what a finding would mean."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.what_if import WhatIfForm
from hazards.queries import protection_pages, what_ifs
from hazards.queries.hazard_pages import sites_of
from hazards.queries.standards import found_clauses
from hazards.rules.catalogue import CLAUSES
from hazards.views.clause_options import clause_groups


@require_safe
@acting_required
def protection(request: ActingRequest) -> HttpResponse:
    """The status of one enterprise and of each of its open hazards, and why."""
    enterprise = _enterprise(request)
    if enterprise is None:
        return TemplateResponse(request, "hazards/protection/choose.html")
    page = protection_pages.of_enterprise(
        enterprise, reader=request.acting, at=timezone.now()
    )
    context = {"page": page, "enterprise": enterprise}
    return TemplateResponse(request, "hazards/protection/page.html", context)


@require_safe
@acting_required
def what_if(request: ActingRequest) -> HttpResponse:
    """Suppose a finding under a clause at a place: what would it lead to today?"""
    enterprise = _enterprise(request)
    if enterprise is None:
        return TemplateResponse(request, "hazards/protection/choose.html")
    form = _form(request, enterprise)
    context: dict[str, Any] = {"form": form, "enterprise": enterprise}
    if form.is_bound and form.is_valid():
        context["supposed"] = what_ifs.suppose(
            enterprise,
            form.described(),
            hazard=form.chosen,
            is_new=form.is_new,
            reader=request.acting,
            at=timezone.now(),
        )
        context["clause"] = CLAUSES[form.cleaned_data["clause"]]
    return TemplateResponse(request, "hazards/protection/what_if.html", context)


def _enterprise(request: ActingRequest) -> Enterprise | None:
    """One's own; a bureau's person says of which that they see, None = of none yet."""
    acting = request.acting
    if acting.enterprise is not None:
        return acting.enterprise
    if acting.bureau is None:
        raise NotPermittedError(
            _("This is for the enterprise and its bureau; switch to that role.")
        )
    said = request.GET.get("enterprise", "")
    if not said:
        return None
    try:
        public_id = uuid.UUID(said)
    except ValueError as error:
        raise Http404 from error
    visible = Enterprise.objects.visible_to(acting)
    enterprise = visible.filter(public_id=public_id).first()
    if enterprise is None:
        raise Http404
    return enterprise


def _form(request: ActingRequest, enterprise: Enterprise) -> WhatIfForm:
    on, words = request.acting.on, request.GET.get("words", "")[:100].strip()
    everything = found_clauses("", enterprise=enterprise, on=on)
    narrowed = found_clauses(words, enterprise=enterprise, on=on) if words else None
    chosen = request.GET.get("clause", "")
    asked = chosen and "find" not in request.GET
    return WhatIfForm(
        request.GET if asked else None,
        initial=None if asked else request.GET.dict(),
        sites=sites_of(enterprise),
        clauses=clause_groups(everything),
        shown=clause_groups(narrowed or everything, keep=[chosen] if chosen else ()),
    )
