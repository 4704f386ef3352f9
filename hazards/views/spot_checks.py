"""Spot checks: one of them, as a page that reads like a story."""

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards.models import SpotCheck
from hazards.permissions.spot_checks import may_check_each
from hazards.queries.check_pages import check_page, visible_check


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Tell one spot check from its plan to its end, and what may be done now."""
    check = get_check(request, public_id)
    context = {
        "page": check_page(check, reader=request.acting),
        "check": check,
        "may": may_check_each(request.acting, check),
    }
    return TemplateResponse(request, "hazards/checks/check.html", context)


def get_check(request: ActingRequest, public_id: uuid.UUID) -> SpotCheck:
    """Return the check, or 404 where this person should not know of it."""
    check = visible_check(public_id, reader=request.acting)
    if check is None:
        raise Http404
    return check
