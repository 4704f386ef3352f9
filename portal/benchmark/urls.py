"""The portal's addresses, and those of the pages it is measured against."""

from django.urls import URLPattern, URLResolver, include, path

from portal import urls
from portal.benchmark import views

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

urlpatterns: list[URLPattern | URLResolver] = [
    path("benchmark/empty/", views.empty, name="benchmark-empty"),
    path("benchmark/counted/", views.counted, name="benchmark-counted"),
    path("", include("portal.urls")),
]
