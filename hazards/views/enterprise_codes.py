"""
The code at an enterprise's entrance (扫码入企): a page to print, and what it opens
(circular 应急〔2025〕11号, item 3: look up the year's count before an inspection).
"""

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError
from accounts.views.access import ActingRequest, acting_required
from accounts.views.enterprises import get_enterprise
from hazards.permissions.spot_checks import may_plan
from hazards.queries.check_counts import year_counts
from hazards.queries.check_lists import checks_to_begin, enterprise_before_me


@require_safe
@acting_required
def code(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the enterprise's code, to be printed and put up at its entrance."""
    enterprise = get_enterprise(request, public_id)
    path = reverse("enterprise-scan", args=[enterprise.public_id])
    context = {
        "enterprise": enterprise,
        "address": settings.PORTAL_URL.rstrip("/") + path,
    }
    return TemplateResponse(request, "hazards/checks/code.html", context)


@require_safe
@acting_required
def scan(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a bureau's officer this year's counts and the checks to begin here."""
    acting = request.acting
    visible = enterprise_before_me(acting)
    enterprise = get_object_or_404(visible, public_id=public_id)
    if acting.bureau is None:
        raise NotPermittedError(
            _("This code is for officers of a bureau: they scan it on arrival.")
        )
    context = {
        "enterprise": enterprise,
        "counts": year_counts(enterprise, on=acting.on).plain(),
        "checks": checks_to_begin(acting, enterprise),
        "may_plan": bool(may_plan(acting, enterprise))
        and Enterprise.objects.visible_to(acting).contains(enterprise),
    }
    return TemplateResponse(request, "hazards/checks/scan.html", context)
