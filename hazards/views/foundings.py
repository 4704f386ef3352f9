"""Correcting the day an enterprise was founded."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Enterprise
from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from accounts.views.enterprises import get_enterprise
from hazards import permissions
from hazards.forms.foundings import FoundingForm
from hazards.services import foundings


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def correct(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say the right day and how it is known."""
    enterprise = get_enterprise(request, public_id)
    permissions.may_correct_founding(request.acting, enterprise).require()
    if request.method != "POST":
        initial = {"established_on": enterprise.established_on}
        return _page(request, enterprise, FoundingForm(initial=initial))
    form = FoundingForm(request.POST)
    if not form.is_valid():
        return _page(request, enterprise, form, status=422)
    try:
        foundings.correct(
            enterprise=enterprise,
            established_on=form.cleaned_data["established_on"],
            reason=form.cleaned_data["reason"],
            by=request.acting,
            at=timezone.now(),
        )
    except NotPermittedError:
        raise
    except RefusedError as refused:
        form.add_error("established_on", str(refused))
        return _page(request, enterprise, form, status=422)
    messages.success(request, _("Corrected. The enterprise has been told."))
    return redirect("enterprise", enterprise.public_id)


def _page(
    request: ActingRequest,
    enterprise: Enterprise,
    form: FoundingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"enterprise": enterprise, "form": form}
    return TemplateResponse(
        request, "hazards/obligations/founding.html", context, status=status
    )
