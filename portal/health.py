"""Placeholder until the servers land."""

from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("ok")


def livez(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("ok")
