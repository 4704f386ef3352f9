"""Filing what is about one hazard: its report at once, on two pages, and its plan."""

import uuid
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import EDITOR_ROLES, Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.hazard_reports import (
    CAMERA,
    FirstPageForm,
    SecondPageForm,
    TreatmentPlanForm,
)
from hazards.forms.hazards import HazardForm, WhatForm
from hazards.models import (
    HazardStatement,
    MajorHazard,
    ReportKind,
    SelfInspectionReport,
)
from hazards.queries.comments import open_comments
from hazards.queries.filing import filing_page
from hazards.queries.hazard_pages import only_statement, sites_of
from hazards.queries.promptness import promptness
from hazards.queries.report_pages import first_receipt
from hazards.rules import catalogue
from hazards.services import attachments, hazard_reports, reports
from hazards.services.descriptions import Description, described, last_description
from hazards.services.uploads import shown_name
from hazards.services.versions import IncompleteError
from hazards.views.hazards import save_part, what_form
from hazards.views.offline import kept_offline
from hazards.views.reports import get_report, has_moved_on, last_return


@acting_required
def new(request: ActingRequest) -> HttpResponse:
    """
    Page 1 of a hazard found now; `?clause=CODE` says under which clause, `?again=ID` as
    which closed hazard it came back.
    """
    permissions.may_report_hazard(request.acting).require()
    enterprise = request.acting.enterprise
    if enterprise is None:
        raise Http404
    page = partial(_new_page, request)
    if request.method != "POST" or "find" in request.POST:
        begun = {**_beginning(request, enterprise), **request.POST.dict()}
        shown = page(_first_form(request, enterprise, initial=begun))
        return kept_offline(shown) if request.method == "GET" else shown
    form = _first_form(request, enterprise, data=True)
    if form.is_valid():
        again, typed_at = (form.cleaned_data.pop(n) for n in ("again", "typed_at"))
        try:
            report = hazard_reports.begin(
                description=Description(**form.values()),
                public_id=form.cleaned_data["key"],
                recurrence_of=_closed(request, again) if again else None,
                typed_at=typed_at,
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            if not permissions.may_edit(request.acting, report):
                # Sent again after the answer was lost; meanwhile it went its way.
                return redirect("report", report.public_id)
            whole = _add_photos(request, report)
            messages.success(request, _("Saved as a draft; not on record yet."))
            step = "hazard-report-check" if whole else "hazard-report-edit"
            return redirect(step, report.public_id)
    return page(form, status=422)


@acting_required
def edit(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Write the draft: page 1 of a hazard's report, or its treatment plan."""
    report = _written(request, public_id)
    if isinstance(report, HttpResponse):
        return report
    stated = _stated(report)
    if report.kind == ReportKind.PLAN:
        return _last_page(request, stated, TreatmentPlanForm, _PLAN_PAGE)
    page = partial(_first_page, request, stated)
    form = partial(what_form, request, report.enterprise, kind=FirstPageForm)
    if request.method != "POST" or "find" in request.POST:
        stands = WhatForm.initial_of(
            described(stated), sites=sites_of(report.enterprise)
        )
        initial = {**stands, "revision": stated.revision, **request.POST.dict()}
        return page(form(stated=stated, initial=initial))
    return save_part(
        request,
        stated,
        form(stated=stated, data=True),
        page,
        onward=_to_second_page,
    )


@acting_required
def check(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Page 2 of a hazard's report: the rest, what is missing, and sending it."""
    report = _written(request, public_id)
    if isinstance(report, HttpResponse):
        return report
    if report.kind != ReportKind.HAZARD:
        return redirect("hazard-report-edit", report.public_id)
    return _last_page(request, _stated(report), SecondPageForm, _CHECK_PAGE)


@require_POST
@acting_required
def at_once(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Report a hazard that a quarter's draft describes by itself."""
    report = hazard_reports.report_at_once(
        hazard_id=_hazard(request, public_id).pk,
        by=request.acting,
        at=timezone.now(),
    )
    return _to_the_report(request, report)


@require_POST
@acting_required
def begin_plan(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Begin the treatment plan of a hazard, or go on with the one being written."""
    report = hazard_reports.begin_plan(
        hazard_id=_hazard(request, public_id).pk,
        by=request.acting,
        at=timezone.now(),
    )
    return _to_the_report(request, report)


_CHECK_PAGE = "hazards/hazard_reports/check.html"
_PLAN_PAGE = "hazards/hazard_reports/plan.html"


def _hazard(request: ActingRequest, public_id: uuid.UUID) -> MajorHazard:
    visible = MajorHazard.objects.visible_to(request.acting)
    return get_object_or_404(visible, public_id=public_id)


def _closed(request: ActingRequest, again: object) -> MajorHazard:
    try:
        return get_object_or_404(
            MajorHazard.objects.visible_to(request.acting).select_related("enterprise"),
            public_id=again,
            closed_at__isnull=False,
        )
    except ValidationError as error:
        raise Http404 from error


def _to_the_report(
    request: ActingRequest, report: SelfInspectionReport
) -> HttpResponse:
    if permissions.may_edit(request.acting, report):
        return redirect("hazard-report-edit", report.public_id)
    return redirect("report", report.public_id)


def _written(
    request: ActingRequest, public_id: uuid.UUID
) -> SelfInspectionReport | HttpResponse:
    """The draft about a hazard that this person writes, or where else to go."""
    report = get_report(request, public_id)
    if report.is_quarterly:
        return redirect("report-edit", report.public_id)
    decision = permissions.may_edit(request.acting, report)
    if (
        not decision
        and request.method == "GET"
        and has_moved_on(request, report, EDITOR_ROLES)
    ):
        return redirect("report", report.public_id)
    decision.require()
    return report


def _stated(report: SelfInspectionReport) -> HazardStatement:
    version = report.versions.get(sealed_at__isnull=True)
    version.report = report
    return only_statement(version)


def _beginning(request: ActingRequest, enterprise: Enterprise) -> dict[str, object]:
    """What a hazard found now starts from; of one that came back, what was said."""
    sites = sites_of(enterprise)
    now = timezone.localtime()
    start: dict[str, object] = {
        "key": uuid.uuid4(),
        "found_on": now.date(),
        "found_time": f"{now:%H:%M}",
        "clause": request.GET.get("clause", ""),
        "words": request.GET.get("words", ""),
        "site": str(sites[0].public_id) if len(sites) == 1 else "",
    }
    if again := request.GET.get("again"):
        closed = _closed(request, again)
        before = WhatForm.initial_of(last_description(closed), sites=sites)
        named = {name: before[name] for name in ("clause", "site", "place")}
        start |= {"again": closed.public_id, **named}
    return start


def _first_form(
    request: ActingRequest,
    enterprise: Enterprise,
    *,
    initial: dict[str, object] | None = None,
    data: bool = False,
) -> WhatForm:
    return what_form(
        request, enterprise, kind=FirstPageForm, initial=initial, data=data
    )


def _add_photos(request: ActingRequest, report: SelfInspectionReport) -> bool:
    """Take in what came with the page; say of each that was refused why."""
    whole = True
    for file in request.FILES.getlist("photos"):
        try:
            attachments.add_photo(
                file,
                report_id=report.pk,
                hazard_id=report.hazard_id or 0,
                keep_position=False,
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            messages.error(request, f"{shown_name(file.name or '')}: {refused}")
            whole = False
    return whole


def _to_second_page(request: ActingRequest, stated: HazardStatement) -> HttpResponse:
    name = "hazard-report-check" if "next" in request.POST else "hazard-report-edit"
    return redirect(name, stated.version.report.public_id)


def _last_page(
    request: ActingRequest,
    stated: HazardStatement,
    kind: type[SecondPageForm] | type[TreatmentPlanForm],
    template: str,
) -> HttpResponse:
    """A page with the words, and with sending them to the principal."""
    version = stated.version
    page = partial(_draft_page, request, stated, template)
    if request.method != "POST":
        stands = kind.initial_of(described(stated))
        form = kind(initial={**stands, "revision": stated.revision}, version=version)
        return page(form)
    return save_part(
        request,
        stated,
        kind(request.POST, version=version),
        page,
        onward=partial(_send_if_asked, kind=kind, template=template),
    )


def _send_if_asked(
    request: ActingRequest,
    stored: HazardStatement,
    *,
    kind: type[SecondPageForm] | type[TreatmentPlanForm],
    template: str,
) -> HttpResponse:
    report = stored.version.report
    if "send" not in request.POST:
        here = "hazard-report-edit"
        if report.kind == ReportKind.HAZARD:
            here = "hazard-report-check"
        return redirect(here, report.public_id)
    try:
        reports.send_for_signature(
            report_id=report.pk, by=request.acting, at=timezone.now()
        )
    except IncompleteError:
        stated = _stated(report)
        stands = kind.initial_of(described(stated))
        form = kind(
            initial={**stands, "revision": stated.revision}, version=stated.version
        )
        return _draft_page(request, stated, template, form, is_refused=True, status=422)
    messages.success(
        request,
        _("Sent to the principal, who has been told. It is filed once signed."),
    )
    return redirect("report", report.public_id)


def _new_page(
    request: ActingRequest, form: HazardForm, *, status: int = 200
) -> HttpResponse:
    again = form["again"].value()
    return TemplateResponse(
        request,
        "hazards/hazard_reports/what.html",
        {
            "form": form,
            "camera": CAMERA,
            "clause_text": _clause_text(form),
            "closed": _closed(request, again) if again else None,
        },
        status=status,
    )


def _first_page(
    request: ActingRequest,
    stated: HazardStatement,
    form: HazardForm,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = _context(request, stated, form)
    return TemplateResponse(
        request,
        "hazards/hazard_reports/what.html",
        {**context, "clause_text": _clause_text(form), **more},
        status=status,
    )


def _draft_page(
    request: ActingRequest,
    stated: HazardStatement,
    template: str,
    form: HazardForm,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = _context(request, stated, form)
    context["page"] = filing_page(stated.version, on=request.acting.on)
    context["clause"] = catalogue.CLAUSES.get(stated.clause)
    return TemplateResponse(request, template, {**context, **more}, status=status)


def _context(
    request: ActingRequest, stated: HazardStatement, form: HazardForm
) -> dict[str, object]:
    report = stated.version.report
    return {
        "report": report,
        "version": stated.version,
        "stated": stated,
        "hazard": stated.hazard,
        "form": form,
        "comments": open_comments(report),
        "return_note": last_return(stated.version),
        "prompt": promptness(
            report,
            bureau=receiving_bureau(report.enterprise, on=request.acting.on),
            at=timezone.now(),
            receipt=first_receipt(report),
        ),
    }


def _clause_text(form: HazardForm) -> str:
    chosen = catalogue.CLAUSES.get(str(form["clause"].value() or ""))
    return chosen.zh if chosen else ""
