"""
Where what is stored of hazards differs from what their acts and receipts have come to:
for some enterprises at once, in a constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F

from hazards.models import (
    HazardAct,
    HazardActKind,
    HazardState,
    HazardStatement,
    MajorHazard,
    SealKind,
)
from hazards.queries.drift import Difference
from hazards.queries.hazard_matters import matters_of
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.hazard_reminders import following
from hazards.rules.life_stories import Deed, came_to
from hazards.rules.lives import plan_is_complete

REMIND_AT = "remind_at"
_COLUMNS = (
    "state",
    "due_on",
    "is_ordered",
    "stop_ordered",
    "listed",
    "extension_asked_at",
    "accepted_at",
    "recheck_due_on",
    "closed_at",
)


def differences(enterprises: Sequence[int], *, at: dt.datetime) -> Iterator[Difference]:
    """
    Compare the hazards on record of these enterprises with their acts, and when they
    are reminded of with what they wait for. What waits for the clock is left to it.
    """
    hazards = list(
        MajorHazard.objects.filter(enterprise__in=enterprises)
        .exclude(state=HazardState.FOUND)
        .order_by("pk")
    )
    deeds = _deeds(hazards)
    matters = matters_of(hazards)
    for hazard in hazards:
        stored, expected = _of_acts(hazard, deeds[hazard.pk])
        if hazard.remind_at is None or hazard.remind_at > at:
            stored[REMIND_AT] = hazard.remind_at
            expected[REMIND_AT] = following(matters[hazard.pk], at=at)
        for what, value in expected.items():
            if stored[what] != value:
                yield Difference(
                    hazard.enterprise_id,
                    None,
                    what,
                    _said(stored[what]),
                    _said(value),
                    hazard=hazard.pk,
                )


def _said(value: object) -> str:
    """The value as it is written down; instants by the clock of Shanghai."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(SHANGHAI).isoformat()
    return str(value)[:60]


def _of_acts(
    hazard: MajorHazard, deeds: Sequence[Deed]
) -> tuple[dict[str, object], dict[str, object]]:
    """What is stored of the hazard, and what its acts have come to."""
    life = came_to(deeds)
    stored = {name: getattr(hazard, name) for name in _COLUMNS}
    expected = {name: getattr(life, name) for name in _COLUMNS}
    stored["is_planned"] = hazard.planned_at is not None
    expected["is_planned"] = life.is_planned
    stored["acts"], expected["acts"] = life.gap, ""
    return stored, expected


def _deeds(hazards: Sequence[MajorHazard]) -> dict[int, list[Deed]]:
    planned = _planned_days(hazards)
    found: dict[int, list[Deed]] = defaultdict(list)
    acts = HazardAct.objects.filter(hazard__in=hazards).order_by("hazard_id", "id")
    for act in acts.select_related(
        "extension", "answers_extension", "recheck", "order", "listing"
    ):
        found[act.hazard_id].append(_deed(act, planned.get(act.hazard_id)))
    return found


def _deed(act: HazardAct, planned: dt.date | None) -> Deed:
    extension, answered = _beside(act, "extension"), _beside(act, "answers_extension")
    recheck, order = _beside(act, "recheck"), _beside(act, "order")
    listing = _beside(act, "listing")
    due_on = planned if act.kind == HazardActKind.RECEIVE_PLAN else None
    if answered and answered.approved:
        due_on = answered.to_on
    elif recheck or order:
        due_on = (recheck or order).due_on
    return Deed(
        kind=act.kind,
        at=act.at,
        from_state=act.from_state,
        to_state=act.to_state,
        due_on=due_on,
        ordered=order.stop if order and order.lifted_id is None else None,
        listed=listing.level if listing and listing.ended_id is None else "",
        asks=extension is not None and extension.answered_id is None,
    )


def _beside(act: HazardAct, name: str) -> Any:
    """The row that says more of the act; None where there is none."""
    try:
        return getattr(act, name)
    except ObjectDoesNotExist:
        return None


def _planned_days(hazards: Sequence[MajorHazard]) -> dict[int, dt.date]:
    """The deadline in the first complete plan that was received of each."""
    first = [kind for kind in SealKind if kind != SealKind.LATER_SIGNATURE]
    rows = HazardStatement.objects.filter(
        hazard__in=hazards,
        due_on__isnull=False,
        version__seals__received_at=F("hazard__planned_at"),
        version__seals__kind__in=first,
    ).order_by("-version_id")
    return {
        row.hazard_id: row.due_on
        for row in rows
        if row.due_on and plan_is_complete(row.plan_elements(), row.due_on)
    }
