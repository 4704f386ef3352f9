"""The portal as gunicorn serves it, with the pages it is measured against beside it."""

from django.test.utils import override_settings

from portal.wsgi import application

override_settings(ROOT_URLCONF="portal.benchmark.urls").enable()

__all__ = ["application"]
