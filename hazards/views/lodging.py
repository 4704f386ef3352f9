"""Lodging a report without the principal's signature, and signing it later."""

import uuid
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Role
from accounts.queries.memberships import current_principal, receiving_bureau
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.reports import ReasonForm, SignForm
from hazards.models import SelfInspectionReport
from hazards.queries.later_signatures import lodged_seal
from hazards.queries.report_pages import content_of, sealed_content
from hazards.rules.statements import LODGED_UNSIGNED, SIGNED_LATER, statement
from hazards.services import lodging
from hazards.services.sealing import ChangedSinceShownError
from hazards.services.versions import IncompleteError
from hazards.views.proofs import is_sealed_already, proof_context, seal_as_shown
from hazards.views.reports import get_report, has_moved_on
from hazards.views.signing import changes_in
from hazards.workflow import ReportAction


@sensitive_post_parameters("password", "code")
@never_cache
@acting_required
def lodge(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask the reason, show exactly what would be lodged, then lodge it with proof."""
    report = get_report(request, public_id)
    if request.method == "POST":
        return _lodge(request, report)
    decision = permissions.may(request.acting, ReportAction.LODGE_UNSIGNED, report)
    if not decision and has_moved_on(request, report, {Role.TEAM_LEADER}):
        return redirect("report", report.public_id)
    decision.require()
    return _reason_page(request, report)


def _lodge(request: ActingRequest, report: SelfInspectionReport) -> HttpResponse:
    proving = SignForm(request.POST) if "shown" in request.POST else None
    if proving and proving.is_valid():
        shown = proving.cleaned_data["shown"]
        if is_sealed_already(request, report, shown):
            return redirect("report-done", report.public_id)
    permissions.may(request.acting, ReportAction.LODGE_UNSIGNED, report).require()
    asked = ReasonForm(request.POST)
    if not asked.is_valid():
        return _reason_page(request, report, form=asked, status=422)
    try:
        if proving is None or not proving.is_valid():
            return _check_page(request, report, asked=asked, proving=proving)
        return _lodge_as_shown(request, report, asked=asked, proving=proving)
    except IncompleteError as error:
        return _reason_page(
            request, report, form=asked, missing=error.blockers, status=422
        )


def _lodge_as_shown(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    asked: ReasonForm,
    proving: SignForm,
) -> HttpResponse:
    return seal_as_shown(
        request,
        report,
        proving,
        act=partial(lodging.lodge_unsigned, reason=asked.cleaned_data["reason"]),
        wrong_proof=lambda form: _check_page(
            request, report, asked=asked, proving=form
        ),
        changed=lambda error: _reason_page(
            request, report, form=asked, changed=error, status=409
        ),
    )


def _reason_page(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    form: ReasonForm | None = None,
    missing: list[str] | None = None,
    changed: ChangedSinceShownError | None = None,
    status: int = 200,
) -> HttpResponse:
    """What lodging unsigned means, and why it is done."""
    on = request.acting.on
    return TemplateResponse(
        request,
        "hazards/reports/lodge.html",
        {
            "report": report,
            "form": form or ReasonForm(),
            "principal": current_principal(enterprise=report.enterprise, on=on),
            "bureau": receiving_bureau(report.enterprise, on=on),
            "missing": missing,
            "changed": changed,
            "changes": changes_in(changed),
        },
        status=status,
    )


def _check_page(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    asked: ReasonForm,
    proving: SignForm | None,
) -> HttpResponse:
    """The exact bytes, and the proof of who lodges them."""
    reason = asked.cleaned_data["reason"]
    shown = lodging.prepare(
        report_id=report.pk, reason=reason, by=request.acting, at=timezone.now()
    )
    return TemplateResponse(
        request,
        "hazards/reports/lodge_check.html",
        {
            "report": report,
            "reason": reason,
            **proof_context(request, shown, proving),
            "content": content_of(shown),
            "statement": statement(LODGED_UNSIGNED, on=request.acting.on),
            "bureau": receiving_bureau(report.enterprise, on=request.acting.on),
        },
        status=200 if proving is None else 422,
    )


@sensitive_post_parameters("password", "code")
@never_cache
@acting_required
def sign_later(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what was lodged without a signature, and take the signature under it."""
    report = get_report(request, public_id)
    if request.method == "POST":
        return _sign_later(request, report)
    decision = permissions.may_sign_later(request.acting, report)
    if not decision and has_moved_on(request, report, {Role.PRINCIPAL}):
        return redirect("report", report.public_id)
    decision.require()
    return _later_page(request, report)


def _sign_later(request: ActingRequest, report: SelfInspectionReport) -> HttpResponse:
    form = SignForm(request.POST)
    valid = form.is_valid()
    if valid and is_sealed_already(request, report, form.cleaned_data["shown"]):
        return redirect("report-done", report.public_id)
    permissions.may_sign_later(request.acting, report).require()
    if not valid:
        return _later_page(request, report, form=form, status=422)
    page = partial(_later_page, request, report)
    return seal_as_shown(
        request,
        report,
        form,
        act=lodging.sign_later,
        wrong_proof=lambda proving: page(form=proving, status=422),
        changed=lambda error: page(changed=error, status=409),
    )


def _later_page(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    form: SignForm | None = None,
    changed: ChangedSinceShownError | None = None,
    status: int = 200,
) -> HttpResponse:
    lodged = lodged_seal(report)
    lodged.version.report = report
    shown = lodging.later_bytes(lodged, by=request.acting)
    return TemplateResponse(
        request,
        "hazards/reports/sign_later.html",
        {
            "report": report,
            "lodged": lodged,
            "content": sealed_content(lodged),
            "statement": statement(SIGNED_LATER, on=request.acting.on),
            **proof_context(request, shown, form),
            "changed": changed,
            "changes": changes_in(changed),
        },
        status=status,
    )
