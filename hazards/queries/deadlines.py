"""The due instant of an enterprise's quarter, under its bureau's policies and days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from accounts.models import Bureau, BureauDay, BureauPolicy, Enterprise
from hazards.models import Obligation, ReportKind, SelfInspectionReport
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.deadlines import SHANGHAI, Due, OverriddenCalendar, due, stored_due
from hazards.rules.lives import day_of, report_due
from hazards.rules.policies import Policies, PolicyEntry
from hazards.rules.quarters import Quarter


def bureau_ids(bureau: Bureau) -> list[int]:
    """The bureau and those above it, nearest first."""
    return [int(part) for part in reversed(bureau.path.strip(".").split("."))]


class BureauRules:
    """
    The policies and declared days of some bureaus as known on a day; two queries. What
    is asked of a bureau with an entry that cannot be read, its own or one above it,
    raises ValueError; of the others it does not.
    """

    def __init__(self, bureaus: Iterable[Bureau], *, on: dt.date) -> None:
        """Of these bureaus and those above them."""
        self._ids = {pk for bureau in bureaus for pk in bureau_ids(bureau)}
        self._on = on

    @cached_property
    def _rows(self) -> dict[int, list[BureauPolicy]]:
        rows: dict[int, list[BureauPolicy]] = defaultdict(list)
        for row in BureauPolicy.objects.filter(bureau_id__in=self._ids):
            rows[row.bureau_id].append(row)
        return rows

    @cached_property
    def _days(self) -> dict[int, dict[dt.date, bool]]:
        days: dict[int, dict[dt.date, bool]] = defaultdict(dict)
        rows = BureauDay.objects.holding_on(self._on).filter(bureau_id__in=self._ids)
        for row in rows:
            days[row.bureau_id][row.day] = row.is_workday
        return days

    def policies(self, bureau: Bureau) -> Policies:
        """The bureau's dated policies with those of the bureaus above it."""
        return Policies(chain=tuple(self._entries(pk) for pk in bureau_ids(bureau)))

    def _entries(self, bureau: int) -> tuple[PolicyEntry, ...]:
        return tuple(
            PolicyEntry.read(
                row.name, row.value, from_on=row.starts_on, to_on=row.ends_on
            )
            for row in self._rows.get(bureau, ())
        )

    def calendar(self, bureau: Bureau) -> OverriddenCalendar:
        """The Chinese calendar with the days that the bureau, or one above, entered."""
        days: dict[dt.date, bool] = {}
        # The nearest bureau's word is written last and stands.
        for pk in reversed(bureau_ids(bureau)):
            days |= self._days.get(pk, {})
        return OverriddenCalendar(inner=ChineseCalendar(), days=days)

    def due(self, bureau: Bureau, quarter: Quarter) -> Due:
        """When a quarter's report is due at the bureau."""
        return due(quarter, self.policies(bureau), self.calendar(bureau))

    def first_quarter(self, bureau: Bureau, quarter: Quarter) -> Quarter:
        """The first quarter ever flagged, by the policy of the quarter's first day."""
        return self.policies(bureau).quarter("first_quarter", on=quarter.starts_on)


def policies_of(bureau: Bureau) -> Policies:
    """The bureau's dated policies with those of the bureaus above it."""
    return BureauRules([bureau], on=dt.date.min).policies(bureau)


def calendar_of(bureau: Bureau, *, on: dt.date) -> OverriddenCalendar:
    """The Chinese calendar with the days that the bureau, or one above, has entered."""
    return BureauRules([bureau], on=on).calendar(bureau)


def due_for(bureau: Bureau, quarter: Quarter, *, on: dt.date) -> Due:
    """When a quarter's report would be due at the bureau, as known on the day."""
    return BureauRules([bureau], on=on).due(bureau, quarter)


def due_of(
    enterprise: Enterprise, quarter: Quarter, *, bureau: Bureau, on: dt.date
) -> Due:
    """
    When the enterprise's report of the quarter is due: as it was stored when the
    quarter opened; what is not open yet, as the bureau's policies have it on the day.
    """
    row = Obligation.objects.of_quarter(quarter).filter(enterprise=enterprise).first()
    return due_for(bureau, quarter, on=on) if row is None else due_of_row(row)


def due_of_report(
    report: SelfInspectionReport, *, bureau: Bureau, on: dt.date
) -> Due | None:
    """
    Until when a report of its kind is in time: a quarter's by its due day, a hazard's
    within the bureau's hours since it was found (及时 has no number of its own), a
    plan's without limit.
    """
    if report.is_quarterly:
        return due_of(report.enterprise, report.quarter, bureau=bureau, on=on)
    if report.kind == ReportKind.PLAN or report.hazard is None:
        return None
    found_at = report.hazard.found_at
    hours = policies_of(bureau).integer("prompt_report_hours", on=day_of(found_at))
    at = report_due(found_at, hours=hours)
    return Due(at=at, on=day_of(at), provisional=False, rolled_from=None, because=())


def due_of_row(row: Obligation) -> Due:
    """The stored due instant, and why then."""
    return stored_due(
        row.due_at.astimezone(SHANGHAI),
        named_on=row.named_on,
        provisional=row.due_is_provisional,
    )
