"""What acts about a hazard come to."""

import datetime as dt

import pytest

from hazards.rules.life_stories import Deed, Life, came_to

AT = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 9, 30)
LATER = dt.date(2026, 11, 30)


def deed(kind: str, source: str, target: str = "", **said: object) -> Deed:
    return Deed(kind, AT, source, target or source, **said)  # type: ignore[arg-type]


RECEIVED = (
    deed("register", "found", "registered"),
    deed("report", "registered", "reported"),
    deed("receive-plan", "reported", "planned", due_on=DAY),
)
ACCEPTED = (*RECEIVED, deed("confirm-acceptance", "planned", "accepted"))
LOOKED_AT = (
    *ACCEPTED,
    deed("apply-for-recheck", "accepted", "awaiting_recheck", due_on=DAY),
)


def test_nothing_done_is_a_hazard_found() -> None:
    assert came_to([]) == Life()


def test_the_plan_sets_the_deadline() -> None:
    assert came_to(RECEIVED) == Life(state="planned", is_planned=True, due_on=DAY)


def test_a_day_that_was_ordered_before_the_plan_stands() -> None:
    ordered = deed("order", "reported", due_on=LATER, ordered="")
    life = came_to([*RECEIVED[:2], ordered, RECEIVED[2]])
    assert (life.due_on, life.is_ordered, life.stop_ordered) == (LATER, True, "")


@pytest.mark.parametrize(
    ("answered", "due_on"),
    [(LATER, LATER), (None, DAY), (DAY - dt.timedelta(days=1), DAY)],
)
def test_only_more_time_that_was_approved_moves_the_deadline_and_only_later(
    answered: dt.date | None, due_on: dt.date
) -> None:
    life = came_to([*RECEIVED, deed("answer-extension", "planned", due_on=answered)])
    assert life.due_on == due_on
    assert life.extension_asked_at is None


def test_what_nobody_has_answered_waits() -> None:
    life = came_to([*RECEIVED, deed("ask-extension", "planned", asks=True)])
    assert life.extension_asked_at == AT


def test_the_widest_stop_of_the_orders_that_stand_holds() -> None:
    stops = (None, "part", "whole", "")
    orders = [deed("order", "planned", ordered=stop) for stop in stops]
    assert came_to([*RECEIVED, *orders]).stop_ordered == "whole"
    assert came_to([*RECEIVED, *orders[:2]]).stop_ordered == "part"
    assert not came_to([*RECEIVED, orders[0]]).is_ordered


def test_a_recheck_that_fails_undoes_the_acceptance_and_sets_a_day() -> None:
    failed = deed(
        "fail-recheck", "awaiting_recheck", "rectifying", due_on=LATER, ordered=""
    )
    assert came_to([*LOOKED_AT, failed]) == Life(
        state="rectifying", is_planned=True, due_on=LATER, is_ordered=True
    )


def test_a_recheck_that_passes_closes() -> None:
    life = came_to([*LOOKED_AT, deed("pass-recheck", "awaiting_recheck", "closed")])
    assert (life.state, life.closed_at, life.recheck_due_on) == ("closed", AT, None)
    assert life.accepted_at == AT


def test_an_act_that_begins_where_no_other_ended_is_a_gap() -> None:
    life = came_to([*RECEIVED[:2], deed("progress", "planned", "rectifying")])
    assert life.gap == "progress: reported ≠ planned"
    assert came_to(LOOKED_AT).gap == ""
