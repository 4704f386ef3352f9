"""Comparing a finding with the enterprise's record, and the second word on it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.findings import AnswerForm, MatchForm, SecondForm
from hazards.models import ABSENT, Finding
from hazards.permissions.findings import may_match, may_second
from hazards.queries.candidates import Candidate, Candidates, candidates
from hazards.queries.finding_pages import matches_of, opened
from hazards.services import matching
from hazards.views.findings import get_finding


@acting_required
def match(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Compare, candidate by candidate, side by side."""
    finding = get_finding(request, public_id)
    may_match(request.acting, finding).require()
    laid_out = candidates(finding)
    shown = _shown(request, laid_out)
    if request.method != "POST" or "more" in request.POST:
        form = MatchForm(initial={**request.POST.dict(), "seen": laid_out.seen})
        answers = [_unanswered(request, each) for each in shown]
        return _match_page(request, laid_out, form, answers)
    form = MatchForm(request.POST)
    answers = [AnswerForm(request.POST, candidate=each) for each in shown]
    # Each is looked at, so that each says what it lacks.
    if all([form.is_valid(), *(each.is_valid() for each in answers)]):
        try:
            made = matching.match(
                finding_id=finding.pk,
                answers=[each.answer() for each in answers],
                note=form.cleaned_data["note"],
                seen=form.cleaned_data["seen"],
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("On record. It counts once a second person agrees.")
                if made.verdict in ABSENT
                else _("On record."),
            )
            return redirect("finding", finding.public_id)
    # What is shown now is what has been seen when it is sent again.
    form.data = {**request.POST.dict(), "seen": laid_out.seen}
    return _match_page(request, laid_out, form, answers, status=422)


@acting_required
def second(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say the second word on "nothing on record is this hazard"."""
    finding = get_finding(request, public_id)
    rounds = matches_of(finding)
    if not rounds:
        raise NotPermittedError(
            _("The officers have not compared this finding with the record yet.")
        )
    may_second(request.acting, rounds[-1]).require()
    form = SecondForm(request.POST or None, initial={"round": len(rounds)})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            number = min(form.cleaned_data["round"], len(rounds))
            matching.second(
                match_id=rounds[number - 1].pk,
                agrees=form.does_agree,
                note=form.cleaned_data["note"],
                by=request.acting,
                at=timezone.now(),
            )
            messages.success(request, _("Your word is on record."))
            return redirect("finding", finding.public_id)
        status = 422
    return TemplateResponse(
        request,
        "hazards/findings/second.html",
        {"finding": finding, "match": rounds[-1], "form": form},
        status=status,
    )


def _shown(request: ActingRequest, laid_out: Candidates) -> list[Candidate]:
    """The likest, and those of the list below that the officer chose to look at."""
    chosen = set(request.POST.getlist("also"))
    return [
        *laid_out.in_full,
        *(each for each in laid_out.rest if str(each.record.public_id) in chosen),
    ]


def _unanswered(request: ActingRequest, candidate: Candidate) -> AnswerForm:
    """A form that keeps what was typed and complains of nothing yet."""
    key = candidate.record.public_id
    typed = {
        name: request.POST.get(f"{key}-{name}", "") for name in ("verdict", "note")
    }
    return AnswerForm(candidate=candidate, initial=typed)


def _match_page(
    request: ActingRequest,
    laid_out: Candidates,
    form: MatchForm,
    answers: list[AnswerForm],
    *,
    status: int = 200,
) -> HttpResponse:
    finding: Finding = laid_out.finding
    shown = [each.candidate for each in answers]
    also = [each for each in shown if each not in laid_out.in_full]
    return TemplateResponse(
        request,
        "hazards/findings/match.html",
        {
            "finding": finding,
            "laid_out": laid_out,
            "form": form,
            "answers": answers,
            "also": also,
            "rest": [each for each in laid_out.rest if each not in also],
            "opened": opened(shown, reader=request.acting),
            "photos": [
                photo.attachment
                for photo in finding.photos.select_related("attachment").order_by(
                    "ordinal"
                )
            ],
        },
        status=status,
    )
