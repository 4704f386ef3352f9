"""Composition, no domain: settings, environment, jobs, addresses, servers."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
