"""A major hazard's story: where it stands, what was done, what may be done now."""

import uuid

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards.permissions.lives import may_act_each
from hazards.views.acts import ACTS, get_hazard


@require_safe
@acting_required
def hazard(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """One hazard: its acts, oldest first, and what may be done about it."""
    shown = get_hazard(request, public_id)
    decisions = may_act_each(request.acting, shown)
    context = {
        "hazard": shown,
        "acts": shown.acts.select_related("by__user").order_by("id"),
        "open": [page for kind, page in ACTS.items() if decisions[kind]],
    }
    return TemplateResponse(request, "hazards/stories/hazard.html", context)
