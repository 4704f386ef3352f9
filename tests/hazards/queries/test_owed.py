"""Who owes what: by age alone, to a bureau and those below it, found by an index."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from accounts.models import Enterprise
from hazards.models import Obligation, ObligationKind, ReportStatus
from hazards.queries import owed
from hazards.queries.owed import OwedFilter, OwedLine, Tab
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter
from tests.database.stages import stage
from tests.factories import make_bureau
from tests.factories_reports import QUARTER, Desks, make_desks, make_report
from tests.hazards.clock.conftest import run, shanghai

pytestmark = pytest.mark.django_db

AT = shanghai("2026-07-28 09:00")
YEAR = dt.timedelta(days=365)


@stage
def tree() -> tuple[Desks, Desks]:
    """An enterprise of a city's bureau, one of a county's below it; both owe Q2."""
    city = make_bureau()
    since = dt.date(2026, 4, 16)
    above = make_desks(bureau=city, assigned_on=since)
    below = make_desks(bureau=make_bureau(parent=city), assigned_on=since)
    run(shanghai("2026-04-16 00:00"))
    run(AT)
    return above, below


def lines(desks: Desks, **narrowed: Any) -> list[OwedLine]:
    bureaus = owed.bureaus_below(desks.bureau)
    return owed.owed_page(bureaus, wanted=OwedFilter(**narrowed), at=AT).lines


def who(found: list[OwedLine]) -> list[Enterprise]:
    return [line.duty.enterprise for line in found]


def test_a_bureau_sees_what_is_owed_to_it_and_to_those_below(
    tree: tuple[Desks, Desks],
) -> None:
    above, below = tree
    assert who(lines(above)) == [above.enterprise, below.enterprise]
    assert who(lines(below)) == [below.enterprise]
    assert lines(make_desks()) == []
    assert who(lines(above, bureau=below.bureau)) == [below.enterprise]
    # A bureau elsewhere narrows to nothing, never widens.
    assert lines(below, bureau=above.bureau) == []


def test_a_line_says_its_age_its_reminder_and_whether_the_bureau_was_told(
    tree: tuple[Desks, Desks],
) -> None:
    line = lines(tree[1])[0]
    assert (line.age, line.duty.quarter) == (13, QUARTER)
    assert line.reminder is not None
    assert (line.reminder.kind, line.escalated) == ("quarter_after", True)
    assert (line.report, line.unreachable) == (None, False)


def test_a_line_says_that_the_report_waits_for_a_signature(
    tree: tuple[Desks, Desks],
) -> None:
    make_report(tree[1], status=ReportStatus.AWAITING_SIGNATURE)
    assert lines(tree[1])[0].awaits_signature


def test_the_list_is_narrowed(tree: tuple[Desks, Desks]) -> None:
    above, below = tree
    name = below.enterprise.name
    assert who(lines(above, name=name)) == [below.enterprise]
    assert lines(above, name="%") == lines(above, name="_") == []
    assert len(lines(above, period=QUARTER)) == 2
    assert lines(above, period=QUARTER.previous()) == lines(above, period=2026) == []
    assert lines(above, kind=ObligationKind.PARTICIPATION) == []
    assert lines(above, state=ObligationState.PENDING) == []
    assert len(lines(above, state=ObligationState.MISSING)) == 2


def test_what_is_coming_due_is_a_list_of_its_own(tree: tuple[Desks, Desks]) -> None:
    below = tree[1]
    coming = lines(below, tab=Tab.COMING)
    assert [line.duty.quarter for line in coming] == [QUARTER.next(), None]
    assert [line.age < 0 for line in coming] == [True, True]
    assert lines(below, tab=Tab.COMING, due_by=AT) == []
    year = lines(below, tab=Tab.COMING, period=2026)
    assert [line.duty.kind for line in year] == ["participation"]


def test_pages_follow_each_other_without_gap_or_double(
    tree: tuple[Desks, Desks], monkeypatch: pytest.MonkeyPatch
) -> None:
    above, _below = tree
    run(shanghai("2027-03-01 09:00"))
    monkeypatch.setattr(owed, "PAGE_SIZE", 2)
    bureaus = owed.bureaus_below(above.bureau)
    seen, key = [], ""
    while True:
        page = owed.owed_page(bureaus, at=AT, after=key)
        seen += [line.duty for line in page.lines]
        key = page.next_key
        if not key:
            break
    everything = [
        line.duty
        for line in owed.all_owed(bureaus, wanted=OwedFilter(), at=AT, batch=3)
    ]
    assert len(seen) == len(set(seen)) == 8
    assert seen == everything
    assert seen == sorted(seen, key=lambda duty: (duty.due_at, duty.pk))


@pytest.mark.parametrize("key", ["x", "~", "nan~1", "inf~1", "1~x", f"1~{10**30}"])
def test_a_key_that_cannot_be_read_starts_anew(
    tree: tuple[Desks, Desks], key: str
) -> None:
    bureaus = owed.bureaus_below(tree[1].bureau)
    assert len(owed.owed_page(bureaus, at=AT, after=key).lines) == 1


def test_figures_are_counted_no_further_than_the_limit(
    tree: tuple[Desks, Desks], monkeypatch: pytest.MonkeyPatch
) -> None:
    bureaus = owed.bureaus_below(tree[0].bureau)
    said = owed.figures(bureaus, at=AT)
    assert (said.missing, said.pending, said.due_soon) == (2, 0, 0)
    assert owed.count_owed(bureaus, wanted=OwedFilter(), up_to=1) == 2
    assert owed.count_owed(bureaus, wanted=OwedFilter(), up_to=0) == 1


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (OwedFilter(), "obligation_owed_by_age"),
        (OwedFilter(kind=ObligationKind.QUARTER), "obligation_owed_by_age"),
        (OwedFilter(period=Quarter(2024, 2)), "obligation_owed_of_period"),
        (OwedFilter(state=ObligationState.PENDING), "obligation_to_be_judged"),
        (OwedFilter(tab=Tab.COMING), "obligation_ahead"),
    ],
)
def test_a_page_is_found_in_the_index_of_its_filter(
    tree: tuple[Desks, Desks], wanted: OwedFilter, index: str
) -> None:
    copies_of_a_duty(tree[1], 300)
    bureaus = owed.bureaus_below(tree[0].bureau)
    # In the middle of those that owe, as a page far from the first is.
    key = (AT + 3 * YEAR, 1) if wanted.tab == Tab.COMING else (AT - 3 * YEAR, 1)
    with connection.cursor() as cursor:
        # Only who owns a table, or is above all, has it counted.
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("ANALYZE hazards_obligation")
        statement = owed._FOUND.format(narrowed=owed._narrowed(wanted, key))
        cursor.execute(
            sql.SQL("EXPLAIN {}").format(statement),
            owed._values(bureaus, wanted, after=key, limit=26),
        )
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert index in plan
    assert "ROW(due_at, id) > ROW(" in plan


def copies_of_a_duty(desks: Desks, number: int) -> None:
    """
    So many enterprises that owe what one owes, and the same in each of six years
    before (what is not due yet: after): a table with a shape.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH firms AS (
                INSERT INTO accounts_enterprise (public_id, uscc, name,
                    registered_address, county_id, industry, established_on,
                    recorded_at)
                SELECT gen_random_uuid(), '91' || lpad(n::text, 16, '0'), name || n,
                    registered_address, county_id, industry, established_on,
                    recorded_at
                FROM accounts_enterprise, generate_series(1, %s) n WHERE id = %s
                RETURNING id
            )
            INSERT INTO hazards_obligation (public_id, enterprise_id, kind, year,
                quarter_number, bureau_id, due_at, named_on, due_is_provisional,
                state, outlook, opened_at)
            SELECT gen_random_uuid(), firms.id, kind, year + years, quarter_number,
                bureau_id, due_at + years * interval '1 year', named_on,
                due_is_provisional, state, outlook, opened_at
            FROM firms, hazards_obligation, generate_series(-6, 6) years
            WHERE enterprise_id = %s
                AND CASE WHEN state = 'not_due' THEN years >= 0 ELSE years <= 0 END
            """,
            [number, desks.enterprise.pk, desks.enterprise.pk],
        )
    assert Obligation.objects.count() > number
