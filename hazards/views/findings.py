"""Recording what a spot check found, reading it, and judging it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.findings import CAMERA, AssessmentForm, FindingForm
from hazards.models import Attachment, Finding, SpotCheck
from hazards.permissions.findings import may_assess, may_record_finding
from hazards.queries.finding_pages import (
    finding_page,
    finding_story,
    visible_findings,
)
from hazards.queries.hazard_pages import sites_of
from hazards.queries.standards import found_clauses
from hazards.rules import catalogue
from hazards.services import attachments, findings
from hazards.services.uploads import shown_name
from hazards.views.clause_options import clause_groups


@require_safe
@acting_required
def listing(request: ActingRequest) -> HttpResponse:
    """Findings of the bureau's spot checks, or of the own enterprise."""
    acting = request.acting
    if acting.enterprise is None and acting.bureau is None:
        raise NotPermittedError(
            _("The enterprise and its bureau see findings; switch to that role.")
        )
    page = finding_page(acting, after=request.GET.get("after", ""))
    return TemplateResponse(request, "hazards/findings/list.html", {"page": page})


@acting_required
def new(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Record a finding of a spot check under way, on a phone."""
    visible = SpotCheck.objects.visible_to(request.acting)
    check = get_object_or_404(
        visible.select_related("enterprise", "bureau", "site"), public_id=public_id
    )
    may_record_finding(request.acting, check).require()
    if request.method != "POST":
        return _new_page(request, check, _form(request, check, initial=_start(check)))
    photos, refusals = _photos(request, check)
    if "find" in request.POST:
        form = _form(request, check, initial=request.POST.dict())
        return _new_page(request, check, form, photos=photos, refusals=refusals)
    form = _form(request, check)
    if form.is_valid() and not refusals:
        try:
            finding = findings.record(
                spot_check_id=check.pk,
                found=form.found(),
                photos=[photo.pk for photo in photos],
                key=form.form_key,
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Recorded. The enterprise has been told."))
            return redirect("finding", finding.public_id)
    return _new_page(request, check, form, photos=photos, refusals=refusals, status=422)


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """A finding: what, under which clause, what was ordered, what became of it."""
    finding = get_finding(request, public_id)
    return TemplateResponse(
        request,
        "hazards/findings/finding.html",
        {
            "finding": finding,
            "story": finding_story(finding, reader=request.acting),
            "clause": catalogue.CLAUSES.get(finding.clause),
        },
    )


@acting_required
def assess(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say what only an officer on site can judge."""
    finding = get_finding(request, public_id)
    may_assess(request.acting, finding).require()
    form = AssessmentForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            findings.assess(
                finding_id=finding.pk,
                assessment=form.said(),
                by=request.acting,
                at=timezone.now(),
            )
            messages.success(
                request, _("Your judgement is on record; the latest counts.")
            )
            return redirect("finding", finding.public_id)
        status = 422
    return TemplateResponse(
        request,
        "hazards/findings/assess.html",
        {"finding": finding, "form": form},
        status=status,
    )


def get_finding(request: ActingRequest, public_id: uuid.UUID) -> Finding:
    """The finding, or 404 for whom it is out of sight."""
    return get_object_or_404(visible_findings(request.acting), public_id=public_id)


def _start(check: SpotCheck) -> dict[str, object]:
    """What the form starts with."""
    sites = sites_of(check.enterprise)
    site = check.site or (sites[0] if len(sites) == 1 else None)
    return {
        "key": uuid.uuid4(),
        "grade": "major",
        "site": str(site.public_id) if site else "",
    }


def _form(
    request: ActingRequest,
    check: SpotCheck,
    *,
    initial: dict[str, object] | dict[str, str] | None = None,
) -> FindingForm:
    """The form with the clauses in force, narrowed by what was searched for."""
    said = request.POST if initial is None else initial
    words, chosen = str(said.get("words", "")), str(said.get("clause", ""))
    applying = _("Applies to this enterprise")
    on, enterprise = request.acting.on, check.enterprise
    everything = found_clauses("", enterprise=enterprise, on=on)
    narrowed = found_clauses(words, enterprise=enterprise, on=on) if words else None
    return FindingForm(
        request.POST if initial is None else None,
        initial=initial,
        sites=sites_of(enterprise),
        clauses=clause_groups(everything, applying=applying),
        shown=clause_groups(narrowed, keep={chosen}, applying=applying)
        if narrowed
        else None,
    )


def _photos(
    request: ActingRequest, check: SpotCheck
) -> tuple[list[Attachment], list[str]]:
    """Photos kept before and those that came now; of each that was refused, why."""
    kept = [name for name in request.POST.getlist("kept") if _is_key(name)]
    photos = list(
        Attachment.objects.filter(enterprise=check.enterprise, public_id__in=kept)
    )
    refusals = []
    for file in request.FILES.getlist("photos"):
        try:
            photos.append(
                attachments.keep(
                    file,
                    enterprise=check.enterprise,
                    by=request.acting,
                    at=timezone.now(),
                )
            )
        except RefusedError as refused:
            refusals.append(f"{shown_name(file.name or '')}: {refused}")
    return photos, refusals


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _new_page(
    request: ActingRequest,
    check: SpotCheck,
    form: FindingForm,
    *,
    photos: list[Attachment] | None = None,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = catalogue.CLAUSES.get(str(form["clause"].value() or ""))
    return TemplateResponse(
        request,
        "hazards/findings/new.html",
        {
            "check": check,
            "form": form,
            "photos": photos or [],
            "refusals": refusals or [],
            "camera": CAMERA,
            "clause_text": chosen.zh if chosen else "",
        },
        status=status,
    )
