"""The principal's desk: read, sign, or give back."""

import json
import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import NotPermittedError, RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.reports import ReasonForm, SignForm
from hazards.models import Seal, SealKind, SelfInspectionReport
from hazards.queries.changes import changes_since_receipt
from hazards.queries.contents import declaration_of
from hazards.queries.deadlines import due_of_report
from hazards.queries.filing import on_record_otherwise
from hazards.queries.principal_pages import next_steps, principal_page
from hazards.queries.promptness import promptness
from hazards.queries.report_pages import (
    content_of,
    first_receipt,
    shown_bytes,
)
from hazards.rules import seals
from hazards.services import reports, signing
from hazards.services.sealing import ChangedSinceShownError
from hazards.views.proofs import is_sealed_already, proof_context, seal_as_shown
from hazards.views.reports import get_report, has_moved_on
from hazards.workflow import ReportAction

_DONE = {
    SealKind.UNSIGNED.value: "hazards/reports/lodged.html",
    SealKind.PAPER.value: "hazards/reports/lodged.html",
    SealKind.LATER_SIGNATURE.value: "hazards/reports/signed_later.html",
}


@sensitive_post_parameters("password", "code")
@never_cache
@acting_required
def sign(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show exactly what is signed; one POST checks the digest and the person."""
    report = get_report(request, public_id)
    if request.method == "POST":
        return _sign(request, report)
    decision = permissions.may(request.acting, ReportAction.SIGN_OFF, report)
    if not decision and has_moved_on(request, report, {Role.PRINCIPAL}):
        return redirect("report", report.public_id)
    decision.require()
    return _sign_page(request, report)


def _sign(request: ActingRequest, report: SelfInspectionReport) -> HttpResponse:
    form = SignForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, report, form=form, status=422)
    if is_sealed_already(request, report, form.cleaned_data["shown"]):
        return redirect("report-done", report.public_id)
    permissions.may(request.acting, ReportAction.SIGN_OFF, report).require()
    page = partial(_sign_page, request, report)
    return seal_as_shown(
        request,
        report,
        form,
        act=signing.sign_off,
        wrong_proof=lambda proving: page(form=proving, status=422),
        changed=lambda error: page(changed=error, status=409),
    )


def _sign_page(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    form: SignForm | None = None,
    return_form: ReasonForm | None = None,
    changed: ChangedSinceShownError | None = None,
    status: int = 200,
) -> HttpResponse:
    permissions.may(request.acting, ReportAction.SIGN_OFF, report).require()
    version = report.versions.filter(sealed_at__isnull=True).first()
    if version is None:
        raise RefusedError(
            _("The report was signed while you looked: open it again from your desk.")
        )
    version.report = report
    bureau = receiving_bureau(report.enterprise, on=request.acting.on)
    shown = shown_bytes(version, bureau=bureau, on=request.acting.on)
    content = content_of(shown)
    return TemplateResponse(
        request,
        "hazards/reports/sign.html",
        {
            "report": report,
            "version": version,
            "content": content,
            "page": principal_page(report, content, acting=request.acting),
            "difference": changes_since_receipt(version, content),
            "statement": declaration_of(version, on=request.acting.on),
            "bureau": bureau,
            "otherwise": on_record_otherwise(version),
            "due": due_of_report(report, bureau=bureau, on=request.acting.on)
            if bureau
            else None,
            "promptness": promptness(
                report,
                bureau=bureau,
                at=timezone.now(),
                receipt=first_receipt(report),
            ),
            **proof_context(request, shown, form),
            "changes": changes_in(changed),
            "changed": changed,
            "return_form": return_form or ReasonForm(),
        },
        status=status,
    )


def changes_in(
    changed: ChangedSinceShownError | None,
) -> list[tuple[str, object, object]]:
    """What differs between what was shown and what stands, leaf by leaf."""
    if changed is None:
        return []
    try:
        before = json.loads(changed.shown)
    except ValueError:
        before = {}
    return seals.changes(before, content_of(changed.now))


@require_POST
@acting_required
def return_to_team(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give the report back to the team, unsigned, with a reason."""
    report = get_report(request, public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, report, return_form=form, status=422)
    reports.return_to_team(
        report_id=report.pk,
        reason=form.cleaned_data["reason"],
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(
        request, _("Returned to the team, unsigned. They have been told why.")
    )
    return redirect("desk")


@acting_required
def done(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """You are done: the receipt, and what is next."""
    report = get_report(request, public_id)
    if request.acting.enterprise is None:
        raise NotPermittedError(_("This page closes a signature; open the report."))
    seal = (
        Seal.objects.filter(version__report=report)
        .select_related("bureau", "version", "signed_by__user")
        .order_by("version__ordinal", "id")
        .last()
    )
    if seal is None:
        raise Http404
    return TemplateResponse(
        request,
        _DONE.get(seal.kind, "hazards/reports/done.html"),
        {
            "report": report,
            "seal": seal,
            "next": next_steps(report, acting=request.acting),
        },
    )
