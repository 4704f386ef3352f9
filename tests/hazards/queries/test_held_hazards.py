"""The hazards that a bureau holds: order, narrowing, pages found in an index."""

import datetime as dt

import pytest
from django.db import connection, transaction
from psycopg import sql

from accounts.models import Bureau
from hazards.models import HazardActKind, HazardState, ListedLevel, MajorHazard
from hazards.queries import held_hazards
from hazards.queries.held_hazards import HeldFilter, HeldOrder, held_page
from hazards.queries.owed import bureaus_below
from tests.database.stages import stage
from tests.factories import NOW, TODAY, make_bureau
from tests.factories_lives import DUE_ON, do, planned_hazard, reported_hazard
from tests.factories_reports import Desks, make_desks

pytestmark = pytest.mark.django_db

LATE = DUE_ON + dt.timedelta(days=5)


@stage
def tree(db: None) -> tuple[Desks, Desks]:
    """One enterprise under a city and one under its county."""
    city = make_bureau()
    return make_desks(bureau=city), make_desks(bureau=make_bureau(parent=city))


def numbers(desks: Desks, *, on: dt.date = TODAY, **wanted: object) -> list[str]:
    page = held_page(
        bureaus_below(desks.bureau),
        wanted=HeldFilter(**wanted),  # type: ignore[arg-type]
        on=on,
    )
    return [line.hazard.number for line in page.lines]


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def test_what_is_past_its_deadline_leads_and_what_has_none_comes_last(
    tree: tuple[Desks, Desks],
) -> None:
    city, county = tree
    without = reported_hazard(city, at=later(1))
    last = planned_hazard(city, at=later(9), due_on=DUE_ON + dt.timedelta(days=9))
    first = planned_hazard(county, at=later(5))

    assert numbers(city) == [first.number, last.number, without.number]
    assert numbers(city, overdue_on=LATE) == [first.number]
    assert numbers(city, overdue_on=DUE_ON) == []
    assert numbers(city, order=HeldOrder.AGE) == [
        without.number,
        first.number,
        last.number,
    ]
    assert numbers(county) == [first.number]
    assert numbers(city, bureau=county.bureau) == [first.number]


def test_a_day_past_its_deadline_it_is_overdue_and_not_on_the_day(
    tree: tuple[Desks, Desks],
) -> None:
    planned_hazard(tree[1])
    bureaus = bureaus_below(tree[1].bureau)
    for day, late in ((DUE_ON, False), (DUE_ON + dt.timedelta(days=1), True)):
        line = held_page(bureaus, on=day).lines[0]
        assert (line.is_overdue, line.deadline_runs) == (late, True)
        assert held_hazards.held_figures(bureaus, on=day).overdue == int(late)


def test_what_was_listed_is_found_by_its_level(tree: tuple[Desks, Desks]) -> None:
    hazard, other = planned_hazard(tree[0]), reported_hazard(tree[0], at=later(3))

    def listed(life: object) -> None:
        life.hazard.listed = ListedLevel.CITY  # type: ignore[attr-defined]

    do(hazard, HazardActKind.LIST, tree[0].reviewer, then=listed)
    assert numbers(tree[0], listed=ListedLevel.CITY) == [hazard.number]
    assert numbers(tree[0], listed=ListedLevel.PROVINCE) == []
    assert numbers(tree[0], state=HazardState.REPORTED) == [other.number]


def test_what_was_graded_down_is_off_the_books(tree: tuple[Desks, Desks]) -> None:
    hazard = reported_hazard(tree[0])
    do(hazard, HazardActKind.DOWNGRADE, tree[0].reviewer)
    assert numbers(tree[0]) == []
    assert numbers(tree[0], order=HeldOrder.ENDED) == [hazard.number]


def test_a_name_narrows_by_its_beginning_and_knows_no_wildcards(
    tree: tuple[Desks, Desks],
) -> None:
    hazard = reported_hazard(tree[0])
    assert numbers(tree[0], name=tree[0].enterprise.name[:4]) == [hazard.number]
    assert numbers(tree[0], name="%") == []


@pytest.mark.parametrize("order", list(HeldOrder))
def test_pages_follow_one_another_in_each_order(
    tree: tuple[Desks, Desks], order: HeldOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for each in range(3):
        hazard = reported_hazard(tree[each % 2], at=later(each))
        if order == HeldOrder.ENDED:
            do(hazard, HazardActKind.DOWNGRADE, tree[each % 2].reviewer)
        made.append(hazard.number)
    monkeypatch.setattr(held_hazards, "PAGE_SIZE", 1)
    bureaus, seen, key = bureaus_below(tree[0].bureau), [], ""
    for _ in range(3):
        page = held_page(bureaus, wanted=HeldFilter(order=order), on=TODAY, after=key)
        seen += [line.hazard.number for line in page.lines]
        key = page.next_key
    assert key == ""
    assert seen == (made[::-1] if order == HeldOrder.ENDED else made)
    every = held_hazards.all_held(
        bureaus, wanted=HeldFilter(order=order), on=TODAY, batch=1
    )
    assert [line.hazard.number for line in every] == seen


@pytest.mark.parametrize("order", list(HeldOrder))
@pytest.mark.parametrize("key", ["x", "~", "x~1", "2026-01-01~x", f"1~{10**30}", "~1"])
def test_a_key_that_cannot_be_read_starts_anew(
    tree: tuple[Desks, Desks], key: str, order: HeldOrder
) -> None:
    hazard = reported_hazard(tree[0])
    if order == HeldOrder.ENDED:
        do(hazard, HazardActKind.DOWNGRADE, tree[0].reviewer)
    bureaus = bureaus_below(tree[0].bureau)
    page = held_page(bureaus, wanted=HeldFilter(order=order), on=TODAY, after=key)
    assert len(page.lines) == 1


FOUND_IN = [
    (HeldFilter(), "hazard_by_deadline", "2026-09-30"),
    (HeldFilter(overdue_on=LATE), "hazard_by_deadline", "2026-09-30"),
    (HeldFilter(state=HazardState.PLANNED), "hazard_by_deadline", "2026-09-30"),
    (HeldFilter(order=HeldOrder.AGE), "hazard_by_age", "2026-07-06 02:00:00+00"),
    (HeldFilter(order=HeldOrder.ENDED), "hazard_ended", "9"),
]


def test_a_page_is_found_in_the_index_of_its_order(tree: tuple[Desks, Desks]) -> None:
    bureaus = bureaus_below(tree[0].bureau)
    # Undone before anybody asks the copies for their acts.
    with transaction.atomic():
        copies_of(planned_hazard(tree[1]), 1500, path=("reported", "planned"))
        copies_of(reported_hazard(tree[1], at=later(4)), 700, path=("downgraded",))
        plans = [
            plan_of(bureaus, wanted, after=(counts, 9))
            for wanted, _, counts in FOUND_IN
        ]
        transaction.set_rollback(True)
    for (_, index, _key), plan in zip(FOUND_IN, plans, strict=True):
        assert index in plan, plan
        # The key is looked up, not filtered row by row.
        assert "Index Cond: ((bureau_id = b.id) AND (" in plan, plan


def plan_of(
    bureaus: list[Bureau], wanted: HeldFilter, *, after: tuple[str, int]
) -> str:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hazards_majorhazard")
        cursor.execute(
            sql.SQL("EXPLAIN {}").format(held_hazards.statement(wanted, after=after)),
            held_hazards._values(bureaus, wanted, after=after, limit=26),
        )
        return "\n".join(row for (row,) in cursor.fetchall())


def copies_of(hazard: MajorHazard, number: int, *, path: tuple[str, ...]) -> None:
    """So many like it, walked along the states: a table with a shape."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO hazards_majorhazard
            SELECT (jsonb_populate_record(NULL::hazards_majorhazard, to_jsonb(h) ||
                jsonb_build_object(
                    'id', nextval(pg_get_serial_sequence('hazards_majorhazard', 'id')),
                    'public_id', gen_random_uuid(), 'number', 'T-' || h.id || '-' || n,
                    'state', 'found', 'registered_at', NULL, 'registered_by_id', NULL,
                    'registered_as', NULL, 'first_reported_at', NULL,
                    'first_reported_to_id', NULL, 'planned_at', NULL,
                    'due_on', h.due_on + n %% 90
                )
            )).*
            FROM hazards_majorhazard h, generate_series(1, %s) n WHERE id = %s
            """,
            [number, hazard.pk],
        )
        cursor.execute(
            """
            UPDATE hazards_majorhazard c SET state = 'registered',
                registered_at = h.registered_at, registered_by_id = h.registered_by_id,
                registered_as = h.registered_as,
                first_reported_at = h.first_reported_at + c.id * interval '1 minute',
                first_reported_to_id = h.first_reported_to_id
            FROM hazards_majorhazard h WHERE h.id = %s AND c.state = 'found'
            """,
            [hazard.pk],
        )
    copies = MajorHazard.objects.filter(number__startswith=f"T-{hazard.pk}-")
    for state in path:
        assert copies.update(state=state) == number
