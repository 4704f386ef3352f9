"""Waiving a quarter."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.waivers import WaiverForm
from hazards.models import Obligation
from hazards.services import waivers
from hazards.views.obligations import get_obligation


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def waive(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say why a quarter is not asked for, and until when."""
    row = get_obligation(request, public_id)
    permissions.may_waive(request.acting, row).require()
    if request.method != "POST":
        return _page(request, row, WaiverForm())
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    if not _is_granted(request, row, form):
        try:
            waivers.grant(
                obligation=row,
                reason=form.cleaned_data["reason"],
                expires_on=form.cleaned_data["expires_on"],
                by=request.acting,
                at=timezone.now(),
            )
        except NotPermittedError:
            raise
        except RefusedError as refused:
            form.add_error(None, str(refused))
            return _page(request, row, form, status=422)
    messages.success(request, _("Waived. The enterprise has been told."))
    return redirect("obligation", row.public_id)


def _is_granted(request: ActingRequest, row: Obligation, form: WaiverForm) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    said = form.cleaned_data
    return row.waivers.filter(
        granted_by=request.acting.membership,
        reason=said["reason"],
        expires_on=said["expires_on"],
    ).exists()


def _page(
    request: ActingRequest, row: Obligation, form: WaiverForm, *, status: int = 200
) -> HttpResponse:
    context = {"duty": row, "form": form}
    return TemplateResponse(
        request, "hazards/obligations/waive.html", context, status=status
    )
