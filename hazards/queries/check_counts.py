"""
How often an enterprise was inspected this calendar year, by all bureaus and levels, and
what the rules say about one more check. Nothing here forbids: it warns, with the rule.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import (
    Bureau,
    Enterprise,
    HighRiskDesignation,
    StandardizationLevel,
)
from accounts.models.bureaus import BureauLevel
from accounts.queries.memberships import receiving_bureau
from hazards.models import COUNTED_KINDS, CheckKind, SpotCheck
from hazards.rules.caps import caps_on
from hazards.rules.deadlines import SHANGHAI

APART = (CheckKind.RECHECK, CheckKind.GUIDANCE)
"""
Neither counted nor a repeat: re-checks follow up what was found (item 4), guidance is
no inspection (item 12).
"""


@dataclass(frozen=True)
class Planned:
    """What is asked about: a check that is planned or about to begin."""

    enterprise: Enterprise
    bureau: Bureau
    joint_bureau: Bureau | None
    kind: CheckKind
    matters: tuple[str, ...]


def planned_of(check: SpotCheck) -> Planned:
    """What is asked about a check on record."""
    return Planned(
        enterprise=check.enterprise,
        bureau=check.bureau,
        joint_bureau=check.joint_bureau,
        kind=CheckKind(check.kind),
        matters=tuple(check.matters),
    )


@dataclass(frozen=True)
class YearCounts:
    """
    The year's checks that took place, each once, also where two bureaus came together,
    and the cap. `plain` is what the page shows and what is stored with the check.
    """

    year: int
    begun: list[SpotCheck]
    level: int | None
    is_high_risk: bool
    cap: int
    cap_source: str
    responsible: Bureau | None

    @property
    def counted(self) -> list[SpotCheck]:
        """Those that count against the cap (item 3)."""
        return [check for check in self.begun if check.kind in COUNTED_KINDS]

    def plain(self, planned: Planned | None = None) -> dict[str, Any]:
        """Codes and values only, with the warnings about the planned check."""
        return {
            "year": self.year,
            "cap": self.cap,
            "cap_source": self.cap_source,
            "level": self.level,
            "is_high_risk": self.is_high_risk,
            "counted": len(self.counted),
            "checks": [_line(check) for check in self.begun],
            "warnings": list(self._warnings(planned)) if planned else [],
        }

    def _warnings(self, planned: Planned) -> Iterable[dict[str, Any]]:
        if planned.kind in COUNTED_KINDS:
            if len(self.counted) >= self.cap:
                yield {
                    "code": "cap-reached",
                    "source": self.cap_source,
                    "counted": len(self.counted),
                    "cap": self.cap,
                }
            if self.responsible is not None and self.responsible not in (
                planned.bureau,
                planned.joint_bureau,
            ):
                yield {
                    "code": "not-responsible",
                    "source": "circular-2025-11/item-4",
                    "responsible": self.responsible.name,
                }
        if planned.kind not in APART:
            yield from self._repeats(planned)

    def _repeats(self, planned: Planned) -> Iterable[dict[str, Any]]:
        """One warning for each rule, with all checks of which the planned one is a
        repeat."""
        is_township = planned.bureau.level == BureauLevel.TOWNSHIP
        of_township: list[SpotCheck] = []
        of_all: list[SpotCheck] = []
        for check in self.begun:
            if check.kind in APART or not set(check.matters) & set(planned.matters):
                continue
            of_another = check.bureau_id != planned.bureau.pk
            (of_township if is_township and of_another else of_all).append(check)
        for code, item, checks in (
            ("township-repeat", 11, of_township),
            ("same-matter", 4, of_all),
        ):
            if checks:
                again = {code for check in checks for code in check.matters}
                yield {
                    "code": code,
                    "source": f"circular-2025-11/item-{item}",
                    "numbers": [check.number for check in checks],
                    "matters": sorted(again & set(planned.matters)),
                }


def year_counts(
    enterprise: Enterprise, *, on: dt.date, but: int | None = None
) -> YearCounts:
    """
    What took place in the calendar year of the day (Asia/Shanghai), oldest first,
    without the check of the key `but`; 4 queries.
    """
    begun = (
        SpotCheck.objects.begun_in(on.year)
        .filter(enterprise=enterprise)
        .select_related("bureau", "joint_bureau")
        .order_by("started_at", "id")
    )
    level = (
        StandardizationLevel.objects.holding_on(on)
        .filter(enterprise=enterprise)
        .values_list("level", flat=True)
        .first()
    )
    is_high_risk = (
        HighRiskDesignation.objects.holding_on(on)
        .filter(enterprise=enterprise)
        .exists()
    )
    caps = caps_on(on)
    return YearCounts(
        year=on.year,
        begun=[check for check in begun if check.pk != but],
        level=level,
        is_high_risk=is_high_risk,
        cap=caps.of(level, is_high_risk=is_high_risk),
        cap_source=caps.source,
        responsible=receiving_bureau(enterprise, on=on),
    )


def counts_before(check: SpotCheck, *, on: dt.date) -> dict[str, Any]:
    """What the officer is shown before the check begins; 4 queries."""
    counts = year_counts(check.enterprise, on=on, but=check.pk)
    return counts.plain(planned_of(check))


def _line(check: SpotCheck) -> dict[str, Any]:
    started = check.started_at
    assert started is not None  # noqa: S101 (begun)
    return {
        "number": check.number,
        "kind": check.kind,
        "is_counted": check.kind in COUNTED_KINDS,
        "on": started.astimezone(SHANGHAI).date().isoformat(),
        "bureau": check.bureau.name,
        "joint": check.joint_bureau.name if check.joint_bureau else "",
        "matters": list(check.matters),
    }
