"""A major hazard's story: where it stands, what was done, what may be done now."""

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards.queries.hazard_stories import story_of
from hazards.queries.protection_pages import of_hazard
from hazards.views.acts import ACTS


@require_safe
@acting_required
def hazard(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Tell one hazard from found to closed, and who must do what next."""
    at = timezone.now()
    story = story_of(public_id, reader=request.acting, at=at)
    if story is None:
        raise Http404
    titles = {kind: page.title for kind, page in ACTS.items() if story.may[kind]}
    context = {"story": story, "hazard": story.hazard, "titles": titles, "at": at}
    if request.acting.enterprise is not None:
        context["line"] = of_hazard(story.hazard, at=at)
    return TemplateResponse(request, "hazards/stories/hazard.html", context)
