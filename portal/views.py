"""The front door and the pages that say no."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


def front(request: HttpRequest) -> HttpResponse:
    """Send people to their desk, strangers to a page that says what this is."""
    if request.user.is_authenticated:
        return redirect("desk")
    return TemplateResponse(request, "front.html")


@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """The script that opens kept pages without a network; it serves all pages."""
    source = settings.BASE_DIR / "static" / "offline-worker.js"
    response = HttpResponse(source.read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


def refusal(
    request: HttpRequest, *, status: int, reason: str, title: str = ""
) -> HttpResponse:
    """
    Answer with a page that says in one sentence what is wrong and what to do. Its
    title follows from the status unless given.
    """
    context = {"reason": reason, "status": status, "title": title}
    response = TemplateResponse(request, "refusal.html", context, status=status)
    return response.render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return refusal(
        request,
        status=400,
        reason=_("The request could not be read. Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason, which is written for the reader."""
    reason = str(exception) or _("You may not do this under your present role.")
    return refusal(request, status=403, reason=reason)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and what is out of sight."""
    return refusal(
        request,
        status=404,
        reason=_(
            "There is nothing here for you to see. Check the address, or switch to "
            "another of your roles at the top of the page."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without a trace."""
    return refusal(
        request,
        status=500,
        reason=_(
            "Something failed on our side and nothing was saved. Try again; if it "
            "fails again, tell the operator when it happened."
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from our own page."""
    return refusal(
        request,
        status=403,
        title=_("This form has expired"),
        reason=_(
            "This form has expired or did not come from this portal. Go back, reload "
            "the page and send it again."
        ),
    )
