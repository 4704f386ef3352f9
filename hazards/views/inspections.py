"""Pages of visits: the list, one visit, writing it down, signing in."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import Acting, Enterprise, Site
from accounts.permissions import ALLOWED, NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.inspections import (
    VisitForm,
    capacity_words,
    first_values,
    stored_values,
)
from hazards.models import Attendance, SelfInspection
from hazards.queries import inspections as reads
from hazards.queries.timelines import timeline_of
from hazards.services import inspections
from hazards.services.inspections import StaleVisitError


@require_safe
@acting_required
def listing(request: ActingRequest) -> HttpResponse:
    """The enterprise's visits, newest first."""
    _own_enterprise(request.acting)
    page = reads.page_of(
        request.acting,
        older_than=request.GET.get("older", ""),
        newer_than=request.GET.get("newer", ""),
    )
    context = {
        "page": page,
        "newer_url": f"?newer={page.newer}" if page.newer else "",
        "older_url": f"?older={page.older}" if page.older else "",
        "may_record": permissions.may_record_inspection(request.acting),
    }
    return TemplateResponse(request, "hazards/inspections/list.html", context)


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """One visit: its facts, who signed in, what happened to it, what to do next."""
    acting = request.acting
    inspection = _get(acting, public_id)
    context = {
        "inspection": inspection,
        "participation": getattr(inspection, "participation", None),
        "attendances": [
            (person, capacity_words(person.capacity))
            for person in inspection.attendances.all()
        ],
        "own_attendance": _own_attendance(acting, inspection),
        "may_edit": permissions.may_record_inspection(acting, inspection),
        "may_sign_in": ALLOWED,
        "may_confirm": permissions.may_confirm_participation(acting, inspection),
        "may_start_report": permissions.may_start_report(acting),
        "quarter_report": reads.report_of_quarter(inspection, acting=acting),
        "listed_in": list(reads.reports_listing(inspection, acting=acting)),
        "events": timeline_of(inspection, seen_by=acting),
    }
    return TemplateResponse(request, "hazards/inspections/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def new(request: ActingRequest) -> HttpResponse:
    """Write down a visit."""
    _own_enterprise(request.acting)
    permissions.may_record_inspection(request.acting).require()
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            inspection = inspections.record(
                visit=form.visit(), by=request.acting, at=timezone.now()
            )
        except NotPermittedError:
            raise
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The inspection is recorded."))
            return redirect("inspection", inspection.public_id)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def edit(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change a visit; a save made from an old revision shows both and keeps both."""
    inspection = _get(request.acting, public_id)
    permissions.may_record_inspection(request.acting, inspection).require()
    form = _form(request, inspection)
    if request.method == "POST" and form.is_valid():
        try:
            inspections.amend(
                inspection_id=inspection.pk,
                made_from=form.cleaned_data["revision"] or 0,
                visit=form.visit(),
                by=request.acting,
                at=timezone.now(),
            )
        except StaleVisitError as stale:
            return _both(request, form, public_id, reason=str(stale))
        except NotPermittedError:
            raise
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("inspection", public_id)
    return _form_page(request, form, inspection=inspection)


@require_POST
@acting_required
def sign_in(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """A member says: I was there."""
    inspection = _get(request.acting, public_id)
    inspections.sign_in(
        inspection_id=inspection.pk, by=request.acting, at=timezone.now()
    )
    messages.success(request, _("You have signed in to this inspection."))
    return redirect("inspection", public_id)


@require_POST
@acting_required
def confirm_participation(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """The principal says: I took part."""
    inspection = _get(request.acting, public_id)
    inspections.confirm_participation(
        inspection_id=inspection.pk, by=request.acting, at=timezone.now()
    )
    messages.success(request, _("You have confirmed that you took part."))
    try:
        # Confirmed on the way to signing: back to where the principal was.
        return redirect("report-sign", uuid.UUID(request.POST.get("report", "")))
    except ValueError:
        return redirect("inspection", public_id)


def _own_enterprise(acting: Acting) -> Enterprise:
    """Return the enterprise acted for; visits do not exist for anybody else."""
    if acting.enterprise is None:
        raise Http404
    return acting.enterprise


def _get(acting: Acting, public_id: uuid.UUID) -> SelfInspection:
    """Return the visit, or 404 where this person should not know it exists."""
    return get_object_or_404(reads.whole(acting), public_id=public_id)


def _own_attendance(acting: Acting, inspection: SelfInspection) -> Attendance | None:
    own = acting.membership.pk
    return next(
        (a for a in inspection.attendances.all() if a.membership_id == own), None
    )


def _form(
    request: ActingRequest, inspection: SelfInspection | None = None
) -> VisitForm:
    enterprise = _own_enterprise(request.acting)
    sites = list(Site.objects.filter(enterprise=enterprise).order_by("name"))
    members = reads.possible_members(
        enterprise, on=request.acting.on, inspection=inspection
    )
    if inspection is None:
        initial = first_values(
            sites=sites,
            members=members,
            last=reads.last_visit(enterprise),
            on=request.acting.on,
        )
    else:
        initial = stored_values(inspection)
    data = request.POST if request.method == "POST" else None
    return VisitForm(data, initial=initial, sites=sites, members=members)


def _form_page(
    request: ActingRequest,
    form: VisitForm,
    *,
    inspection: SelfInspection | None = None,
) -> HttpResponse:
    context = {"form": form, "inspection": inspection}
    return TemplateResponse(request, "hazards/inspections/form.html", context)


def _both(
    request: ActingRequest, form: VisitForm, public_id: uuid.UUID, *, reason: str
) -> HttpResponse:
    """Show what was typed beside what somebody else stored meanwhile."""
    stored = _get(request.acting, public_id)
    history = timeline_of(stored, seen_by=request.acting)
    form.continue_from(stored.revision)
    context = {
        "form": form,
        "inspection": stored,
        "reason": reason,
        "differences": form.differences(stored),
        "last_save": history[-1] if history else None,
    }
    return TemplateResponse(
        request, "hazards/inspections/form.html", context, status=409
    )
