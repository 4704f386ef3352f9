"""The Celery application of worker and beat."""

import datetime as dt
import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal", "hazards"])


def moment_of_sending() -> str:
    """Return beat's own clock (UTC, ISO 8601), read as it sends a job."""
    return dt.datetime.now(dt.UTC).isoformat()
