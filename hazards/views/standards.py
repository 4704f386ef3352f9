"""The standards by which a hazard is judged major, for everybody to look up."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards.queries.standards import applies_to, found_clauses
from hazards.rules import catalogue
from hazards.rules.provisions import provision

QUERY_LIMIT = 100


@require_safe
@acting_required
def index(request: ActingRequest) -> HttpResponse:
    """All clauses in force, or those found; first what applies to one's enterprise."""
    query = request.GET.get("q", "").strip()[:QUERY_LIMIT]
    enterprise = request.acting.enterprise
    found = found_clauses(query, enterprise=enterprise, on=request.acting.on)
    context = {"query": query, "enterprise": enterprise, "found": found}
    return TemplateResponse(request, "hazards/standards/index.html", context)


@require_safe
@acting_required
def clause(request: ActingRequest, slug: str) -> HttpResponse:
    """One clause: the criterion, what follows in law, the usual remedy."""
    try:
        shown = catalogue.by_slug(slug)
    except ValueError as error:
        raise Http404 from error
    enterprise, on = request.acting.enterprise, request.acting.on
    context = {
        "clause": shown,
        "in_force": shown.in_force_on(on),
        "applies": enterprise and shown.applies(applies_to(enterprise, on=on)),
        "offences": [provision(key) for key in shown.offences],
        "consequences": [
            provision(key) for key in shown.consequences if key not in shown.offences
        ],
    }
    return TemplateResponse(request, "hazards/standards/clause.html", context)
