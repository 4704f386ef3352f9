"""Kinds of reminders that a person may be spared. What is final always goes."""

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Mute, User

MUTABLE: Final[dict[str, "str | Promise"]] = {
    "quarter_before": _("Before a quarter's report is due"),
    "quarter_after": _("After a quarter's report was due"),
    "participation": _("The principal's part in an inspection each year"),
    "hazard": _("The life of a major hazard, from its plan to its re-check"),
}
"""What may be muted, by the kind that its reminders bear."""


def choose(*, user: User, muted: Collection[str], at: dt.datetime) -> None:
    """Spare the person these kinds from now on, and no others."""
    wanted = set(muted) & MUTABLE.keys()
    with transaction.atomic():
        Mute.objects.filter(user=user).exclude(kind__in=wanted).delete()
        Mute.objects.bulk_create(
            [Mute(user=user, kind=kind, since=at) for kind in sorted(wanted)],
            ignore_conflicts=True,
        )


def muted_by(user: User) -> set[str]:
    """Return the kinds that the person is spared."""
    return set(Mute.objects.filter(user=user).values_list("kind", flat=True))
