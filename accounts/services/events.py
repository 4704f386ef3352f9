"""Writing down who did what."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models

from accounts.models import Acting, Bureau, Enterprise, Event


def record(
    *,
    action: str,
    subject: models.Model,
    by: Acting | None,
    at: dt.datetime,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
    note: str = "",
    parameters: Mapping[str, object] | None = None,
) -> Event:
    """
    Write an event, in the transaction of the act. `by=None` is the portal itself.
    `enterprise` and `bureau` say on whose page it shows.
    """
    return Event.objects.create(
        at=at,
        by=by.user if by else None,
        membership=by.membership if by else None,
        action=action,
        subject_kind=str(subject._meta.model_name),
        subject_id=subject.pk,
        enterprise=enterprise,
        bureau=bureau,
        note=note,
        parameters=dict(parameters or {}),
    )


def record_each(
    *, action: str, subjects: Iterable[Enterprise], by: Acting, at: dt.datetime
) -> None:
    """Write the same act of each enterprise, in the transaction of the act."""
    Event.objects.bulk_create(
        [
            Event(
                at=at,
                by=by.user,
                membership=by.membership,
                action=action,
                subject_kind="enterprise",
                subject_id=subject.pk,
                enterprise=subject,
            )
            for subject in subjects
        ],
        batch_size=1000,
    )
