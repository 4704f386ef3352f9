"""The bureau's queue and its answers."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import NotPermittedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.filters import QueueFilterForm
from hazards.forms.reviews import ReturnForm, SeenForm
from hazards.queries.queue import queue_page
from hazards.queries.tallies import tallies_of
from hazards.services import reviews
from hazards.views.reports import detail_page, get_report
from hazards.workflow import ReportAction


@acting_required
def queue(request: ActingRequest) -> HttpResponse:
    """List what waits for this bureau's answer, longest wait first."""
    bureau = request.acting.bureau
    if bureau is None:
        raise NotPermittedError(_("The queue is a bureau's; switch to a bureau role."))
    form = QueueFilterForm(request.GET, on=request.acting.on)
    page = queue_page(
        bureau,
        wanted=form.wanted(),
        reader=request.acting,
        after=request.GET.get("after", ""),
    )
    return TemplateResponse(
        request,
        "hazards/reviews/queue.html",
        {
            "page": page,
            "form": form,
            "bureau": bureau,
            "tallies": tallies_of(bureau),
            "now": timezone.now(),
        },
    )


@require_POST
@acting_required
def begin(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a report up."""
    report = get_report(request, public_id)
    reviews.begin(report_id=report.pk, by=request.acting, at=timezone.now())
    messages.success(request, _("It is yours now; your colleagues see that."))
    return redirect("report", report.public_id)


@require_POST
@acting_required
def accept(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take the report in."""
    report = get_report(request, public_id)
    reviews.accept(
        report_id=report.pk,
        by=request.acting,
        at=timezone.now(),
        seen=SeenForm(request.POST).seen(),
    )
    messages.success(request, _("Accepted. The enterprise has been told."))
    return redirect("review-queue")


@require_POST
@acting_required
def return_for_correction(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give the report back with comments."""
    report = get_report(request, public_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        permissions.may(
            request.acting, ReportAction.RETURN_FOR_CORRECTION, report
        ).require()
        return detail_page(request, report, return_form=form, status=422)
    reviews.return_for_correction(
        report_id=report.pk,
        comments=form.comments,
        by=request.acting,
        at=timezone.now(),
        seen=form.cleaned_data["version"],
    )
    messages.success(request, _("Returned. The enterprise has been told why."))
    return redirect("review-queue")
