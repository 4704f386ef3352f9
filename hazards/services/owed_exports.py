"""Taking the list of who owes what out of the portal: written down before it goes."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import Acting, Bureau
from accounts.services import events


def record(
    *,
    bureau: Bureau,
    file_format: str,
    narrowed: Mapping[str, str],
    by: Acting,
    at: dt.datetime,
) -> None:
    """Write down who takes which list out, and in which format."""
    with transaction.atomic():
        events.record(
            action="export-owed",
            subject=bureau,
            by=by,
            at=at,
            bureau=bureau,
            parameters={"format": file_format, "filter": dict(narrowed)},
        )
