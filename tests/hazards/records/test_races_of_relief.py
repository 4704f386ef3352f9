"""Two at once over what takes a duty away: one wins, and the rows are as one says."""

import datetime as dt
from functools import partial

import psycopg
import pytest

from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import ReportStatus, Suspension, Waiver
from hazards.queries.obligation_facts import ObligationFacts
from tests.factories_reports import Desks, make_desks, make_report, make_scan, sign
from tests.hazards.clock.conftest import flags_of, of_quarter, run, shanghai
from tests.hazards.clock.test_relief import answer, correct, declare, waive
from tests.hazards.records.together import Act, at_once, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
LATER = shanghai("2026-07-20 10:00")


@pytest.fixture
def opened() -> Desks:
    """Owes the second quarter of 2026, and is late with it."""
    desks = make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-04-16 00:00"))
    run(shanghai("2026-07-16 09:00"))
    return desks


def as_one_says(desks: Desks) -> bool:
    """Whether the row is what the record says by now."""
    row = of_quarter(desks)
    return ObligationFacts([row], at=LATER).outlook(row, LATER) == row.outlook


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_officers_one_answers_and_the_other_is_told_who(
    opened: Desks, round_: int
) -> None:
    stop = declare(opened, at=LATER)
    first, second = at_once(
        partial(answer, opened, stop, confirmed=True, by=opened.reviewer, at=LATER),
        partial(answer, opened, stop, confirmed=False, by=opened.head, at=LATER),
    )
    lost = second if isinstance(first, Suspension) else first
    assert isinstance(lost, NotPermittedError)
    won = Suspension.objects.select_related("answered_by__user").get()
    assert won.answered_by is not None
    assert won.answered_by.user.full_name in str(lost)
    assert of_quarter(opened).state == ("exempt" if won.confirmed else "missing")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_declarations_of_the_same_days_one_is_taken(
    opened: Desks, round_: int
) -> None:
    kept = make_scan(opened)
    results = at_once(
        *(
            partial(declare, opened, by=by, evidence=kept, at=LATER)
            for by in (opened.clerk, opened.leader)
        )
    )
    refused = [one for one in results if isinstance(one, RefusedError)]
    assert len(refused) == 1
    assert "declared already" in str(refused[0])
    assert Suspension.objects.count() == 1


def test_a_second_declaration_waits_for_the_first_and_is_refused(
    opened: Desks, as_superuser: psycopg.Connection
) -> None:
    kept = make_scan(opened)
    with not_yet_committed(partial(declare, opened, evidence=kept, at=LATER)):
        second = Act(partial(declare, opened, evidence=kept, at=LATER))
        second.wait_until_it_waits(as_superuser)
    with pytest.raises(RefusedError, match="declared already"):
        second.finish()


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_waiver_and_a_receipt_at_once_leave_what_the_record_says(
    opened: Desks, round_: int
) -> None:
    report = make_report(opened, status=ReportStatus.AWAITING_SIGNATURE, at=LATER)
    waived, signed = at_once(
        partial(waive, opened, at=LATER), partial(sign, report, opened, at=LATER)
    )
    assert not isinstance(signed, BaseException)
    # A waiver that came second finds nothing left to waive.
    assert isinstance(waived, Waiver | RefusedError)
    assert as_one_says(opened)
    state = "exempt" if isinstance(waived, Waiver) else "satisfied_late"
    assert of_quarter(opened).state == state
    assert flags_of(of_quarter(opened))["missing_quarter"] != "standing"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_corrected_founding_day_and_a_receipt_never_wait_in_a_circle(
    opened: Desks, round_: int
) -> None:
    report = make_report(opened, status=ReportStatus.AWAITING_SIGNATURE, at=LATER)
    results = at_once(
        partial(correct, opened, dt.date(2026, 4, 2), at=LATER),
        partial(sign, report, opened, at=LATER),
        partial(run, LATER),
    )
    assert [one for one in results if isinstance(one, BaseException)] == []
    assert as_one_says(opened)
    assert of_quarter(opened).state == "exempt"
