"""The first page after signing in, by role."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.queries.desks import enterprise_desk
from hazards.queries.queue import queue_page


@acting_required
def desk(request: ActingRequest) -> HttpResponse:
    """Say what is next, for the membership under which the person acts."""
    acting = request.acting
    if acting.enterprise is not None:
        return TemplateResponse(
            request,
            "hazards/desk/enterprise.html",
            {
                "desk": enterprise_desk(acting, at=timezone.now()),
                "may_start": permissions.may_start_report(acting),
            },
        )
    if acting.bureau is not None:
        return TemplateResponse(
            request, "hazards/desk/bureau.html", {"page": queue_page(acting.bureau)}
        )
    return TemplateResponse(request, "hazards/desk/operator.html")
