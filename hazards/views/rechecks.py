"""Where a bureau looks again: hazards whose rectification period has passed."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import NotPermittedError
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.rechecks import RecheckFilterForm
from hazards.permissions.spot_checks import may_plan
from hazards.queries.owed import bureaus_below
from hazards.queries.recheck_candidates import Tab, recheck_page
from hazards.rules.provisions import provision


@require_safe
@acting_required
def candidates(request: ActingRequest) -> HttpResponse:
    """List them by deadline, each with the way to plan its re-check."""
    bureau, on = request.acting.bureau, request.acting.on
    if bureau is None:
        raise NotPermittedError(
            _("The list of re-checks is a bureau's; switch to a bureau role.")
        )
    said = request.GET.get("tab", "")
    tab = Tab(said) if said in set(Tab) else Tab.OPEN
    bureaus = bureaus_below(bureau)
    form = RecheckFilterForm(request.GET, on=on, bureaus=bureaus)
    page = recheck_page(
        bureaus, wanted=form.wanted(tab), on=on, after=request.GET.get("after", "")
    )
    return TemplateResponse(
        request,
        "hazards/rechecks/list.html",
        {
            "page": page,
            "form": form,
            "tab": tab.value,
            "bureau": bureau,
            "bureaus": bureaus,
            "may_plan": may_plan(request.acting).allowed,
            "item": provision("circular-2025-11/item-12"),
        },
    )
