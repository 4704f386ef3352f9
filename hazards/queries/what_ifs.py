"""What a finding today would lead to, of a clause at a place; nothing is written."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Acting, Enterprise, Site
from hazards.models import TO_BE_ELIMINATED, HazardStatement, MajorHazard
from hazards.queries.protection_pages import facts_now, said_of
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.likeness import Described, Fit, Likeness, likeness, ranked
from hazards.rules.outcomes import Determination
from hazards.rules.protection import what_if

SHOWN = 5
_NOT_AGAINST = (Fit.SAME, Fit.NEAR, Fit.UNSAID)


@dataclass(frozen=True)
class Kept:
    """A hazard of the record beside what is supposed to be found."""

    hazard: MajorHazard
    stated: HazardStatement | None
    likeness: Likeness

    @property
    def is_such(self) -> bool:
        """Whether it would be taken for what was found, unless somebody says no."""
        like = self.likeness
        fits = (like.site, like.place)
        return like.clause is Fit.SAME and all(fit in _NOT_AGAINST for fit in fits)


@dataclass(frozen=True)
class WhatIf:
    """What is supposed, the likest of the record, and the answer."""

    at: dt.datetime
    kept: list[Kept]
    # Supposed to be the one that is found; None = it is on nobody's record.
    chosen: MajorHazard | None
    determination: Determination


def suppose(
    enterprise: Enterprise,
    found: Described,
    *,
    hazard: uuid.UUID | None = None,
    is_new: bool = False,
    reader: Acting,
    at: dt.datetime,
) -> WhatIf:
    """
    Answer for a finding at the instant of what is described: for the hazard told, else
    for the likest of the record if it is such a one; a constant number of queries.

    :param is_new: suppose that it is on nobody's record
    """
    facts = facts_now(enterprise, at=at)
    known = {one.id for one in facts.hazards}
    rows = MajorHazard.objects.visible_to(reader).filter(
        enterprise=enterprise, number__in=known
    )
    # Of equals what is still to be eliminated comes first, then the newest.
    hazards = sorted(
        rows.order_by("-registered_at", "-id"),
        key=lambda hazard: hazard.state not in TO_BE_ELIMINATED,
    )
    kept = _ranked(hazards, said_of(hazards, reader=reader), found)
    chosen = None if is_new else _chosen(kept, hazard)
    return WhatIf(
        at=at,
        kept=[each for each in kept if each.likeness.clause is not Fit.DIFFERS][:SHOWN],
        chosen=chosen,
        determination=_determined(facts, chosen, at=at),
    )


def site_of(sites: Sequence[Site], public_id: str) -> int | None:
    """The site of the id, if it is one of these."""
    return next((s.pk for s in sites if str(s.public_id) == public_id), None)


def _ranked(
    hazards: Sequence[MajorHazard],
    said: Mapping[int, HazardStatement],
    found: Described,
) -> list[Kept]:
    compared = [
        (hazard, likeness(found, _described(said.get(hazard.pk)), in_time=True))
        for hazard in hazards
    ]
    return [
        Kept(hazard, said.get(hazard.pk), like) for hazard, like in ranked(compared)
    ]


def _described(stated: HazardStatement | None) -> Described:
    if stated is None:
        return Described()
    return Described(stated.clause, stated.site_id, stated.place, stated.description)


def _chosen(kept: Sequence[Kept], hazard: uuid.UUID | None) -> MajorHazard | None:
    if hazard is not None:
        found = (each.hazard for each in kept if each.hazard.public_id == hazard)
        return next(found, None)
    return kept[0].hazard if kept and kept[0].is_such else None


def _determined(
    facts: Facts, hazard: MajorHazard | None, *, at: dt.datetime
) -> Determination:
    supposed = what_if(facts, hazard=hazard.number if hazard else None, at=at)
    return determine(supposed, ChineseCalendar())
