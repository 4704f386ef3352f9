"""
Where what is stored of duties and flags differs from what the pure rules say: for some
enterprises at once, in a constant number of queries. The full re-scan (promise R14).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.models import Bureau, EnterpriseChange, SupervisionAssignment
from hazards.models import (
    OWED,
    ClockFault,
    ComplianceFlag,
    FlagKind,
    FlagStatus,
    Obligation,
    ObligationKind,
    Opening,
    SelfInspection,
)
from hazards.queries.deadlines import BureauRules, bureau_ids
from hazards.queries.obligation_facts import ObligationFacts
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.flags import DutyFacts, standing
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter

_NONE = "–"
_STANDS, _FINAL = "standing", "standing, final"


@dataclass(frozen=True)
class Difference:
    """One thing that stands otherwise than it should; `what` as in models.Drift."""

    enterprise: int
    obligation: int | None
    what: str
    stored: str
    expected: str
    hazard: int | None = None


def differences(enterprises: Sequence[int], *, at: dt.datetime) -> list[Difference]:
    """
    Compare duties and flags of these enterprises with the rules, as of the instant.
    What waits for the clock (come due, to be looked at, changed) is left to it.
    """
    return list(_Comparison(enterprises, at=at).found())


class _Comparison:
    """The record of some enterprises beside what is stored of them."""

    def __init__(self, enterprises: Sequence[int], *, at: dt.datetime) -> None:
        self._at = at
        self._on = at.astimezone(SHANGHAI).date()
        # Of a bureau whose policies cannot be read, nothing can be said.
        unreadable = ClockFault.objects.filter(bureau=OuterRef("bureau"))
        waiting = EnterpriseChange.objects.filter(
            enterprise=OuterRef("enterprise"), from_on__lte=self._on
        )
        self._rows = list(
            Obligation.objects.filter(
                ~Exists(waiting), ~Exists(unreadable), enterprise__in=enterprises
            )
            .select_related("enterprise", "bureau")
            .order_by("enterprise_id", "id")
        )
        self._assigned = {
            row.enterprise_id: row
            for row in SupervisionAssignment.objects.holding_on(self._on)
            .filter(
                ~Exists(waiting),
                ~Exists(unreadable),
                enterprise__in=enterprises,
                site__isnull=True,
            )
            .select_related("bureau")
        }
        self._facts = ObligationFacts(self._rows, at=at)
        bureaus = {row.bureau for row in self._assigned.values()}
        self._rules = BureauRules(
            bureaus | {row.bureau for row in self._rows}, on=self._on
        )
        # Also what takes effect on a later day moves dues on that day.
        self._changed = set(
            EnterpriseChange.objects.filter(bureau__isnull=False).values_list(
                "bureau_id", flat=True
            )
        )
        self._dues: dict[tuple[int, Quarter], dt.datetime] = {}
        self._inspected: dict[int, set[Quarter]] = defaultdict(set)
        for owner, day in SelfInspection.objects.filter(
            enterprise__in=enterprises
        ).values_list("enterprise_id", "started_on"):
            self._inspected[owner].add(Quarter.containing(day))
        self._flags: dict[int | None, dict[str, str]] = defaultdict(dict)
        self._hazards: list[ComplianceFlag] = []
        for flag in ComplianceFlag.objects.filter(
            enterprise__in=enterprises, status=FlagStatus.STANDING
        ).select_related("hazard"):
            if flag.obligation_id is not None:
                stands = _FINAL if flag.is_final else _STANDS
                self._flags[flag.obligation_id][flag.kind] = stands
            elif flag.kind == FlagKind.HAZARD_UNREPORTED:
                self._hazards.append(flag)

    def found(self) -> Iterator[Difference]:
        """Whatever differs."""
        for row in self._rows:
            if not self._waits(row):
                yield from self._of_row(row)
        for flag in self._hazards:
            if flag.hazard and flag.hazard.first_reported_at is not None:
                yield Difference(flag.enterprise_id, None, flag.kind, _FINAL, _NONE)
        yield from self._unopened()

    def _waits(self, row: Obligation) -> bool:
        """Whether the clock has yet to come to it."""
        comes_due = row.state == ObligationState.NOT_DUE and row.due_at < self._at
        return comes_due or (row.look_at is not None and row.look_at <= self._at)

    def _of_row(self, row: Obligation) -> Iterator[Difference]:
        outlook = self._facts.outlook(row, self._at)
        is_due = row.state != ObligationState.NOT_DUE
        expected = {
            "outlook": outlook.value,
            "state": outlook.value if is_due else row.state,
            "bureau": self._bureau(row).name,
            "due_at": self._due(row).isoformat(),
            "remind_at": self._reminds(row, outlook),
        }
        stored = {
            "outlook": row.outlook,
            "state": row.state,
            "bureau": row.bureau.name,
            "due_at": row.due_at.astimezone(SHANGHAI).isoformat(),
            "remind_at": _NONE if row.remind_at is None else "to come",
        }
        flags = self._flags[row.pk]
        should = self._should_stand(row, outlook)
        for kind in sorted(flags.keys() | should.keys()):
            stored[kind] = flags.get(kind, _NONE)
            expected[kind] = should.get(kind, _NONE)
        for what, value in expected.items():
            if stored[what] != value:
                yield Difference(
                    row.enterprise_id, row.pk, what, stored[what][:60], value[:60]
                )

    def _bureau(self, row: Obligation) -> Bureau:
        assigned = self._assigned.get(row.enterprise_id)
        return assigned.bureau if assigned else row.bureau

    def _due(self, row: Obligation) -> dt.datetime:
        """What was stored, or what is later by now where that may still move it."""
        stored = row.due_at.astimezone(SHANGHAI)
        is_to_follow = not self._changed.isdisjoint(bureau_ids(row.bureau))
        if row.state != ObligationState.NOT_DUE or is_to_follow:
            return stored
        return max(stored, self._due_at(row.bureau, row.quarter or _last(row.year)))

    def _due_at(self, bureau: Bureau, quarter: Quarter) -> dt.datetime:
        known = self._dues.get((bureau.pk, quarter))
        if known is None:
            known = self._rules.due(bureau, quarter).at
            self._dues[bureau.pk, quarter] = known
        return known

    def _reminds(self, row: Obligation, outlook: ObligationState) -> str:
        if outlook not in OWED:
            return _NONE
        steps = reminders.steps(
            row.kind, year=row.year, due_on=row.due_at.astimezone(SHANGHAI).date()
        )
        is_coming = reminders.following(steps, self._at) or row.remind_at
        return "to come" if is_coming else _NONE

    def _should_stand(
        self, row: Obligation, outlook: ObligationState
    ) -> dict[str, str]:
        period = row.quarter or _last(row.year)
        duty = DutyFacts(
            is_year=row.quarter is None,
            is_over=period.ends_on < self._on,
            is_inspected=row.quarter in self._inspected[row.enterprise_id],
            state=ObligationState.NOT_DUE
            if row.state == ObligationState.NOT_DUE
            else outlook,
            outlook=outlook,
        )
        return {
            kind: _FINAL if is_final else _STANDS
            for kind, is_final in standing(duty).items()
        }

    def _unopened(self) -> Iterator[Difference]:
        """What is open for everybody and not due yet, and these have not."""
        known = {
            (row.enterprise_id, row.kind, row.year, row.quarter_number)
            for row in self._rows
        }
        openings = list(Opening.objects.filter(year__gte=self._on.year - 1))
        for owner, assigned in self._assigned.items():
            for opening in openings:
                quarter = Quarter(opening.year, opening.quarter_number or 4)
                bureau = assigned.bureau
                key = (owner, opening.kind, opening.year, opening.quarter_number)
                if (
                    key not in known
                    and self._due_at(bureau, quarter) >= self._at
                    and quarter >= self._rules.first_quarter(bureau, quarter)
                ):
                    period = str(
                        quarter
                        if opening.kind == ObligationKind.QUARTER
                        else opening.year
                    )
                    yield Difference(owner, None, "opened", _NONE, period)


def _last(year: int) -> Quarter:
    return Quarter(year, 4)
