"""The addresses that services name in notices, for tests that need no pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _page(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path(f"{name}/<uuid:public_id>/", _page, name=name)
    for name in ("inspection", "report", "report-sign")
]
