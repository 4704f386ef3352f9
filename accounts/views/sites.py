"""Where an enterprise works, and which bureau receives from there."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.sites import HandOverForm, SiteForm
from accounts.models import Enterprise
from accounts.permissions import RefusedError, may_add_site, may_hand_over
from accounts.services import sites
from accounts.views.access import ActingRequest, acting_required
from accounts.views.enterprises import get_enterprise


@acting_required
def add_site(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Put a site on record."""
    enterprise = get_enterprise(request, public_id)
    may_add_site(request.acting, enterprise).require()
    form = SiteForm(request.POST or None, on=request.acting.on)
    if request.method == "POST" and form.is_valid():
        try:
            sites.add_site(
                enterprise=enterprise,
                by=request.acting,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except RefusedError as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The site is on record."))
            return redirect("enterprise", enterprise.public_id)
    return _page(request, "accounts/site.html", enterprise, form)


@acting_required
def hand_over(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let another bureau receive from a day on."""
    enterprise = get_enterprise(request, public_id)
    may_hand_over(request.acting, enterprise).require()
    form = HandOverForm(request.POST or None, enterprise=enterprise)
    if request.method == "POST" and form.is_valid():
        try:
            sites.hand_over(
                enterprise=enterprise,
                by=request.acting,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except RefusedError as refused:
            form.add_error("starts_on", str(refused))
        else:
            messages.success(request, _("Recorded. The enterprise has been told."))
            # It may be out of this bureau's sight now.
            return redirect("enterprises")
    return _page(request, "accounts/hand_over.html", enterprise, form)


def _page(
    request: ActingRequest, template: str, enterprise: Enterprise, form: forms.Form
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"enterprise": enterprise, "form": form}
    return TemplateResponse(request, template, context, status=status)
