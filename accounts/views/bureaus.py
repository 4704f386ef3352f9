"""The operator's pages of bureaus."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.bureaus import BureauForm
from accounts.models import Bureau, BureauCoverage
from accounts.permissions import RefusedError, may_create_bureau
from accounts.services import bureaus as service
from accounts.views.access import ActingRequest, acting_required


@acting_required
def bureaus(request: ActingRequest) -> HttpResponse:
    """Show the tree of bureaus and what each covers."""
    may_create_bureau(request.acting).require()
    covered = BureauCoverage.objects.holding_on(request.acting.on).select_related(
        "jurisdiction"
    )
    rows = (
        Bureau.objects.visible_to(request.acting)
        .select_related("parent")
        .prefetch_related(Prefetch("coverages", queryset=covered))
        .order_by("path")
    )
    return TemplateResponse(request, "accounts/bureaus.html", {"bureaus": rows})


@acting_required
def bureau_create(request: ActingRequest) -> HttpResponse:
    """Make a bureau."""
    by = request.acting
    may_create_bureau(by).require()
    known = Bureau.objects.visible_to(by).order_by("path")
    form = BureauForm(request.POST or None, bureaus=known)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            service.create_bureau(
                on=values.pop("starts_on"), by=by, at=timezone.now(), **values
            )
        except RefusedError as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(
                request, _("The bureau is made. Invite its head next, under People.")
            )
            return redirect("bureaus")
    return TemplateResponse(request, "accounts/bureau_create.html", {"form": form})
