"""Which steps remind of a duty: the dated versions of law/reminders.toml."""

import datetime as dt

import pytest

from hazards.rules import reminders

TWO = """
[quarter_before]
of = "quarter"

[[quarter_before.versions]]
since = 2026-01-01
steps = [
  { days = -30, audience = ["team"], final = false },
  { days = -3, audience = ["team", "principal"], final = true },
]

[[quarter_before.versions]]
since = 2027-04-01
steps = [
  { days = -7, audience = ["team"], final = false },
]
"""


def days_before(due_on: dt.date) -> list[int]:
    """How many days before the due day people are reminded, under both versions."""
    found = reminders.steps(
        "quarter", year=due_on.year, due_on=due_on, kinds=reminders.load(TWO)
    )
    return [(due_on - step.on).days for step in found]


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (dt.date(2025, 4, 15), [30, 3]),
        (dt.date(2027, 3, 31), [30, 3]),
        (dt.date(2027, 4, 1), [7]),
        (dt.date(2028, 1, 15), [7]),
    ],
)
def test_the_due_day_chooses_the_version_for_all_steps(
    due_on: dt.date, expected: list[int]
) -> None:
    assert days_before(due_on) == expected


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace("2027-04-01", "2025-12-31"),
        TWO.replace("2027-04-01", "2026-01-01"),
        '[quarter_before]\nof = "quarter"\nversions = []\n',
    ],
)
def test_versions_out_of_order_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="each later than the one before"):
        reminders.load(text)


def test_what_is_due_now_is_reminded_of_as_decided() -> None:
    due_on = dt.date(2026, 7, 15)
    found = reminders.steps("quarter", year=2026, due_on=due_on)
    distances = [(step.on - due_on).days for step in found]
    assert distances[:7] == [-30, -14, -3, 1, 2, 4, 8]
    assert "principal" not in found[0].audience
    assert "principal" in found[2].audience
    assert next(s.ordinal for s in found if "bureau" in s.audience) == 4


def test_the_year_is_reminded_of_from_october_to_after_its_due_day() -> None:
    found = reminders.steps("participation", year=2026, due_on=dt.date(2027, 1, 15))
    assert [step.on.isoformat() for step in found[:5]] == [
        "2026-10-01",
        "2026-11-01",
        "2026-12-01",
        "2027-01-01",
        "2027-01-16",
    ]
