"""The due instant of an enterprise's quarter, under its bureau's policies and days."""

import datetime as dt

from accounts.models import (
    Bureau,
    BureauDay,
    BureauPolicy,
)
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.deadlines import Due, OverriddenCalendar, due
from hazards.rules.policies import Policies, PolicyEntry
from hazards.rules.quarters import Quarter


def bureau_ids(bureau: Bureau) -> list[int]:
    """The bureau and those above it, nearest first."""
    return [int(part) for part in reversed(bureau.path.strip(".").split("."))]


def policies_of(bureau: Bureau) -> Policies:
    """The bureau's dated policies with those of the bureaus above it; one query."""
    ids = bureau_ids(bureau)
    rows = BureauPolicy.objects.filter(bureau_id__in=ids)
    entries: dict[int, list[PolicyEntry]] = {pk: [] for pk in ids}
    for row in rows:
        entries[row.bureau_id].append(
            PolicyEntry.read(
                row.name, row.value, from_on=row.starts_on, to_on=row.ends_on
            )
        )
    return Policies(chain=tuple(tuple(entries[pk]) for pk in ids))


def calendar_of(bureau: Bureau, *, on: dt.date) -> OverriddenCalendar:
    """The Chinese calendar with the days that the bureau, or one above, has entered."""
    ids = bureau_ids(bureau)
    days: dict[dt.date, bool] = {}
    rows = list(BureauDay.objects.holding_on(on).filter(bureau_id__in=ids))
    # The nearest bureau's word is written last and stands.
    for row in sorted(rows, key=lambda row: -ids.index(row.bureau_id)):
        days[row.day] = row.is_workday
    return OverriddenCalendar(inner=ChineseCalendar(), days=days)


def due_for(bureau: Bureau, quarter: Quarter, *, on: dt.date) -> Due:
    """When a quarter's report is due at the bureau, as known on the day."""
    return due(quarter, policies_of(bureau), calendar_of(bureau, on=on))
