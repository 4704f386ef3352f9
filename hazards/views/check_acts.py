"""Acts about a spot check: one page for each, from one table."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.check_acts import CheckActForm, OpinionForm
from hazards.models import Attachment, SpotCheck
from hazards.permissions.spot_checks import may_check
from hazards.views import kept_files
from hazards.views.check_act_pages import CHECK_ACTS, CheckActPage
from hazards.views.spot_checks import get_check
from hazards.workflow import CheckAction


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def act(request: ActingRequest, public_id: uuid.UUID, action: str) -> HttpResponse:
    """Show the form of one act about a check, and do it."""
    page = _page_of(action)
    check = get_check(request, public_id)
    if request.method == "POST":
        return _post(request, page, check)
    may_check(request.acting, page.action, check).require()
    form = page.form(check=check, acting=request.acting)
    return _show(request, page, check, form)


def _page_of(action: str) -> CheckActPage:
    try:
        return CHECK_ACTS[CheckAction(action)]
    except ValueError:
        raise Http404 from None


def _post(request: ActingRequest, page: CheckActPage, check: SpotCheck) -> HttpResponse:
    form = page.form(request.POST, request.FILES, check=check, acting=request.acting)
    valid = form.is_valid()
    # A second press of the button finds the work done, not a refusal.
    if page.was_done(check, request.acting, form):
        return _done(request, page, check)
    may_check(request.acting, page.action, check).require()
    kept = None
    try:
        # Before anything else is refused: a file cannot be sent back to its page.
        said = form.said() if valid else {}
        if isinstance(form, OpinionForm):
            kept = _taken(request, check, form)
            said = {"opinion": kept, "signed_by": form.cleaned_data.get("signed_by")}
        if not valid:
            return _show(request, page, check, form, kept=kept, status=422)
        _do(request, page, check, said)
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _show(request, page, check, form, kept=kept, status=422)
    return _done(request, page, check)


def _taken(
    request: ActingRequest, check: SpotCheck, form: OpinionForm
) -> Attachment | None:
    """The file of this try or of an earlier one; None where there is none."""
    said = form.cleaned_data
    if not said.get("opinion") and not said.get("kept"):
        return None
    return kept_files.take(
        request, check.enterprise, upload=said.get("opinion"), named=form.named()
    )


def _do(
    request: ActingRequest, page: CheckActPage, check: SpotCheck, said: dict[str, Any]
) -> None:
    if page.action != CheckAction.ANSWER_CORRECTION:
        said["check_id"] = check.pk
    page.act(by=request.acting, at=timezone.now(), **said)


def _done(request: ActingRequest, page: CheckActPage, check: SpotCheck) -> HttpResponse:
    messages.success(request, page.done)
    return redirect("check", check.public_id)


def _show(
    request: ActingRequest,
    page: CheckActPage,
    check: SpotCheck,
    form: CheckActForm,
    *,
    kept: Attachment | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"page": page, "check": check, "form": form, "kept": kept}
    return TemplateResponse(request, page.template, context, status=status)
