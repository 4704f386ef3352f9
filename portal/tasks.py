"""The portal's own job: the sign of life that /healthz reads."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from portal.models import Heartbeat


@shared_task
def heartbeat(sent_at: str) -> None:
    """Write down when beat sent this and when a worker got it.

    :param sent_at: ISO 8601 with offset
    """
    Heartbeat.objects.record(
        sent_at=dt.datetime.fromisoformat(sent_at), written_at=timezone.now()
    )
