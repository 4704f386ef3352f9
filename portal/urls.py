"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from portal import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("language/", set_language, name="set_language"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("accounts.urls")),
    path("", include("hazards.urls")),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
