"""What the portal's pages are measured against."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.views.access import ActingRequest, acting_required
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.queries.queue import PAGE_SIZE


@acting_required
def empty(request: ActingRequest) -> HttpResponse:
    """The layout for a person signed in, and nothing in it."""
    return TemplateResponse(request, "benchmark/empty.html")


@acting_required
def counted(request: ActingRequest) -> HttpResponse:
    """
    The rows of the review queue, shown by the same template, as a list is usually
    written: all counted, pages by number.
    """
    bureau = request.acting.bureau
    waiting = (
        SelfInspectionReport.objects.filter(
            bureau=bureau,
            status__in=[ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW],
        )
        .select_related("enterprise", "reviewer__user")
        .order_by("received_at", "id")
    )
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request,
        "benchmark/counted.html",
        {"page": page, "bureau": bureau, "now": timezone.now()},  # noqa: TID251
    )
