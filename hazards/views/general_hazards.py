"""The pages of general hazards: a list, a form for the shop floor, and what became."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.general_hazards import (
    GeneralFilterForm,
    GeneralHazardForm,
    GradeUpForm,
    RectifiedForm,
)
from hazards.forms.reports import ReasonForm
from hazards.models import Attachment, GeneralHazard
from hazards.queries.general_hazards import general_hazard_page
from hazards.queries.hazard_pages import sites_of
from hazards.queries.standards import found_clauses
from hazards.services import general_hazards
from hazards.views import kept_files
from hazards.views.clause_options import clause_groups


@acting_required
def listing(request: ActingRequest) -> HttpResponse:
    """List the enterprise's general hazards, what was recorded last first."""
    _enterprise(request)
    form = GeneralFilterForm(request.GET, on=request.acting.on)
    page = general_hazard_page(
        request.acting, wanted=form.wanted(), after=request.GET.get("after", "")
    )
    return TemplateResponse(
        request,
        "hazards/general/list.html",
        {
            "page": page,
            "form": form,
            "may_record": permissions.may_keep_general_hazards(request.acting),
        },
    )


@acting_required
def new(request: ActingRequest) -> HttpResponse:
    """Record one; short enough for one hand."""
    permissions.may_keep_general_hazards(request.acting).require()
    enterprise = _enterprise(request)
    sites = sites_of(enterprise)
    if request.method != "POST":
        initial = {"key": uuid.uuid4(), "found_on": request.acting.on}
        return _form_page(request, GeneralHazardForm(initial=initial, sites=sites))
    form = GeneralHazardForm(request.POST, request.FILES, sites=sites)
    photo: Attachment | None = None
    try:
        photo = _photo(request, enterprise, "before")
        if form.is_valid():
            hazard = general_hazards.record(
                said=form.said(photo),
                public_id=form.public_id,
                by=request.acting,
                at=timezone.now(),
            )
            messages.success(
                request, _("Recorded. The statistics of the quarter count it.")
            )
            return redirect("general-hazard", hazard.public_id)
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error(None, str(refused))
    return _form_page(request, form, kept=photo, status=422)


@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one, and what may be done about it."""
    return _page(request, _get(request, public_id))


@require_POST
@acting_required
def rectify(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say that it was eliminated."""
    hazard = _get(request, public_id)
    permissions.may_keep_general_hazards(request.acting, hazard).require()
    form = RectifiedForm(request.POST, request.FILES)
    photo: Attachment | None = None
    try:
        photo = _photo(request, hazard.enterprise, "after")
        if form.is_valid():
            general_hazards.rectify(
                hazard_id=hazard.pk,
                done=form.done(photo),
                by=request.acting,
                at=timezone.now(),
            )
            messages.success(request, _("Eliminated. The statistics count it."))
            return redirect("general-hazard", hazard.public_id)
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error(None, str(refused))
    return _page(request, hazard, rectified=form, kept=photo, status=422)


@require_POST
@acting_required
def strike_out(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Strike out what was recorded in error."""
    hazard = _get(request, public_id)
    permissions.may_settle_general_hazard(request.acting, hazard).require()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, hazard, strike=form, status=422)
    general_hazards.strike_out(
        hazard_id=hazard.pk,
        because=form.cleaned_data["reason"],
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(request, _("Struck out. It stays on record with your reason."))
    return redirect("general-hazard", hazard.public_id)


@acting_required
def grade_up(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Grade it up to a major one, which is then reported at once."""
    hazard = _get(request, public_id)
    permissions.may_settle_general_hazard(request.acting, hazard).require()
    found = found_clauses(
        request.POST.get("words", "") if "find" in request.POST else "",
        enterprise=hazard.enterprise,
        on=request.acting.on,
    )
    clauses = clause_groups(found)
    if request.method != "POST" or "find" in request.POST:
        form = GradeUpForm(clauses=clauses, initial=request.POST.dict())
        return _grade_page(request, hazard, form)
    form = GradeUpForm(request.POST, clauses=clauses)
    if not form.is_valid():
        return _grade_page(request, hazard, form, status=422)
    report = general_hazards.grade_up(
        hazard_id=hazard.pk,
        clause=form.cleaned_data["clause"],
        because=form.cleaned_data["reason"],
        by=request.acting,
        at=timezone.now(),
    )
    messages.success(
        request, _("It is on record as a major hazard now. Report it at once.")
    )
    return redirect("hazard-report-edit", report.public_id)


def _enterprise(request: ActingRequest) -> Enterprise:
    if request.acting.enterprise is None:
        raise NotPermittedError(
            _("General hazards are an enterprise's own list; its reports count them.")
        )
    return request.acting.enterprise


def _photo(
    request: ActingRequest, enterprise: Enterprise, field: str
) -> Attachment | None:
    """Keep the photo at once, so that it outlives whatever else is wrong."""
    upload, named = request.FILES.get(field), request.POST.get("kept")
    if not upload and not named:
        return None
    return kept_files.take(request, enterprise, upload=upload, named=named)


def _get(request: ActingRequest, public_id: uuid.UUID) -> GeneralHazard:
    visible = GeneralHazard.objects.visible_to(request.acting).select_related(
        "enterprise",
        "site",
        "before",
        "after",
        "came_from",
        "raised_to",
        "recorded_by__user",
        "rectified_by__user",
        "struck_by__user",
        "raised_by__user",
    )
    return get_object_or_404(visible, public_id=public_id)


def _form_page(
    request: ActingRequest,
    form: GeneralHazardForm,
    *,
    kept: Attachment | None = None,
    status: int = 200,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/general/new.html",
        {"form": form, "kept": kept},
        status=status,
    )


def _page(
    request: ActingRequest,
    hazard: GeneralHazard,
    *,
    rectified: RectifiedForm | None = None,
    strike: ReasonForm | None = None,
    kept: Attachment | None = None,
    status: int = 200,
) -> HttpResponse:
    acting = request.acting
    return TemplateResponse(
        request,
        "hazards/general/detail.html",
        {
            "hazard": hazard,
            "rectified": rectified
            or RectifiedForm(initial={"rectified_on": acting.on}),
            "strike": strike or ReasonForm(),
            "kept": kept,
            "may_rectify": permissions.may_keep_general_hazards(acting, hazard),
            "may_settle": permissions.may_settle_general_hazard(acting, hazard),
        },
        status=status,
    )


def _grade_page(
    request: ActingRequest,
    hazard: GeneralHazard,
    form: GradeUpForm,
    *,
    status: int = 200,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/general/grade_up.html",
        {
            "hazard": hazard,
            "form": form,
            "words": request.POST.get("words", ""),
        },
        status=status,
    )
