"""The case of a finding: proposed, decided, objected to, answered; as documents."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.permissions import NotPermittedError, RefusedError
from accounts.services import credentials
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.cases import AnswerForm, DecisionForm, ObjectionForm
from hazards.models import Attachment, Finding, Objection
from hazards.permissions.cases import (
    may_answer_objection,
    may_decide,
    may_determine,
    may_object,
)
from hazards.queries.case_pages import (
    CasePage,
    RespondentCase,
    articles_of,
    case_page,
    visible_determinations,
    visible_objections,
)
from hazards.services import (
    attachments,
    case_documents,
    decisions,
    determinations,
    objections,
)
from hazards.services.uploads import shown_name
from hazards.templatetags.cases import article
from hazards.views.findings import get_finding


@require_POST
@acting_required
def determine(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let the rulebook propose."""
    finding = get_finding(request, public_id)
    may_determine(request.acting, finding).require()
    made = determinations.determine(
        finding_id=finding.pk, by=request.acting, at=timezone.now()
    )
    messages.success(
        request,
        _("Determination %(number)s is made. It proposes; an officer decides.")
        % {"number": made.number},
    )
    return redirect("finding", finding.public_id)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def decide(
    request: ActingRequest, public_id: uuid.UUID, respondent: str
) -> HttpResponse:
    """Decide for one respondent."""
    finding = get_finding(request, public_id)
    may_decide(request.acting, finding).require()
    page = case_page(finding, reader=request.acting)
    case = _respondent(page, respondent)
    form = _decision_form(request, page, case)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, page, form)
        except NotPermittedError:
            raise
        except RefusedError as refused:
            proof = (credentials.WrongCredentialError, credentials.TooSoonError)
            where = "password" if isinstance(refused, proof) else None
            form.add_error(where, str(refused))
        else:
            messages.success(request, _("Decided. The enterprise has been told."))
            return redirect("finding", finding.public_id)
    return TemplateResponse(
        request,
        "hazards/cases/decide.html",
        {
            "finding": finding,
            "page": page,
            "case": case,
            "form": form,
            "has_factor": credentials.has_factor(user=request.acting.user),
        },
        status=422 if form.errors else 200,
    )


def _respondent(page: CasePage, name: str) -> RespondentCase:
    for case in page.respondents:
        if case.respondent == name:
            return case
    raise Http404


def _decision_form(
    request: ActingRequest, page: CasePage, case: RespondentCase
) -> DecisionForm:
    decisive = page.decisive or {}
    articles = articles_of(page.kept, case.respondent)
    return DecisionForm(
        request.POST if request.method == "POST" else None,
        initial={
            "outcome": case.outcome,
            "provisions": [
                key for key in decisive.get("provisions", ()) if key in articles
            ],
        },
        respondent=case.respondent,
        articles=[(key, article(key)) for key in articles],
        is_warned=bool(page.warnings and page.warnings.decided_before),
    )


def _decide(request: ActingRequest, page: CasePage, form: DecisionForm) -> None:
    assert page.determination is not None  # noqa: S101 (it has a respondent)
    now = timezone.now()
    decisions.decide(
        determination_id=page.determination.pk,
        said=form.said(),
        proof=credentials.prove(
            user=request.acting.user,
            password=form.cleaned_data["password"],
            code=form.cleaned_data["code"],
            at=now,
        ),
        by=request.acting,
        at=now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def state_objection(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """State something against a finding, for the enterprise."""
    finding = get_finding(request, public_id)
    may_object(request.acting, finding).require()
    if request.method != "POST":
        return _objection_page(request, finding, ObjectionForm())
    form = ObjectionForm(request.POST, request.FILES)
    valid = form.is_valid()
    # Before anything else is refused: a file cannot be sent back to its page.
    files = _taken(request, finding, form)
    fits = form.take(len(files), on=request.acting.on)
    if not (valid and fits) or form.errors:
        return _objection_page(request, finding, form, files=files, status=422)
    try:
        objections.state(
            finding_id=finding.pk,
            key=form.cleaned_data["key"],
            text=form.cleaned_data["text"],
            files=files,
            by=request.acting,
            at=timezone.now(),
        )
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _objection_page(request, finding, form, files=files, status=422)
    messages.success(request, _("On record. The bureau has been told."))
    return redirect("finding", finding.public_id)


def _taken(
    request: ActingRequest, finding: Finding, form: ObjectionForm
) -> list[Attachment]:
    """The files of an earlier try, then the new ones; what cannot be taken is said."""
    keys = [key for key in request.POST.getlist("kept") if _is_key(key)]
    own = Attachment.objects.filter(
        enterprise=finding.enterprise_id, public_id__in=keys
    )
    files = {row.pk: row for row in own.order_by("id")}
    for upload in form.cleaned_data.get("documents") or []:
        try:
            kept = attachments.keep(
                upload,
                enterprise=finding.enterprise,
                by=request.acting,
                at=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error("documents", f"{shown_name(upload.name or '')}: {refused}")
        else:
            files.setdefault(kept.pk, kept)
    return list(files.values())


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _objection_page(
    request: ActingRequest,
    finding: Finding,
    form: ObjectionForm,
    *,
    files: list[Attachment] | None = None,
    status: int = 200,
) -> HttpResponse:
    return TemplateResponse(
        request,
        "hazards/cases/object.html",
        {"finding": finding, "form": form, "kept": files or []},
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def answer_objection(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Answer what an enterprise stated."""
    objection = get_object_or_404(
        visible_objections(request.acting), public_id=public_id
    )
    finding = objection.finding
    may_answer_objection(request.acting, finding).require()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not _is_answered_so(objection, form.cleaned_data["text"]):
            objections.answer(
                objection_id=objection.pk,
                text=form.cleaned_data["text"],
                by=request.acting,
                at=timezone.now(),
            )
        messages.success(request, _("Answered. The enterprise has been told."))
        return redirect("finding", finding.public_id)
    return TemplateResponse(
        request,
        "hazards/cases/answer.html",
        {"finding": finding, "objection": objection, "form": form},
        status=422 if form.errors else 200,
    )


def _is_answered_so(objection: Objection, text: str) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    answer = getattr(objection, "answer", None)
    return answer is not None and answer.text == text.strip()


@never_cache
@require_safe
@acting_required
def determination_pdf(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """A determination with all its reasons, as it was kept, in Chinese."""
    made = get_object_or_404(
        visible_determinations(request.acting), public_id=public_id
    )
    return _pdf(case_documents.determination_pdf(made), name=made.number)


@never_cache
@require_safe
@acting_required
def opinion_pdf(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """What a check tells the enterprise to put right, all at once, to be signed."""
    finding = get_finding(request, public_id)
    check = finding.spot_check
    return _pdf(case_documents.opinion_pdf(check), name=check.number)


def _pdf(content: bytes, *, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
