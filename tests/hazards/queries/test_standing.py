"""The words of the desk follow from the row and the report; nothing is asked."""

import datetime as dt

import pytest

from hazards.models import Obligation, ReportStatus, SelfInspectionReport
from hazards.queries.standing import Standing, Turn, standing, turn
from tests.factories import SHANGHAI

DUE_AT = dt.datetime(2026, 7, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI)
BEFORE = DUE_AT - dt.timedelta(days=30)
DAY = dt.timedelta(days=1)


def duty(outlook: str = "missing", state: str = "not_due") -> Obligation:
    return Obligation(
        kind="quarter",
        year=2026,
        quarter_number=2,
        due_at=DUE_AT,
        state=state,
        outlook=outlook,
    )


def report(
    status: ReportStatus, *, received: bool | None = None
) -> SelfInspectionReport:
    before = {ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE}
    received = status not in before if received is None else received
    return SelfInspectionReport(
        status=status, first_received_at=BEFORE if received else None
    )


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (DUE_AT - 15 * DAY, Standing.OPEN),
        (DUE_AT - 14 * DAY, Standing.DUE_SOON),
        (DUE_AT, Standing.DUE_SOON),
        (DUE_AT + dt.timedelta(microseconds=1), Standing.MISSING),
    ],
)
def test_with_nothing_received_time_alone_decides(
    at: dt.datetime, word: Standing
) -> None:
    assert standing(duty(), None, at=at) == word
    assert standing(duty(), report(ReportStatus.DRAFT), at=at) == word


@pytest.mark.parametrize(
    ("outlook", "status", "word", "whose"),
    [
        ("missing", None, Standing.OPEN, Turn.TEAM),
        ("missing", ReportStatus.DRAFT, Standing.OPEN, Turn.TEAM),
        (
            "missing",
            ReportStatus.AWAITING_SIGNATURE,
            Standing.AWAITING_SIGNATURE,
            Turn.PRINCIPAL,
        ),
        ("satisfied", ReportStatus.RECEIVED, Standing.FILED, Turn.BUREAU),
        ("satisfied", ReportStatus.UNDER_REVIEW, Standing.FILED, Turn.BUREAU),
        ("satisfied", ReportStatus.RETURNED, Standing.RETURNED, Turn.TEAM),
        ("satisfied", ReportStatus.ACCEPTED, Standing.FILED, Turn.NOBODY),
        ("satisfied_late", ReportStatus.ACCEPTED, Standing.FILED_LATE, Turn.NOBODY),
        # A stop that is not answered; a report without the internal team.
        ("pending", None, Standing.TO_BE_JUDGED, Turn.BUREAU),
        ("pending", ReportStatus.ACCEPTED, Standing.TO_BE_JUDGED, Turn.BUREAU),
        # Received, and satisfies nothing.
        ("missing", ReportStatus.ACCEPTED, Standing.OPEN, Turn.BUREAU),
        ("exempt", None, Standing.EXEMPT, Turn.NOBODY),
        ("exempt", ReportStatus.DRAFT, Standing.EXEMPT, Turn.NOBODY),
    ],
)
def test_the_record_decides_the_word_and_the_turn(
    outlook: str, status: ReportStatus | None, word: Standing, whose: Turn
) -> None:
    written = report(status) if status else None
    assert standing(duty(outlook), written, at=BEFORE) == word
    assert turn(duty(outlook), written) == whose


def test_a_correction_in_preparation_is_the_team_s() -> None:
    draft = report(ReportStatus.DRAFT, received=True)
    assert standing(duty("satisfied"), draft, at=BEFORE) == Standing.FILED
    assert turn(duty("satisfied"), draft) == Turn.TEAM


def test_where_nobody_receives_the_team_writes_all_the_same() -> None:
    assert turn(None, None) == Turn.TEAM
