"""Taking a bureau's list out of the portal: written down before it goes."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import Acting, Bureau
from accounts.services import events


def record(
    action: str,
    *,
    bureau: Bureau,
    file_format: str,
    narrowed: Mapping[str, str],
    by: Acting,
    at: dt.datetime,
) -> None:
    """Write down who takes which list out (`action`), and in which format."""
    with transaction.atomic():
        events.record(
            action=action,
            subject=bureau,
            by=by,
            at=at,
            bureau=bureau,
            parameters={"format": file_format, "filter": dict(narrowed)},
        )
