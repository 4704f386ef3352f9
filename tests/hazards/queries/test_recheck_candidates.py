"""Hazards to look at again after their rectification period (item 12)."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from accounts.models import Bureau, Role
from hazards.models import CheckKind, CheckState, HazardState, MajorHazard, SpotCheck
from hazards.queries import recheck_candidates
from hazards.queries.owed import bureaus_below
from hazards.queries.recheck_candidates import RecheckFilter, Tab, recheck_page
from hazards.services import closings
from tests.database.stages import stage
from tests.factories import NOW, SHANGHAI, make_acting, make_bureau
from tests.factories_lives import DUE_ON, accepted_hazard, doing, planned_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.queries.test_held_hazards import copies_of

pytestmark = pytest.mark.django_db

AFTER = DUE_ON + dt.timedelta(days=1)
MIDNIGHT = dt.datetime.combine(AFTER, dt.time(), tzinfo=SHANGHAI)
MICROSECOND = dt.timedelta(microseconds=1)


@stage
def desks(db: None) -> Desks:
    return make_desks(bureau=make_bureau())


def numbers(desks: Desks, *, on: dt.date = AFTER, **wanted: object) -> list[str]:
    page = recheck_page(
        bureaus_below(desks.bureau),
        wanted=RecheckFilter(**wanted),  # type: ignore[arg-type]
        on=on,
    )
    return [line.hazard.number for line in page.lines]


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def test_a_hazard_comes_on_the_day_after_its_period_and_not_on_the_last(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks)
    assert numbers(desks, on=DUE_ON) == []
    assert numbers(desks, on=AFTER) == [hazard.number]
    assert numbers(desks, on=AFTER, tab=Tab.DONE) == []


def test_what_is_said_to_be_done_comes_too_the_latest_deadline_first(
    desks: Desks,
) -> None:
    first = accepted_hazard(desks)
    last = accepted_hazard(desks, at=later(9), due_on=DUE_ON + dt.timedelta(days=4))
    closings.close(
        hazard_id=first.pk,
        doing=doing(desks),
        by=desks.leader,
        at=later(30),
    )
    month = AFTER + dt.timedelta(days=30)

    assert numbers(desks, on=month, tab=Tab.DONE) == [last.number, first.number]
    assert numbers(desks, on=month) == []


def test_the_oldest_deadline_leads_what_is_open(desks: Desks) -> None:
    last = planned_hazard(desks, at=later(1), due_on=DUE_ON + dt.timedelta(days=4))
    first = planned_hazard(desks, at=later(9))
    month = AFTER + dt.timedelta(days=30)
    assert numbers(desks, on=month) == [first.number, last.number]
    assert numbers(desks, on=month, name=desks.enterprise.name[:4]) == [
        first.number,
        last.number,
    ]
    assert numbers(desks, on=month, name="%") == []
    assert numbers(make_desks(), on=month) == []


@pytest.mark.parametrize(
    ("begun_at", "is_looked_at"), [(MIDNIGHT - MICROSECOND, False), (MIDNIGHT, True)]
)
def test_a_re_check_counts_from_the_first_instant_after_the_period(
    desks: Desks, begun_at: dt.datetime, *, is_looked_at: bool
) -> None:
    hazard = planned_hazard(desks)
    check = make_recheck(desks)
    (line,) = recheck_page([desks.bureau], on=AFTER).lines
    assert line.planned == check
    begin(check, desks, at=begun_at)
    left = [] if is_looked_at else [hazard.number]
    assert numbers(desks, on=AFTER + dt.timedelta(days=9)) == left


def test_pages_follow_one_another_with_constant_queries(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck_candidates, "PAGE_SIZE", 1)
    made = [planned_hazard(desks, at=later(9 * each)).number for each in range(3)]
    bureaus, seen, key = bureaus_below(desks.bureau), [], ""
    for _ in made:
        with CaptureQueriesContext(connection) as asked:
            page = recheck_page(bureaus, on=AFTER, after=key)
        assert len(asked) <= 5
        seen += [line.hazard.number for line in page.lines]
        key = page.next_key
    assert (seen, key) == (made, "")


@pytest.mark.parametrize("key", ["x", "~", "2026-01-01~x", f"2026-01-01~{10**30}"])
def test_a_key_that_cannot_be_read_starts_anew(desks: Desks, key: str) -> None:
    planned_hazard(desks)
    assert len(recheck_page([desks.bureau], on=AFTER, after=key).lines) == 1


def test_a_page_is_found_in_an_index(desks: Desks) -> None:
    bureaus, after = bureaus_below(desks.bureau), (DUE_ON, 9)
    # Undone before anybody asks the copies for their acts.
    with transaction.atomic():
        copies_of(planned_hazard(desks), 1500, path=("reported", "planned"))
        done = planned_hazard(desks, at=later(5))
        copies_of(done, 700, path=("reported", "planned"))
        MajorHazard.objects.filter(number__startswith=f"T-{done.pk}-").update(
            state=HazardState.ACCEPTED, accepted_at=NOW
        )
        plans = {tab: plan_of(bureaus, tab, after=after) for tab in Tab}
        transaction.set_rollback(True)
    for tab, index in (
        (Tab.OPEN, "hazard_by_deadline"),
        (Tab.DONE, "hazard_period_over"),
    ):
        assert index in plans[tab], plans[tab]
        # The key is looked up, not filtered row by row.
        assert "Index Cond: ((bureau_id = b.id) AND (" in plans[tab], plans[tab]


def plan_of(bureaus: list[Bureau], tab: Tab, *, after: recheck_candidates.Key) -> str:
    wanted = RecheckFilter(tab=tab)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hazards_majorhazard")
        cursor.execute(
            sql.SQL("EXPLAIN {}").format(
                recheck_candidates.statement(wanted, after=after)
            ),
            recheck_candidates.values(
                bureaus, wanted, on=AFTER + dt.timedelta(days=90), after=after
            ),
        )
        return "\n".join(row for (row,) in cursor.fetchall())


def make_recheck(desks: Desks) -> SpotCheck:
    """A re-check of the whole enterprise, planned."""
    return SpotCheck.objects.create(
        number=f"JC-{desks.enterprise.pk}",
        enterprise=desks.enterprise,
        bureau=desks.bureau,
        kind=CheckKind.RECHECK,
        matters=[],
        purpose="复查整改情况。",
        planned_on=AFTER,
        planned_at=NOW,
        planned_by=make_acting(Role.INSPECTOR, bureau=desks.bureau).membership,
    )


def begin(check: SpotCheck, desks: Desks, *, at: dt.datetime) -> None:
    """The head approves it, the officers arrive."""
    check.state, check.answered_at = CheckState.APPROVED, NOW
    check.answered_by = desks.head.membership
    check.save()
    check.state, check.started_at, check.counts = CheckState.STARTED, at, {}
    check.started_by = check.planned_by
    check.save()
