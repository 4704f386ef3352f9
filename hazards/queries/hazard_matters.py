"""What hazards wait for, as the record stands: the days that reminders count from."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from hazards.models import (
    TO_BE_ELIMINATED,
    HazardAcceptance,
    HazardExtension,
    HazardState,
    MajorHazard,
)
from hazards.rules.hazard_reminders import (
    ACCEPTANCE,
    DEADLINE,
    EXTENSION,
    EXTENSION_OWN,
    PLAN,
    RECHECK,
    Matters,
)
from hazards.rules.lives import answer_due, day_of

_BEING_RECTIFIED = TO_BE_ELIMINATED[1:]


def matters_of(hazards: Sequence[MajorHazard]) -> Mapping[int, Matters]:
    """
    Return by key what each hazard waits for, from its columns as they are in hand and
    two queries for all of them.
    """
    rectified = [one.pk for one in hazards if one.state in _BEING_RECTIFIED]
    extensions = {
        extension.asked.hazard_id: extension for extension in _extensions(rectified)
    }
    acceptances = {
        acceptance.recorded.hazard_id: acceptance
        for acceptance in _acceptances(rectified)
    }
    found: dict[int, Matters] = {}
    for hazard in hazards:
        matters = dict(_by_columns(hazard))
        if extension := extensions.get(hazard.pk):
            matter = EXTENSION if extension.by_bureau else EXTENSION_OWN
            matters[matter] = answer_due(day_of(extension.asked.at))
        if acceptance := acceptances.get(hazard.pk):
            matters[ACCEPTANCE] = day_of(acceptance.recorded.at)
        found[hazard.pk] = matters
    return found


def _by_columns(hazard: MajorHazard) -> Iterator[tuple[str, dt.date]]:
    if hazard.due_on is not None and hazard.state in TO_BE_ELIMINATED:
        yield DEADLINE, hazard.due_on
    if hazard.state == HazardState.REPORTED and hazard.first_reported_at is not None:
        yield PLAN, day_of(hazard.first_reported_at)
    if (
        hazard.state == HazardState.AWAITING_RECHECK
        and hazard.recheck_due_on is not None
    ):
        yield RECHECK, hazard.recheck_due_on


def _extensions(hazards: Collection[int]) -> Iterable[HazardExtension]:
    if not hazards:
        return ()
    return HazardExtension.objects.filter(
        asked__hazard__in=hazards, answered__isnull=True
    ).select_related("asked")


def _acceptances(hazards: Collection[int]) -> Iterable[HazardAcceptance]:
    if not hazards:
        return ()
    return HazardAcceptance.objects.filter(
        recorded__hazard__in=hazards, answered__isnull=True
    ).select_related("recorded")
