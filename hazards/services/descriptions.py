"""What a team writes of a hazard, as plain values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

from accounts.models import Site
from hazards.models import HazardStatement, MajorHazard
from hazards.queries.open_hazards import latest_statements


@dataclass(frozen=True)
class Description:
    """
    What the team writes of a hazard; anything may still be empty. `funds_planned` in
    ten thousand yuan (万元); days are days in Asia/Shanghai.
    """

    found_at: dt.datetime
    clause: str = ""
    site_id: int | None = None
    place: str = ""
    description: str = ""
    causes: str = ""
    harm: str = ""
    difficulty: str = ""
    interim_measures: str = ""
    plan_goals: str = ""
    plan_measures: str = ""
    plan_funds: str = ""
    plan_people: str = ""
    plan_schedule: str = ""
    plan_emergency: str = ""
    responsible_person: str = ""
    funds_planned: Decimal | None = None
    due_on: dt.date | None = None
    rectified_on: dt.date | None = None


def described(stated: HazardStatement) -> Description:
    """What a statement says now, to be changed in part."""
    columns = [each.name for each in fields(Description) if each.name != "found_at"]
    return Description(
        found_at=stated.hazard.found_at,
        **{column: getattr(stated, column) for column in columns},
    )


def last_description(hazard: MajorHazard) -> Description:
    """What was last said of a registered hazard, in a report or when registered."""
    last = latest_statements(hazard.enterprise).filter(hazard=hazard).first()
    if last is not None:
        return described(last)
    was = hazard.registered_as or {}
    site = Site.objects.filter(
        enterprise=hazard.enterprise, name=was["site"]["name"]
    ).first()
    texts = {
        each.name: was[each.name]
        for each in fields(Description)
        if isinstance(was.get(each.name), str)
    }
    return Description(
        **texts
        | {f"plan_{key}": text for key, text in was["plan"].items()}
        | {
            "found_at": hazard.found_at,
            "clause": was["clause"]["code"],
            "site_id": site.pk if site else None,
            "funds_planned": _number(was["funds_planned"]),
            "due_on": _day(was["due_on"]),
            "rectified_on": _day(was["rectified_on"]),
        }
    )


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def columns_of(description: Description) -> Mapping[str, object]:
    """The columns of a statement."""
    values = asdict(description)
    del values["found_at"]
    return values
