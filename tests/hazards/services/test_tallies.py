"""Counts of reports are kept by the database and say what counting would say."""

import datetime as dt
import itertools
from collections import Counter
from functools import partial
from random import Random

import pytest

from hazards import tasks
from hazards.models import ReportStatus, ReportTally, SelfInspectionReport
from hazards.queries.tallies import tallies_of
from hazards.services import reports, reviews, tallies
from tests.factories import NOW
from tests.factories_reports import QUARTER, Desks, correct, make_desks, make_report
from tests.hazards.records.together import at_once

_seconds = itertools.count(1)


def a_moment() -> dt.datetime:
    """An instant of its own: a proof signs one report."""
    return NOW + dt.timedelta(seconds=next(_seconds))


def received(
    desks: Desks, *, back: int, status: ReportStatus = ReportStatus.RECEIVED
) -> SelfInspectionReport:
    quarter = QUARTER.shifted(-back)
    return make_report(desks, status=status, quarter=quarter, at=a_moment())


MOVES = (
    partial(reviews.begin, at=NOW),
    partial(reviews.accept, at=NOW),
    partial(reviews.return_for_correction, comments={"report": "改"}, at=NOW),
)


def agree(*all_desks: Desks) -> None:
    """Each bureau's tallies are what COUNT(*) gives."""
    for desks in all_desks:
        reports_here = SelfInspectionReport.objects.filter(bureau=desks.bureau)
        counted = Counter(reports_here.values_list("status", flat=True))
        assert tallies_of(desks.bureau) == {
            status: counted[status.value] for status in ReportStatus
        }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_after_a_random_walk_the_tallies_are_the_counts(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 (which way, not a secret)
    pair = [make_desks(), make_desks()]
    known = [
        (received(desks, status=status, back=back), desks)
        for desks in pair
        for back, status in enumerate(dice.sample(list(ReportStatus), 4))
    ]
    for _ in range(12):
        report, desks = dice.choice(known)
        report.refresh_from_db()
        if report.status in (ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW):
            fits = MOVES if report.status == ReportStatus.RECEIVED else MOVES[1:]
            dice.choice(fits)(report_id=report.pk, by=desks.reviewer)
        elif report.status == ReportStatus.RETURNED:
            correct(report, desks, at=a_moment())
        if dice.random() < 0.3:
            tallies.fold(beyond=dice.randrange(4))
        agree(*pair)


@pytest.mark.django_db
def test_folding_leaves_one_row_where_there_were_many_and_none_for_nothing(
    desks: Desks,
) -> None:
    for back in range(3):
        received(desks, back=back)
    assert ReportTally.objects.count() == 3
    received(desks, back=3, status=ReportStatus.ACCEPTED)

    tallies.fold(beyond=0)

    rows = ReportTally.objects.values_list("status", "change").order_by("status")
    assert list(rows) == [("accepted", 1), ("received", 3)]
    tallies.fold(beyond=0)
    tasks.fold_tallies()
    assert ReportTally.objects.count() == 2
    agree(desks)


@pytest.mark.django_db(transaction=True)
def test_folding_at_once_and_while_reports_move_loses_nothing() -> None:
    desks = make_desks()
    waiting = [received(desks, back=back) for back in range(4)]
    for move in (reviews.begin, reviews.accept):
        errors = at_once(
            *(partial(tallies.fold, beyond=0) for _ in range(3)),
            *(
                partial(move, report_id=report.pk, by=desks.reviewer, at=NOW)
                for report in waiting
            ),
            partial(tallies.fold, beyond=0),
        )
        assert errors == [None] * 8
        agree(desks)
    tallies.fold(beyond=0)
    agree(desks)
    assert ReportTally.objects.count() == 1


@pytest.mark.django_db
def test_a_report_that_was_never_received_counts_nowhere(desks: Desks) -> None:
    make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    reports.start(quarter=QUARTER.shifted(-1), by=desks.clerk, at=NOW)
    assert set(tallies_of(desks.bureau).values()) == {0}
    assert not ReportTally.objects.exists()
