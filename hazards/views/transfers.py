"""Handing a report to another bureau."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Bureau
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.transfers import TransferForm
from hazards.models import ReportTransfer, SelfInspectionReport
from hazards.queries.transfers import bureaus_like, proposed_bureaus
from hazards.services import transfers
from hazards.views.reports import get_report
from hazards.workflow import ReportAction


@acting_required
def transfer(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Find the other bureau by name or place, say why, and hand the report on."""
    report = get_report(request, public_id)
    words = (request.POST or request.GET).get("q", "").strip()
    if request.method == "POST" and _is_handed_on(request, report):
        return _gone(request, report)
    permissions.may(request.acting, ReportAction.TRANSFER, report).require()
    offered = _offered(request, report, words)
    if request.method != "POST":
        return _page(request, report, TransferForm(offered=offered), words=words)
    form = TransferForm(request.POST, offered=offered)
    if not form.is_valid():
        return _page(request, report, form, words=words, status=422)
    transfers.transfer(
        report_id=report.pk,
        to=form.chosen(),
        reason=form.cleaned_data["reason"],
        by=request.acting,
        at=timezone.now(),
    )
    report.bureau = form.chosen()
    return _gone(request, report)


def _offered(
    request: ActingRequest, report: SelfInspectionReport, words: str
) -> list[Bureau]:
    here, on = report.bureau, request.acting.on
    assert here is not None  # noqa: S101 (received, or nobody could hand it on)
    if words:
        return bureaus_like(words, besides=here, on=on)
    return proposed_bureaus(report.enterprise, besides=here, on=on)


def _is_handed_on(request: ActingRequest, report: SelfInspectionReport) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    last = ReportTransfer.objects.filter(report=report).order_by("id").last()
    return (
        last is not None
        and last.by_id == request.acting.membership.pk
        and last.to_bureau_id == report.bureau_id
        and last.reason == request.POST.get("reason", "").strip()
    )


def _gone(request: ActingRequest, report: SelfInspectionReport) -> HttpResponse:
    messages.success(
        request,
        _("Handed to %(bureau)s, which has been told, and so has the enterprise.")
        % {"bureau": report.bureau},
    )
    return redirect("review-queue")


def _page(
    request: ActingRequest,
    report: SelfInspectionReport,
    form: TransferForm,
    *,
    words: str,
    status: int = 200,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/reports/transfer.html",
        {"report": report, "form": form, "q": words},
        status=status,
    )
