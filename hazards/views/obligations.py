"""The page of one duty."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.models import Obligation
from hazards.queries.obligation_pages import obligation_page


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Tell the story of a duty."""
    row = get_obligation(request, public_id)
    context = {
        "page": obligation_page(row, seen_by=request.acting, at=timezone.now()),
        "duty": row,
        "may_waive": permissions.may_waive(request.acting, row),
    }
    return TemplateResponse(request, "hazards/obligations/detail.html", context)


def get_obligation(request: ActingRequest, public_id: uuid.UUID) -> Obligation:
    """Return the duty, or 404 where this person should not know that it exists."""
    visible = Obligation.objects.visible_to(request.acting)
    return get_object_or_404(
        visible.select_related("enterprise", "bureau"), public_id=public_id
    )
