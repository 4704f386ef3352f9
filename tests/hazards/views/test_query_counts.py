"""Pages of reports ask the same few questions for few rows and for many."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hazards.models import ReportStatus
from hazards.services import reports, reviews
from tests.factories import queries_of, signed_in
from tests.factories_reports import (
    Desks,
    correct,
    make_desks,
    make_inspection,
)
from tests.hazards.views.walking import a_moment, last_quarter, make_filed

pytestmark = pytest.mark.django_db


def many_received(seats: Desks, number: int) -> None:
    """Reports of as many enterprises, received by one bureau and taken up."""
    for _ in range(number):
        others = make_desks(bureau=seats.bureau, on=timezone.localdate())
        make_filed(others, ReportStatus.UNDER_REVIEW)


def many_quarters(seats: Desks, number: int, *, back: int) -> None:
    """Drafts of as many quarters of one enterprise."""
    for each in range(number):
        reports.start(
            quarter=last_quarter().shifted(-back - each), by=seats.clerk, at=a_moment()
        )


def many_visits(seats: Desks, number: int) -> None:
    """Inspections of the last quarter in which the principal took part."""
    for _ in range(number):
        make_inspection(
            seats,
            on=last_quarter().starts_on,
            principal_evidence="带队检查",
            at=a_moment(),
        )


def test_a_bureau_s_lists(seats: Desks) -> None:
    client = signed_in(seats.reviewer)
    lists = [reverse(name) for name in ("review-queue", "desk", "reports")]
    many_received(seats, 3)
    few = {url: queries_of(client, url) for url in lists}
    many_received(seats, 27)

    assert {url: queries_of(client, url) for url in lists} == few


def test_an_enterprise_s_list(seats: Desks) -> None:
    client = signed_in(seats.clerk)
    many_quarters(seats, 3, back=0)
    few = queries_of(client, reverse("reports"))
    many_quarters(seats, 27, back=3)

    assert queries_of(client, reverse("reports")) == few


def test_an_enterprise_s_desk(seats: Desks) -> None:
    clients = [signed_in(by) for by in (seats.clerk, seats.principal)]
    many_visits(seats, 3)
    few = [queries_of(client, reverse("desk")) for client in clients]
    many_visits(seats, 27)
    many_quarters(seats, 30, back=0)

    assert [queries_of(client, reverse("desk")) for client in clients] == few


def test_a_report_of_one_version_and_of_four(seats: Desks) -> None:
    report = make_filed(seats, ReportStatus.RETURNED)
    people = (seats.clerk, seats.principal, seats.reviewer)
    clients = [signed_in(by) for by in people]
    url = reverse("report", args=[report.public_id])
    few = [queries_of(client, url) for client in clients]
    for _ in range(3):
        correct(report, seats, at=timezone.now())
        reviews.return_for_correction(
            report_id=report.pk,
            comments={"report": "再补充。"},
            by=seats.reviewer,
            at=timezone.now(),
        )

    assert [queries_of(client, url) for client in clients] == few


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("clerk", "report", ReportStatus.DRAFT),
        ("clerk", "report-edit", ReportStatus.DRAFT),
        ("principal", "report-sign", ReportStatus.AWAITING_SIGNATURE),
    ],
)
def test_a_report_of_one_inspection_and_of_ten(
    seats: Desks, who: str, name: str, status: ReportStatus
) -> None:
    few_report = make_filed(seats, status, back=1)
    client = signed_in(getattr(seats, who))
    few = queries_of(client, reverse(name, args=[few_report.public_id]))
    many_visits(seats, 9)
    report = make_filed(seats, status)

    assert queries_of(client, reverse(name, args=[report.public_id])) == few
