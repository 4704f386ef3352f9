"""What a bureau chose and cannot be read, and a first quarter that it chose anew."""

import datetime as dt

import pytest

from accounts.models import BureauDay, BureauPolicy
from accounts.services import policies
from hazards.models import ClockFault, Obligation
from hazards.services import self_check
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import of_quarter, run, shanghai
from tests.hazards.clock.test_relief import on_day_of

BEFORE = shanghai("2026-04-16 00:00")
AT = shanghai("2026-07-01 00:05")
JULY, JULY_15 = dt.date(2026, 7, 1), dt.date(2026, 7, 15)


def set_by_hand(desks: Desks, name: str, value: str) -> None:
    """A row of the bureau's policies that no page would have taken."""
    BureauPolicy.objects.create(
        bureau=desks.bureau,
        name=name,
        value=value,
        reason="手工录入。",
        starts_on=dt.date(2026, 1, 1),
        recorded_at=BEFORE,
    )


@pytest.mark.parametrize(
    ("name", "value"), [("first_quarter", "soon"), ("of_a_later_program", "1")]
)
def test_a_policy_that_cannot_be_read_stops_its_own_bureau_only(
    opened: Desks, name: str, value: str
) -> None:
    bad = make_desks(assigned_on=BEFORE.date())
    set_by_hand(bad, name, value)
    run(AT)
    run(AT)
    new = of_quarter(opened, of_quarter(opened).quarter.next())  # type: ignore[union-attr]
    assert new.state == "not_due"
    assert not Obligation.objects.filter(
        enterprise=bad.enterprise, opened_at=AT
    ).exists()
    fault = ClockFault.objects.get(bureau__isnull=False)
    assert (fault.bureau, fault.step, fault.tries) == (bad.bureau, "policies", 1)
    (walk,) = self_check.check(at=AT)
    assert (walk.checked, walk.drifts) == (2, 0)


def test_a_bureau_that_can_be_read_again_is_caught_up(opened: Desks) -> None:
    bad = make_desks(assigned_on=BEFORE.date())
    days = [
        BureauDay(
            bureau=bad.bureau,
            day=day,
            is_workday=False,
            reason="误录。",
            starts_on=JULY,
            recorded_at=AT,
        )
        for day in (JULY_15 + dt.timedelta(days=n) for n in range(-1, 200))
    ]
    BureauDay.objects.bulk_create(days)
    run(AT)
    assert ClockFault.objects.get(bureau__isnull=False).bureau == bad.bureau
    assert not Obligation.objects.filter(kind="quarter", enterprise=bad.enterprise)
    later = shanghai("2026-07-02 09:00")
    BureauDay.objects.filter(bureau=bad.bureau).update(
        ends_on=JULY - dt.timedelta(days=1), end_recorded_at=later
    )
    run(later)
    assert not ClockFault.objects.exists()
    quarters = Obligation.objects.filter(kind="quarter")
    of_bad, of_good = (
        set(
            quarters.filter(enterprise=desks.enterprise).values_list(
                "year", "quarter_number", "due_at", "state"
            )
        )
        for desks in (bad, opened)
    )
    assert of_bad == of_good


def test_a_first_quarter_chosen_after_the_opening_is_followed(opened: Desks) -> None:
    other = make_desks(assigned_on=BEFORE.date())
    run(AT)
    quarter = of_quarter(opened).quarter
    assert quarter is not None
    assert of_quarter(opened, quarter.next()).outlook == "missing"
    at = shanghai("2026-07-01 09:00")
    policies.set_policy(
        bureau=opened.bureau,
        name="first_quarter",
        value="2027Q1",
        starts_on=JULY,
        reason="本辖区自2027年起执行。",
        by=on_day_of(opened.head, at),
        at=at,
    )
    run(at)
    assert of_quarter(opened, quarter.next()).outlook == "exempt"
    assert of_quarter(opened).outlook == "missing"
    assert of_quarter(other, quarter.next()).outlook == "missing"
