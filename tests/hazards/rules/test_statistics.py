"""What the statistics count: by hand, and whatever happens to a hazard."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules.quarters import Quarter
from hazards.rules.statistics import (
    GENERAL_IN,
    GENERAL_OUT,
    MAJOR_IN,
    MAJOR_OUT,
    Line,
    Passage,
    Span,
    Way,
    flow,
    overdue,
    rate,
)
from hazards.rules.statistics_sheet import SECTIONS, sheet

Q1, Q2, Q3, Q4 = (Span.of_quarter(quarter) for quarter in Quarter.of_year(2026))
YEAR = Span.of_year(2026)
GRADES = [(GENERAL_IN, GENERAL_OUT), (MAJOR_IN, MAJOR_OUT)]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def line(*passages: tuple[str, Way], due_on: str = "", waits: str = "") -> Line:
    """In and out by turns."""
    return Line(
        1,
        [
            Passage(day(on), way, enters=number % 2 == 0)
            for number, (on, way) in enumerate(passages)
        ],
        day(due_on) if due_on else None,
        [(day(waits), True)] if waits else (),
    )


def major(lines: Sequence[Line], span: Span) -> dict[str, int]:
    return flow(lines, span, ways_in=MAJOR_IN, out=MAJOR_OUT)


@pytest.mark.parametrize(
    ("found", "quarter", "counts"),
    [
        ("2026-03-31", Q1, 1),
        ("2026-03-31", Q2, 0),
        ("2026-04-01", Q1, 0),
        ("2026-04-01", Q2, 1),
        ("2025-12-31", YEAR, 0),
        ("2026-01-01", YEAR, 1),
        ("2026-12-31", YEAR, 1),
        ("2027-01-01", YEAR, 0),
    ],
)
def test_the_first_and_the_last_day_belong_to_the_span(
    found: str, quarter: Span, counts: int
) -> None:
    assert major([line((found, Way.FOUND))], quarter)["found"] == counts


def test_found_in_one_quarter_and_closed_in_another() -> None:
    lines = [line(("2026-02-10", Way.FOUND), ("2026-05-20", Way.CLOSED))]
    first, second, third = (major(lines, span) for span in (Q1, Q2, Q3))
    assert (first["found"], first["closed"], first["open_at_end"]) == (1, 0, 1)
    assert (second["open_before"], second["found"], second["closed"]) == (1, 0, 1)
    assert second["open_at_end"] == 0
    assert set(third.values()) == {0}


def test_one_closed_on_the_last_day_is_not_open_at_the_end() -> None:
    lines = [line(("2026-02-10", Way.FOUND), ("2026-03-31", Way.CLOSED))]
    assert major(lines, Q1)["open_at_end"] == 0
    assert major(lines, Q2)["open_before"] == 0


def test_graded_down_and_major_again() -> None:
    lines = [
        line(
            ("2026-02-10", Way.FOUND),
            ("2026-04-01", Way.GRADED_DOWN),
            ("2026-07-02", Way.GRADED_UP),
        )
    ]
    assert major(lines, Q2) == {
        "open_before": 1,
        "found": 0,
        "graded_up": 0,
        "closed": 0,
        "graded_down": 1,
        "struck_out": 0,
        "handed_over": 0,
        "open_at_end": 0,
    }
    assert major(lines, Q3)["graded_up"] == 1
    assert major(lines, Q3)["open_at_end"] == 1


@pytest.mark.parametrize(
    ("due_on", "on", "counts"),
    [
        ("2026-03-31", "2026-04-10", 1),
        ("2026-04-01", "2026-04-10", 0),
        # A span that is not over is judged on the day of the count.
        ("2026-03-20", "2026-03-20", 0),
        ("2026-03-20", "2026-03-21", 1),
        ("", "2026-04-10", 0),
    ],
)
def test_the_day_of_the_deadline_is_in_time(due_on: str, on: str, counts: int) -> None:
    lines = [line(("2026-02-10", Way.FOUND), due_on=due_on)]
    assert overdue(lines, Q1, on=day(on)) == counts


def test_what_was_accepted_by_the_end_is_not_overdue_and_later_it_was() -> None:
    late = line(("2026-02-10", Way.FOUND), due_on="2026-03-01", waits="2026-04-02")
    assert overdue([late], Q1, on=day("2026-08-01")) == 1
    assert overdue([late], Q2, on=day("2026-08-01")) == 0


@pytest.mark.parametrize(
    ("done", "open_before", "came", "dropped", "percent"),
    [
        (3, 1, 4, 1, "75.0"),
        (0, 0, 0, 0, ""),
        (0, 0, 1, 1, ""),
        (1, 0, 3, 0, "33.3"),
        (2, 2, 0, 0, "100.0"),
    ],
)
def test_a_rate_is_of_what_was_to_be_rectified(
    done: int, open_before: int, came: int, dropped: int, percent: str
) -> None:
    said = rate(done, open_before=open_before, came=came, dropped=dropped)
    assert said == percent


@st.composite
def ledgers(draw: st.DrawFn, ways_in: Sequence[Way], out: Sequence[Way]) -> list[Line]:
    """Hazards that come and go by any way, around the year."""
    days = st.dates(dt.date(2025, 10, 1), dt.date(2027, 3, 31))
    lines = []
    for key in range(draw(st.integers(0, 6))):
        on = sorted(draw(st.lists(days, min_size=1, max_size=5)))
        ways = [
            draw(st.sampled_from(out if number % 2 else ways_in))
            for number in range(len(on))
        ]
        ways[0] = Way.FOUND
        passages = [
            Passage(when, way, enters=number % 2 == 0)
            for number, (when, way) in enumerate(zip(on, ways, strict=True))
        ]
        lines.append(Line(key, passages))
    return lines


@pytest.mark.parametrize(("ways_in", "out"), GRADES)
@given(data=st.data())
def test_the_quarters_add_up_to_the_year_and_what_is_left_is_what_came_less_what_went(
    ways_in: Sequence[Way], out: Sequence[Way], data: st.DataObject
) -> None:
    lines = data.draw(ledgers(ways_in, out))
    year = flow(lines, YEAR, ways_in=ways_in, out=out)
    quarters = [
        flow(lines, span, ways_in=ways_in, out=out) for span in (Q1, Q2, Q3, Q4)
    ]
    for way in (*ways_in, *out):
        assert sum(quarter[way] for quarter in quarters) == year[way]
    for counted in (*quarters, year):
        came = sum(counted[way] for way in ways_in)
        left = sum(counted[way] for way in out)
        assert counted["open_before"] + came - left == counted["open_at_end"]
    for before, after in pairwise(quarters):
        assert before["open_at_end"] == after["open_before"]
    assert year["open_before"] == quarters[0]["open_before"]
    assert year["open_at_end"] == quarters[-1]["open_at_end"]


def test_every_count_stands_on_the_sheet_and_every_line_has_its_count() -> None:
    grades = {
        "general": flow([], Q1, ways_in=GENERAL_IN, out=GENERAL_OUT) | {"overdue": 0},
        "major": major([], Q1)
        | dict.fromkeys(("recurred", "planned", "accepted", "overdue"), 0),
    }
    counted = {
        "first_day": "2026-01-01",
        "last_day": "2026-03-31",
        "inspections": dict.fromkeys(("held", "by_own_team", "with_principal"), 0),
        **grades,
        "funds": {"planned": "0", "spent": "0"},
    }
    counted["major"] |= {"listed": {"county": 0, "city": 0, "province": 0}}  # type: ignore[operator]
    laid_out = sheet({"quarter": counted, "year": None})
    assert laid_out.periods == (("2026-01-01", "2026-03-31"),)
    known = {path for _, rows in SECTIONS for path, _ in rows}
    for grade, counts in grades.items():
        assert {f"{grade}.{name}" for name in counts if name != "listed"} <= known
