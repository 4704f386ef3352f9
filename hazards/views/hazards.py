"""The pages of one hazard in a report: what and where, then what is done about it."""

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.hazards import HazardForm, PlanForm, WhatForm
from hazards.models import (
    HazardStatement,
    MajorHazard,
    ReportKind,
    ReportVersion,
    SelfInspectionReport,
)
from hazards.queries.comments import open_comments
from hazards.queries.hazard_pages import day_found, sites_of, stated_in
from hazards.queries.standards import found_clauses
from hazards.rules import catalogue
from hazards.services import hazard_reports, hazards, registrations
from hazards.services.descriptions import Description, described
from hazards.services.versions import StaleSaveError
from hazards.templatetags.report_names import edit_url
from hazards.views.autosave import first_error, not_saved, saved, saves_itself
from hazards.views.clause_options import clause_groups
from hazards.views.reports import get_report


@acting_required
def new(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Begin a hazard; `?clause=CODE` says under which clause."""
    version = open_version_of(request, public_id)
    if request.method != "POST" or "find" in request.POST:
        begun = {**_beginning(request, version), **request.POST.dict()}
        form = what_form(request, version.report.enterprise, initial=begun)
        return _what_page(request, version, form)
    form = what_form(request, version.report.enterprise, data=True)
    if form.is_valid():
        try:
            stated = hazards.describe(
                report_id=version.report.pk,
                description=Description(**form.values()),
                public_id=form.cleaned_data["key"],
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved as a draft; not on record yet."))
            return _onward(request, stated, plan=True)
    return _what_page(request, version, form, status=422)


@acting_required
def what(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Change what is wrong, and where."""
    version = open_version_of(request, public_id)
    stated = stated_of(version, hazard)
    report = version.report
    if report.kind == ReportKind.HAZARD and request.method != "POST":
        return redirect("hazard-report-edit", report.public_id)
    page = partial(_what_page, request, version, stated=stated)
    if request.method != "POST" or "find" in request.POST:
        sites = sites_of(version.report.enterprise)
        stands = WhatForm.initial_of(described(stated), sites=sites)
        initial = {**stands, "revision": stated.revision, **request.POST.dict()}
        return page(
            what_form(
                request, version.report.enterprise, stated=stated, initial=initial
            )
        )
    form = what_form(request, version.report.enterprise, stated=stated, data=True)
    return save_part(request, stated, form, page, onward=partial(_onward, plan=True))


@acting_required
def plan(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Change the measures, the plan, who answers for it, and until when."""
    version = open_version_of(request, public_id)
    stated = stated_of(version, hazard)
    if not version.report.is_quarterly and request.method != "POST":
        return redirect("hazard-report-edit", public_id)
    page = partial(_plan_page, request, version, stated=stated)
    if request.method != "POST":
        stands = PlanForm.initial_of(described(stated))
        return page(PlanForm(initial={**stands, "revision": stated.revision}))
    return save_part(
        request,
        stated,
        PlanForm(request.POST),
        page,
        onward=partial(_onward, plan=False),
    )


@require_POST
@acting_required
def register(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Put the hazard on record as it was saved last."""
    report = get_report(request, public_id)
    permissions.may_register(request.acting, report).require()
    stated = stated_of(_version_of(report), hazard)
    registrations.register(
        report_id=report.pk,
        hazard_id=stated.hazard_id,
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(
        request,
        _(
            "%(number)s is on record now. It is reported once the bureau has "
            "received it."
        )
        % {"number": stated.hazard.number},
    )
    if permissions.may_edit(request.acting, report):
        return redirect("report-hazard", report.public_id, stated.hazard.public_id)
    return redirect("report", report.public_id)


@require_POST
@acting_required
def leave_out(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Take the hazard out of this report."""
    stated = stated_of(open_version_of(request, public_id), hazard)
    hazards.leave_out(
        report_id=stated.version.report.pk,
        hazard_id=stated.hazard_id,
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("%(number)s is out of this report. What was registered stays on record.")
        % {"number": stated.hazard.number}
        if stated.hazard.registered_at
        else _("The draft of this hazard is gone."),
    )
    return redirect("report-edit", public_id)


@require_POST
@acting_required
def take_over(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Say of a hazard what another report has said of it since."""
    version = open_version_of(request, public_id)
    stated = stated_of(version, hazard)
    hazards.take_over(
        report_id=version.report.pk,
        hazard_id=stated.hazard_id,
        by=request.acting,
    )
    messages.success(
        request,
        _("%(number)s is described here as it was described last.")
        % {"number": stated.hazard.number},
    )
    return redirect(edit_url(version.report))


@require_POST
@acting_required
def take_up(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Name a hazard on record in this report again."""
    version = open_version_of(request, public_id)
    known = MajorHazard.objects.visible_to(request.acting)
    stated = hazards.take_up(
        report_id=version.report.pk,
        hazard_id=get_object_or_404(known, public_id=hazard).pk,
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("%(number)s is in this report again, as it was described last.")
        % {"number": stated.hazard.number},
    )
    return redirect("report-hazard", public_id, stated.hazard.public_id)


def open_version_of(request: ActingRequest, public_id: uuid.UUID) -> ReportVersion:
    """The version that this person may write."""
    report = get_report(request, public_id)
    permissions.may_edit(request.acting, report).require()
    return _version_of(report)


def _version_of(report: SelfInspectionReport) -> ReportVersion:
    version = report.versions.get(sealed_at__isnull=True)
    version.report = report
    return version


def stated_of(version: ReportVersion, hazard: uuid.UUID) -> HazardStatement:
    """What the version says of the hazard; 404 if it is silent."""
    stated = stated_in(version, public_id=hazard)
    if stated is None:
        raise Http404
    return stated


def _beginning(request: ActingRequest, version: ReportVersion) -> dict[str, object]:
    """What a new hazard starts from: the last visit's day, the only site there is."""
    sites = sites_of(version.report.enterprise)
    return {
        "key": uuid.uuid4(),
        "found_on": day_found(version) or request.acting.on,
        "clause": request.GET.get("clause", ""),
        "words": request.GET.get("words", ""),
        "site": str(sites[0].public_id) if len(sites) == 1 else "",
    }


def what_form(
    request: ActingRequest,
    enterprise: Enterprise,
    *,
    stated: HazardStatement | None = None,
    initial: dict[str, object] | None = None,
    data: bool = False,
    kind: type[WhatForm] = WhatForm,
) -> WhatForm:
    """The form of what is wrong, with the clauses and sites of the enterprise."""
    on = request.acting.on
    words = str((request.POST if data else initial or {}).get("words", ""))
    chosen = str((request.POST if data else initial or {}).get("clause", ""))
    keep = {chosen, stated.clause if stated else ""}
    everything = found_clauses("", enterprise=enterprise, on=on)
    registered = stated is not None and stated.hazard.registered_at is not None
    if stated is not None and registered:
        stands = WhatForm.initial_of(described(stated), sites=())
        moment = {name: stands[name] for name in ("found_on", "found_time")}
        initial = {**(initial or {}), **moment}
    return kind(
        request.POST if data else None,
        initial=initial,
        sites=sites_of(enterprise),
        clauses=clause_groups(everything, keep=keep),
        shown=clause_groups(
            found_clauses(words, enterprise=enterprise, on=on), keep=keep
        )
        if words.strip()
        else None,
        fixed_at=stated.hazard.found_at if stated and registered else None,
    )


def save_part(
    request: ActingRequest,
    stated: HazardStatement,
    form: HazardForm,
    page: partial[HttpResponse],
    *,
    onward: Callable[[ActingRequest, HazardStatement], HttpResponse],
) -> HttpResponse:
    """Store what was typed beside the other pages' values, then go `onward`."""
    quietly, now = saves_itself(request), timezone.now()
    if form.is_valid():
        try:
            stored = hazard_reports.save(
                report_id=stated.version.report.pk,
                hazard_id=stated.hazard_id,
                made_from=form.cleaned_data["revision"] or 0,
                description=form.said(described(stated)),
                correction_reason=form.cleaned_data.get("correction_reason"),
                by=request.acting,
                at=now,
            )
        except StaleSaveError as stale:
            return _both(request, stated, form, page, stale=stale)
        except NotPermittedError:
            raise
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            if quietly:
                return saved(stored.revision, at=now)
            messages.success(request, _("Saved."))
            return onward(request, stored)
    if quietly:
        return not_saved(first_error(form), status=422)
    return page(form, status=422)


def _both(
    request: ActingRequest,
    stated: HazardStatement,
    form: HazardForm,
    page: partial[HttpResponse],
    *,
    stale: StaleSaveError,
) -> HttpResponse:
    """Show what was typed beside what somebody else stored meanwhile."""
    if saves_itself(request):
        return not_saved(str(stale), status=409)
    stored = stated_of(stated.version, stated.hazard.public_id)
    differences = form.differences(described(stored))
    # Saving again starts from what stands.
    typed = request.POST.copy()
    typed["revision"] = str(stored.revision)
    form.data = typed
    return page(form, stale=stale, differences=differences, status=409)


def _onward(
    request: ActingRequest, stated: HazardStatement, *, plan: bool
) -> HttpResponse:
    """Go where the pressed button says: the plan, the report, or here again."""
    report = stated.version.report
    if "next" not in request.POST:
        name = "report-hazard" if plan else "report-hazard-plan"
        return redirect(name, report.public_id, stated.hazard.public_id)
    if plan:
        return redirect("report-hazard-plan", report.public_id, stated.hazard.public_id)
    return redirect("report-edit", report.public_id)


def _what_page(
    request: ActingRequest,
    version: ReportVersion,
    form: HazardForm,
    *,
    stated: HazardStatement | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/hazards/what.html",
        _context(request, version, form, stated) | more,
        status=status,
    )


def _plan_page(
    request: ActingRequest,
    version: ReportVersion,
    form: HazardForm,
    *,
    stated: HazardStatement,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/hazards/plan.html",
        _context(request, version, form, stated) | more,
        status=status,
    )


def _context(
    request: ActingRequest,
    version: ReportVersion,
    form: HazardForm,
    stated: HazardStatement | None,
) -> dict[str, object]:
    report = version.report
    chosen = str(form["clause"].value() or "") if "clause" in form.fields else ""
    return {
        "comments": open_comments(report),
        "report": report,
        "version": version,
        "form": form,
        "stated": stated,
        "clause_text": catalogue.CLAUSES[chosen].zh
        if chosen in catalogue.CLAUSES
        else "",
        "hazard": stated.hazard if stated else None,
        "may_register": permissions.may_register(request.acting, report),
        "may_report": permissions.may_report_hazard(
            request.acting, stated.hazard if stated else None
        ),
    }
