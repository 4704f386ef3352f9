"""Spot checks: the list, a new plan, and one of them as a page like a story."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.spot_checks import CheckFilterForm, PlanForm
from hazards.models import SpotCheck
from hazards.permissions.findings import may_record_finding
from hazards.permissions.spot_checks import may_check_each, may_plan
from hazards.queries.check_counts import year_counts
from hazards.queries.check_lists import check_list
from hazards.queries.check_offers import offered
from hazards.queries.check_pages import check_page, visible_check
from hazards.queries.timelines import timeline_of
from hazards.rules.matters import matters_on
from hazards.services import spot_checks
from hazards.templatetags.standards import worded
from hazards.views.check_act_pages import next_links


@require_safe
@acting_required
def listing(request: ActingRequest) -> HttpResponse:
    """The checks of an enterprise that it knows of; of a bureau those that it sees."""
    acting = request.acting
    if acting.enterprise is None and acting.bureau is None:
        raise NotPermittedError(_("Only enterprises and bureaus see spot checks."))
    form = CheckFilterForm(request.GET, on=acting.on)
    after = request.GET.get("after", "")
    context = {
        "form": form,
        "page": check_list(acting, wanted=form.wanted(), after=after),
        "may_plan": may_plan(acting),
    }
    return TemplateResponse(request, "hazards/checks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def new(request: ActingRequest) -> HttpResponse:
    """Plan a check of the enterprise that the address names; without one, choose it."""
    may_plan(request.acting).require()
    if request.method != "POST" and not request.GET.get("enterprise"):
        return redirect("enterprises")
    enterprise = _enterprise(request)
    may_plan(request.acting, enterprise).require()
    on = request.acting.on
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": request.GET.get("kind", "")},
        offered=offered(request.acting, enterprise),
        matters=[(matter.code, worded(matter)) for matter in matters_on(on)],
        on=on,
    )
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, enterprise, form)
    planned = _planned_before(request, enterprise, form)
    try:
        planned = planned or spot_checks.plan(
            enterprise_id=enterprise.pk,
            plan=form.plan(),
            by=request.acting,
            at=timezone.now(),
        )
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _form_page(request, enterprise, form)
    messages.success(request, _("Planned. Your head has been told and answers."))
    return redirect("check", planned.public_id)


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Tell one spot check from its plan to its end, and what may be done now."""
    check = get_check(request, public_id)
    acting = request.acting
    page = check_page(check, reader=acting)
    context = {
        "page": page,
        "check": check,
        "may_find": may_record_finding(acting, check),
        "next": next_links(page, may_check_each(acting, check)),
        # The enterprise reads what was told to it, not the bureau's own steps.
        "events": timeline_of(check, seen_by=acting) if acting.bureau else [],
    }
    return TemplateResponse(request, "hazards/checks/check.html", context)


def get_check(request: ActingRequest, public_id: uuid.UUID) -> SpotCheck:
    """Return the check, or 404 where this person should not know of it."""
    check = visible_check(public_id, reader=request.acting)
    if check is None:
        raise Http404
    return check


def _enterprise(request: ActingRequest) -> Enterprise:
    named = request.POST.get("enterprise") or request.GET.get("enterprise", "")
    try:
        public_id = uuid.UUID(named)
    except ValueError:
        raise Http404 from None
    visible = Enterprise.objects.visible_to(request.acting)
    return get_object_or_404(visible, public_id=public_id)


def _planned_before(
    request: ActingRequest, enterprise: Enterprise, form: PlanForm
) -> SpotCheck | None:
    """A second press of the button finds the work done."""
    plan = form.plan()
    return SpotCheck.objects.filter(
        enterprise=enterprise,
        planned_by=request.acting.membership,
        kind=plan.kind,
        purpose=plan.purpose,
        planned_on=plan.planned_on,
        matters=list(plan.matters),
        answered_at__isnull=True,
        withdrawn_at__isnull=True,
    ).first()


def _form_page(
    request: ActingRequest, enterprise: Enterprise, form: PlanForm
) -> HttpResponse:
    context = {
        "form": form,
        "enterprise": enterprise,
        "counts": year_counts(enterprise, on=request.acting.on).plain(),
    }
    return TemplateResponse(
        request,
        "hazards/checks/new.html",
        context,
        status=422 if form.is_bound else 200,
    )
