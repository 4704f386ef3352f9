"""Acts about a major hazard: one page for each kind, from one table."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.permissions import Decision, NotPermittedError, RefusedError
from accounts.services import credentials
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.acts import ActForm
from hazards.models import Attachment, HazardAct, HazardActKind, MajorHazard, Moment
from hazards.permissions.lives import may_act
from hazards.services import attachments
from hazards.services.lives import Evidence
from hazards.services.uploads import shown_name
from hazards.views.act_pages import ActPage
from hazards.views.enterprise_acts import ENTERPRISE_ACTS
from hazards.views.office_acts import OFFICE_ACTS
from hazards.views.offline import kept_offline
from hazards.workflow import HAZARD_TRANSITIONS

ACTS: Mapping[HazardActKind, ActPage] = MappingProxyType(
    {page.kind: page for page in (*ENTERPRISE_ACTS, *OFFICE_ACTS)}
)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def act(request: ActingRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
    """Show the form of one kind of act, and do it."""
    page = _page_of(kind)
    hazard = get_hazard(request, public_id)
    if request.method == "POST":
        return _post(request, page, hazard)
    may_act(request.acting, page.kind, hazard).require()
    form = page.form(hazard=hazard, acting=request.acting)
    shown = _show(request, page, hazard, form)
    return kept_offline(shown) if page.works_offline else shown


def get_hazard(request: ActingRequest, public_id: uuid.UUID) -> MajorHazard:
    """Return the hazard, or 404 where this person should not know of it."""
    visible = MajorHazard.objects.visible_to(request.acting)
    return get_object_or_404(
        visible.select_related("enterprise", "bureau"), public_id=public_id
    )


def _page_of(kind: str) -> ActPage:
    try:
        return ACTS[HazardActKind(kind)]
    except (KeyError, ValueError):
        raise Http404 from None


def _post(request: ActingRequest, page: ActPage, hazard: MajorHazard) -> HttpResponse:
    form = page.form(request.POST, request.FILES, hazard=hazard, acting=request.acting)
    valid = form.is_valid()
    if _is_done_already(page, hazard, form):
        return _done(request, page, hazard)
    decision = may_act(request.acting, page.kind, hazard)
    if not decision:
        return _too_late(request, page, hazard, form, decision)
    # Before anything else is refused: a file cannot be sent back to its page.
    evidence = _taken(request, hazard, form)
    if not valid or form.errors:
        return _show(request, page, hazard, form, kept=evidence, status=422)
    try:
        _do(request, page, hazard, form, evidence)
    except NotPermittedError as refused:
        late = Decision(allowed=False, reason=str(refused))
        return _too_late(request, page, hazard, form, late, kept=evidence)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _show(request, page, hazard, form, kept=evidence, status=422)
    return _done(request, page, hazard)


def _is_done_already(page: ActPage, hazard: MajorHazard, form: ActForm) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    key = form.cleaned_data.get("key")
    done = HazardAct.objects.filter(hazard=hazard, kind=page.kind)
    return key is not None and done.filter(key=key).exists()


def _too_late(
    request: ActingRequest,
    page: ActPage,
    hazard: MajorHazard,
    form: ActForm,
    decision: Decision,
    *,
    kept: list[Evidence] | None = None,
) -> HttpResponse:
    """
    Refuse; whoever otherwise does such acts keeps what they typed, as the hazard may
    have moved on while they typed it.
    """
    if request.acting.role not in HAZARD_TRANSITIONS[page.kind].actors:
        decision.require()
    form.add_error(None, decision.reason)
    return _show(request, page, hazard, form, kept=kept, status=403)


def _taken(
    request: ActingRequest, hazard: MajorHazard, form: ActForm
) -> list[Evidence]:
    """The files of an earlier try, then the new ones; what cannot be taken is said."""
    evidence = {row.attachment.pk: row for row in _kept_before(request, hazard, form)}
    fields = {moment: field for field, moment in form.moments.items()}
    for moment, files in form.uploads():
        for file in files:
            try:
                attachment = attachments.keep(
                    file,
                    enterprise=hazard.enterprise,
                    by=request.acting,
                    at=timezone.now(),
                )
            except RefusedError as refused:
                name = shown_name(file.name or "")
                form.add_error(fields[moment], f"{name}: {refused}")
            else:
                evidence.setdefault(attachment.pk, Evidence(attachment, moment))
    return list(evidence.values())


def _kept_before(
    request: ActingRequest, hazard: MajorHazard, form: ActForm
) -> list[Evidence]:
    named: dict[uuid.UUID, Moment] = form.kept()
    if not named:
        return []
    kept = Attachment.objects.filter(
        enterprise=hazard.enterprise, public_id__in=list(named)
    )
    if request.acting.enterprise is None:
        kept = kept.filter(uploaded_by=request.acting.membership)
    return [Evidence(row, named[row.public_id]) for row in kept.order_by("id")]


def _do(
    request: ActingRequest,
    page: ActPage,
    hazard: MajorHazard,
    form: ActForm,
    evidence: list[Evidence],
) -> None:
    now, more = timezone.now(), form.said()
    if page.is_proven:
        more["proof"] = credentials.prove(
            user=request.acting.user,
            password=form.cleaned_data["password"],
            code=form.cleaned_data["code"],
            at=now,
        )
    page.act(
        hazard_id=hazard.pk,
        doing=form.doing(evidence, at=now),
        by=request.acting,
        at=now,
        **more,
    )


def _done(request: ActingRequest, page: ActPage, hazard: MajorHazard) -> HttpResponse:
    messages.success(request, page.done)
    return redirect("hazard", hazard.public_id)


def _show(
    request: ActingRequest,
    page: ActPage,
    hazard: MajorHazard,
    form: ActForm,
    *,
    kept: list[Evidence] | None = None,
    status: int = 200,
) -> HttpResponse:
    return TemplateResponse(
        request,
        page.template,
        {
            "page": page,
            "hazard": hazard,
            "form": form,
            "kept": kept or [],
            "has_factor": credentials.has_factor(user=request.acting.user),
            **page.facts(request, hazard),
        },
        status=status,
    )
