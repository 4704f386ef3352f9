"""The enterprise's page of the clauses that it answers in its report."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import EDITOR_ROLES
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.checklists import ChecklistForm
from hazards.models import Answer, ReportVersion
from hazards.queries.checklists import clauses_to_answer, described_hazards
from hazards.queries.comments import open_comments
from hazards.rules.catalogue import Clause
from hazards.services.checklists import Given, save_answers
from hazards.services.versions import StaleSaveError
from hazards.views.autosave import first_error, not_saved, saved, saves_itself
from hazards.views.reports import get_report, has_moved_on


@dataclass(frozen=True)
class Difference:
    """A clause that somebody else answered otherwise meanwhile."""

    clause: Clause
    theirs: Given
    typed: Given


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def edit(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Answer the clauses; one page, saved by itself where JavaScript runs."""
    report = get_report(request, public_id)
    decision = permissions.may_edit(request.acting, report)
    if (
        not decision
        and request.method != "POST"
        and has_moved_on(request, report, EDITOR_ROLES)
    ):
        return redirect("report", report.public_id)
    decision.require()
    version = report.versions.get(sealed_at__isnull=True)
    version.report = report
    clauses = clauses_to_answer(version, on=request.acting.on)
    described = described_hazards(version)
    if request.method != "POST":
        initial = ChecklistForm.initial_of(version, clauses)
        form = ChecklistForm(initial=initial, clauses=clauses, described=described)
        return _page(request, version, form)
    form = ChecklistForm(request.POST, clauses=clauses, described=described)
    if not form.is_valid():
        if saves_itself(request):
            return not_saved(first_error(form), status=422)
        return _page(request, version, form, status=422)
    return _save(request, version, form)


def _save(
    request: ActingRequest, version: ReportVersion, form: ChecklistForm
) -> HttpResponse:
    """Store what was chosen, then go where the pressed button says."""
    report, now = version.report, timezone.now()
    rest = Answer.FINE if "rest" in request.POST else Answer.NOT_CHECKED
    answers = form.answers(rest=rest)
    try:
        version = save_answers(
            report_id=report.pk,
            made_from=form.cleaned_data["revision"],
            answers=answers,
            by=request.acting,
            at=now,
        )
    except StaleSaveError as error:
        if saves_itself(request):
            return not_saved(str(error), status=409)
        version.refresh_from_db(fields=["checklist_revision"])
        return _page(request, version, form, stale=error, status=409)
    if saves_itself(request):
        return saved(version.checklist_revision, at=now)
    if (code := request.POST.get("describe", "")) in answers:
        query = urlencode({"clause": code})
        return redirect(
            f"{reverse('report-hazard-new', args=[report.public_id])}?{query}"
        )
    messages.success(request, _("Saved. Nobody but your enterprise sees a draft."))
    return redirect("report-checklist", report.public_id)


def _page(
    request: ActingRequest,
    version: ReportVersion,
    form: ChecklistForm,
    *,
    stale: StaleSaveError | None = None,
    status: int = 200,
) -> HttpResponse:
    differences = []
    if stale is not None:
        differences = _differences(version, form)
        # What was chosen stays chosen; saving again starts from what stands.
        typed = request.POST.copy()
        typed["revision"] = str(version.checklist_revision)
        form.data = typed
    articles = form.articles()
    return TemplateResponse(
        request,
        "hazards/reports/checklist.html",
        {
            "report": version.report,
            "form": form,
            "comments": open_comments(version.report),
            "articles": articles,
            "answered": sum(part.answered for part in articles),
            "unfinished": next(
                (part for part in articles if part.answered < len(part.rows)), None
            ),
            "stale": stale,
            "differences": differences,
        },
        status=status,
    )


def _differences(version: ReportVersion, form: ChecklistForm) -> list[Difference]:
    """What stands by now and is not what was chosen."""
    stands = {
        row.clause: Given(Answer(row.answer), row.reason)
        for row in version.checklist.all()
    }
    typed = form.answers()
    compared = (
        Difference(
            clause,
            theirs=stands.get(clause.code, Given(Answer.NOT_CHECKED)),
            typed=typed[clause.code],
        )
        for clause in form.clauses
    )
    return [each for each in compared if each.theirs != each.typed]
