"""The queue and the list of reports are narrowed; bad query strings harm nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hazards.models import ReportStatus, SelfInspectionReport
from hazards.queries import queue, report_lists
from tests.database.stages import stage
from tests.factories import signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import last_quarter, make_filed, page, words

pytestmark = pytest.mark.django_db


@stage
def waiting(seats: Desks) -> dict[str, SelfInspectionReport]:
    """Reports of one bureau, each with something of its own."""
    desks = [seats, *(_beside(seats) for _ in range(4))]
    reports = {
        "plain": make_filed(desks[0], ReportStatus.RECEIVED),
        "old": make_filed(desks[1], ReportStatus.RECEIVED, back=2),
        "taken": make_filed(desks[2], ReportStatus.UNDER_REVIEW),
        "unsigned": make_filed(desks[3], ReportStatus.RECEIVED, back=1),
        "hazards": make_filed(desks[4], ReportStatus.RECEIVED, back=1),
    }
    rows = SelfInspectionReport.objects
    rows.filter(pk=reports["unsigned"].pk).update(is_unsigned=True)
    rows.filter(pk=reports["hazards"].pk).update(hazard_count=2)
    rows.exclude(pk=reports["old"].pk).update(in_time=True)
    rows.filter(pk=reports["old"].pk).update(in_time=False)
    return reports


def _beside(seats: Desks) -> Desks:
    return make_desks(bureau=seats.bureau, on=timezone.localdate())


def found(client: Client, address: str, **query: Any) -> set[SelfInspectionReport]:
    response = client.get(reverse(address), query)
    assert response.status_code == 200
    return set(response.context["page"].reports)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"waiting": "received"}, {"plain", "old", "unsigned", "hazards"}),
        ({"waiting": "under_review"}, {"taken"}),
        ({"waiting": "mine"}, {"taken"}),
        ({"found": "yes"}, {"hazards"}),
        ({"found": "no"}, {"plain", "old", "unsigned", "taken"}),
        ({"late": "on"}, {"old"}),
        ({"unsigned": "on"}, {"unsigned"}),
        ({"unsigned": "on", "late": "on"}, set()),
        ({}, {"plain", "old", "taken", "unsigned", "hazards"}),
    ],
)
def test_the_queue_shows_what_is_asked_for(
    seats: Desks,
    waiting: dict[str, SelfInspectionReport],
    query: dict[str, str],
    names: set[str],
) -> None:
    # The first desk's reviewer took up none; the third's did.
    taker = waiting["taken"].reviewer
    assert taker is not None
    client = Client()
    client.force_login(taker.user)
    assert found(client, "review-queue", **query) == {waiting[each] for each in names}
    if query.get("waiting") == "mine":
        assert found(signed_in(seats.reviewer), "review-queue", **query) == set()


def test_the_queue_is_narrowed_by_quarter_and_by_name(
    seats: Desks, waiting: dict[str, SelfInspectionReport]
) -> None:
    client = signed_in(seats.reviewer)
    quarter = str(last_quarter().shifted(-2))
    assert found(client, "review-queue", quarter=quarter) == {waiting["old"]}
    whole = waiting["plain"].enterprise.name
    assert found(client, "review-queue", name=f" {whole} ") == {waiting["plain"]}
    assert found(client, "review-queue", name=whole[1:]) == set()
    assert found(client, "review-queue", name="%") == set()
    assert found(client, "review-queue", name=whole[:2]) == set(waiting.values())


def test_pages_keep_the_filter(
    seats: Desks,
    waiting: dict[str, SelfInspectionReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 1)
    client, seen = signed_in(seats.reviewer), []
    url = reverse("review-queue") + "?waiting=received&found=no"
    while url:
        response = client.get(url)
        seen += response.context["page"].reports
        _, _, rest = page(response).partition('rel="next" href="')
        after = rest.partition('"')[0].replace("&amp;", "&")
        assert not after or "waiting=received&found=no" in after
        url = reverse("review-queue") + after if after else ""
    assert seen == sorted(
        (waiting[name] for name in ("plain", "old", "unsigned")),
        key=lambda report: (report.received_at, report.pk),
    )


def test_the_counts_stand_above_the_queue(
    seats: Desks, waiting: dict[str, SelfInspectionReport]
) -> None:
    make_filed(seats, ReportStatus.RETURNED, back=3)
    said = words(signed_in(seats.reviewer).get(reverse("review-queue")))
    assert "not taken up yet 4 under review 1" in said
    assert "returned for correction 1 accepted 0" in said


def test_reports_are_narrowed_by_quarter_and_state(
    seats: Desks, waiting: dict[str, SelfInspectionReport]
) -> None:
    draft = make_filed(seats, ReportStatus.DRAFT, back=1)
    clerk, reviewer = signed_in(seats.clerk), signed_in(seats.reviewer)
    own = {waiting["plain"], draft}
    assert found(clerk, "reports") == own
    assert found(clerk, "reports", status="draft") == {draft}
    quarter = str(last_quarter().shifted(-1))
    assert found(clerk, "reports", quarter=quarter) == {draft}
    taken = found(reviewer, "reports", status="under_review")
    assert taken == {waiting["taken"]}
    assert found(reviewer, "reports", status="draft") == set()


def test_pages_of_reports_keep_the_filter(
    seats: Desks,
    waiting: dict[str, SelfInspectionReport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_lists, "PAGE_SIZE", 1)
    reviewer = signed_in(seats.reviewer)
    response = reviewer.get(reverse("reports"), {"status": "received"})
    assert "&amp;status=received" in page(response)


BAD = [
    "x",
    "9" * 5000,
    "%",
    "'",
    "2026Q9",
    "0000Q1",
    "2099Q4",
    "9999Q4",
    "-1",
    "Q",
    "ÿ",
]


@pytest.mark.parametrize("name", ["review-queue", "reports"])
@pytest.mark.parametrize("value", BAD)
def test_a_bad_query_string_narrows_nothing_and_is_no_error(  # S22
    seats: Desks, received: SelfInspectionReport, name: str, value: str
) -> None:
    client = signed_in(seats.reviewer)
    for field in ("waiting", "quarter", "found", "status", "after"):
        response = client.get(reverse(name), {field: value})
        assert response.status_code == 200
        shown = response.context["page"].reports
        if field == "quarter" and value == "2099Q4":
            assert shown == []  # a quarter, and nothing in it
        else:
            assert shown == [received]
    every = dict.fromkeys(("name", "late", "unsigned", "waiting", "quarter"), value)
    assert client.get(reverse(name), every).status_code == 200


def test_what_could_not_be_read_is_said(
    seats: Desks, received: SelfInspectionReport
) -> None:
    client = signed_in(seats.reviewer)
    for name in ("review-queue", "reports"):
        said = words(client.get(reverse(name), {"quarter": "x"}))
        assert "The filter could not be read, so all are shown." in said


def test_late_unsigned_and_hazards_are_marked(
    seats: Desks, waiting: dict[str, SelfInspectionReport]
) -> None:
    client = signed_in(seats.reviewer)
    for query, mark in (
        ({"late": "on"}, "after the due day"),
        ({"unsigned": "on"}, "not signed"),
        ({"found": "yes"}, "2 hazards"),
    ):
        assert mark in words(client.get(reverse("review-queue"), query))
