"""The reader's language, as the browser keeps it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Which language came with a person who signed in and was not chosen in this browser.
BROUGHT = "language_brought"


def chosen_in(request: HttpRequest) -> bool:
    """Whether somebody chose a language in this browser, by the switch on the page."""
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    known = dict(settings.LANGUAGES)
    return kept in known and kept != request.COOKIES.get(BROUGHT)


def bring(response: HttpResponse, *, language: str) -> None:
    """Speak a person's stored language, until another is chosen in this browser."""
    speak(response, language=language)
    _keep(response, BROUGHT, language)


def speak(response: HttpResponse, *, language: str) -> None:
    """Set the language cookie."""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)


def _keep(response: HttpResponse, name: str, language: str) -> None:
    response.set_cookie(
        name,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
