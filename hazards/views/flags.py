"""Flags: one of them, and those of an enterprise."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from accounts.views.enterprises import get_enterprise
from hazards.models import ComplianceFlag
from hazards.queries.flag_pages import flag_list, flag_page


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say what is suspected, by which rule, on which records, and what clears it."""
    visible = ComplianceFlag.objects.visible_to(request.acting)
    related = visible.select_related("enterprise", "obligation__bureau", "hazard")
    flag = get_object_or_404(related, public_id=public_id)
    context = {"page": flag_page(flag, seen_by=request.acting), "flag": flag}
    return TemplateResponse(request, "hazards/flags/detail.html", context)


@require_safe
@acting_required
def of_enterprise(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """List what was noticed about an enterprise, what stands first."""
    enterprise = get_enterprise(request, public_id)
    page = flag_list(enterprise, after=request.GET.get("after", ""))
    context = {"page": page, "enterprise": enterprise}
    return TemplateResponse(request, "hazards/flags/list.html", context)
