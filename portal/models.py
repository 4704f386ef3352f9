"""The sign of life of beat and worker."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """The one row."""

    def record(self, *, sent_at: dt.datetime, written_at: dt.datetime) -> None:
        """Keep both times of the newest heartbeat."""
        times = {"sent_at": sent_at, "written_at": written_at}
        self.update_or_create(pk=1, defaults=times)

    def latest_one(self) -> Self:
        """Return the row, if a heartbeat has ever come through."""
        return self.filter(pk=1)


HeartbeatManager = models.Manager.from_queryset(HeartbeatQuerySet)


class Heartbeat(models.Model):
    """When beat last sent its task, and when a worker wrote that down (UTC)."""

    sent_at = models.DateTimeField()
    written_at = models.DateTimeField()

    objects = HeartbeatManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="heartbeat_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"sent {self.sent_at}, written {self.written_at}"
