"""The first page after signing in, by role."""

import datetime as dt

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import Bureau
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.queries.check_lists import checks_that_wait
from hazards.queries.desks import enterprise_desk
from hazards.queries.held_hazards import held_figures
from hazards.queries.owed import bureaus_below, figures, owed_page
from hazards.queries.protection_pages import SHOWN_ON_DESK, of_enterprise
from hazards.queries.queue import queue_page

OLDEST_SHOWN = 5


@acting_required
def desk(request: ActingRequest) -> HttpResponse:
    """Say what is next, for the membership under which the person acts."""
    acting = request.acting
    if acting.enterprise is not None:
        at = timezone.now()
        return TemplateResponse(
            request,
            "hazards/desk/enterprise.html",
            {
                "desk": enterprise_desk(acting, at=at),
                "may_start": permissions.may_start_report(acting),
                "page": of_enterprise(
                    acting.enterprise, reader=acting, at=at, limit=SHOWN_ON_DESK
                ),
            },
        )
    if acting.bureau is not None:
        context = _bureaus(acting.bureau, on=acting.on)
        context["checks"] = checks_that_wait(acting)
        return TemplateResponse(request, "hazards/desk/bureau.html", context)
    return TemplateResponse(request, "hazards/desk/operator.html")


def _bureaus(bureau: Bureau, *, on: dt.date) -> dict[str, object]:
    """What waits for the bureau's answer, who owes what, and the hazards it holds."""
    at, bureaus = timezone.now(), bureaus_below(bureau)
    return {
        "page": queue_page(bureau),
        "bureaus": bureaus,
        "owed": owed_page(bureaus, at=at).lines[:OLDEST_SHOWN],
        "figures": figures(bureaus, at=at),
        "hazards": held_figures(bureaus, on=on),
    }
