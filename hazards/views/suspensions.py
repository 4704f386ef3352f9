"""Stops of a whole enterprise: declared, looked at, ended, answered."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.suspensions import AnswerForm, EndForm, ResumeForm, StopForm
from hazards.models import Attachment, Suspension
from hazards.queries.suspensions import suspension_page
from hazards.queries.timelines import timeline_of
from hazards.services import suspensions
from hazards.views import kept_files


@require_safe
@acting_required
def listing(request: ActingRequest) -> HttpResponse:
    """The enterprise's stops; for a bureau those that wait, or the answered ones."""
    acting = request.acting
    if acting.enterprise is None and acting.bureau is None:
        raise NotPermittedError(_("Only enterprises and bureaus see stops."))
    answered = acting.bureau is not None and request.GET.get("answered") == "1"
    after = request.GET.get("after", "")
    context = {
        "answered": answered,
        "page": suspension_page(acting, answered=answered, after=after),
        "may_declare": permissions.may_declare_suspension(acting),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "hazards/suspensions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def declare(request: ActingRequest) -> HttpResponse:
    """Say since when the whole enterprise stands still, and show it."""
    permissions.may_declare_suspension(request.acting).require()
    enterprise = request.acting.enterprise
    assert enterprise is not None  # noqa: S101 (editors are of an enterprise)
    if request.method != "POST":
        return _form_page(request, StopForm())
    form = StopForm(request.POST, request.FILES)
    evidence = None
    try:
        # Before anything else is refused: a file cannot be sent back to its page.
        valid = form.is_valid()
        if valid or form.cleaned_data.get("evidence"):
            evidence = _evidence(request, enterprise, form)
        if not valid or evidence is None:
            return _form_page(request, form, kept=evidence, status=422)
        stop = form.stop(evidence)
        row = _declared_before(request, stop) or suspensions.declare(
            stop=stop, by=request.acting, at=timezone.now()
        )
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error("evidence" if evidence is None else None, str(refused))
        return _form_page(request, form, kept=evidence, status=422)
    messages.success(request, _("Declared. Your bureau and the principal are told."))
    return redirect("suspension", row.public_id)


@require_safe
@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """One stop: its days, its evidence, its answer, what may be done now."""
    return _page(request, _get(request, public_id))


@require_POST
@acting_required
def resume(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say that the enterprise works again."""
    stop = _get(request, public_id)
    form = ResumeForm(request.POST)
    valid = form.is_valid()
    # A second press of the button finds the work done, not a refusal.
    if not (valid and stop.to_on and stop.to_on == form.cleaned_data["to_on"]):
        permissions.may_resume(request.acting, stop).require()
        if not valid:
            return _page(request, stop, resume_form=form, status=422)
        try:
            suspensions.resume(
                suspension_id=stop.pk,
                to_on=form.cleaned_data["to_on"],
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            form.add_error("to_on", str(refused))
            return _page(request, stop, resume_form=form, status=422)
    messages.success(request, _("On record. Your bureau has been told."))
    return redirect("suspension", stop.public_id)


@require_POST
@acting_required
def correct_end(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Correct the last day of a stop that is over."""
    stop = _get(request, public_id)
    permissions.may_correct_end(request.acting, stop).require()
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, stop, end_form=form, status=422)
    # A second press of the button finds the work done, not a refusal.
    if stop.to_on != form.cleaned_data["to_on"] or stop.end_corrected_at is None:
        try:
            suspensions.correct_end(
                suspension_id=stop.pk,
                to_on=form.cleaned_data["to_on"],
                reason=form.cleaned_data["reason"],
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            form.add_error("to_on", str(refused))
            return _page(request, stop, end_form=form, status=422)
    messages.success(request, _("Corrected. The other side has been told."))
    return redirect("suspension", stop.public_id)


@require_POST
@acting_required
def answer(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Confirm or refuse a stop."""
    stop = _get(request, public_id)
    form = AnswerForm(request.POST)
    valid = form.is_valid()
    if not (valid and _is_answered_so(request, stop, form)):
        permissions.may_answer_suspension(request.acting, stop).require()
        if not valid:
            return _page(request, stop, answer_form=form, status=422)
        suspensions.answer(
            suspension_id=stop.pk,
            confirmed=form.confirmed(),
            reason=form.cleaned_data["reason"],
            by=request.acting,
            at=timezone.now(),
        )
    messages.success(request, _("Answered. The enterprise has been told."))
    return redirect("suspensions")


def _evidence(
    request: ActingRequest, enterprise: Enterprise, form: StopForm
) -> Attachment:
    said = form.cleaned_data
    return kept_files.take(
        request, enterprise, upload=said["evidence"], named=said.get("kept")
    )


def _declared_before(
    request: ActingRequest, stop: suspensions.Stop
) -> Suspension | None:
    """A second press of the button finds the work done, not a refusal."""
    return Suspension.objects.filter(
        declared_by=request.acting.membership,
        from_on=stop.from_on,
        evidence=stop.evidence,
        reason=stop.reason,
        answered_at__isnull=True,
    ).first()


def _is_answered_so(request: ActingRequest, stop: Suspension, form: AnswerForm) -> bool:
    """The same answer by the same person, sent twice."""
    return (
        stop.answered_by_id == request.acting.membership.pk
        and stop.confirmed == form.confirmed()
        and stop.answer == form.cleaned_data["reason"]
    )


def _form_page(
    request: ActingRequest,
    form: StopForm,
    *,
    kept: Attachment | None = None,
    status: int = 200,
) -> HttpResponse:
    enterprise = request.acting.enterprise
    assert enterprise is not None  # noqa: S101 (editors are of an enterprise)
    if kept is None and form.is_bound:
        kept = kept_files.kept_before(request, enterprise)
    return TemplateResponse(
        request,
        "hazards/suspensions/declare.html",
        {"form": form, "kept": kept},
        status=status,
    )


def _page(
    request: ActingRequest,
    stop: Suspension,
    *,
    resume_form: ResumeForm | None = None,
    end_form: EndForm | None = None,
    answer_form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    acting = request.acting
    return TemplateResponse(
        request,
        "hazards/suspensions/detail.html",
        {
            "stop": stop,
            "events": timeline_of(stop, seen_by=acting),
            "may_resume": permissions.may_resume(acting, stop),
            "may_correct_end": permissions.may_correct_end(acting, stop),
            "may_answer": permissions.may_answer_suspension(acting, stop),
            "resume_form": resume_form or ResumeForm(),
            "end_form": end_form or EndForm(),
            "answer_form": answer_form or AnswerForm(),
        },
        status=status,
    )


def _get(request: ActingRequest, public_id: uuid.UUID) -> Suspension:
    visible = Suspension.objects.visible_to(request.acting)
    related = visible.select_related(
        "enterprise", "evidence", "declared_by__user", "answered_by__user"
    )
    return get_object_or_404(related, public_id=public_id)
