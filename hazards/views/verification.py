"""The public page that says whether a copy of record is genuine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from hazards.queries.public_verification import public_answer, tidy


@never_cache
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a code; with one, go to what is known of it."""
    code = tidy(request.GET.get("code", ""))
    if code:
        return redirect("verify-code", code.replace("/", "-"))
    return _page(request, {"code": ""})


@never_cache
@require_GET
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a copy of this code is genuine, to anybody, and little more."""
    answer = public_answer(code)
    return _page(
        request, {"code": tidy(code), "answer": answer}, status=200 if answer else 404
    )


def _page(
    request: HttpRequest, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    response = TemplateResponse(
        request, "hazards/copies/verify.html", context, status=status
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
