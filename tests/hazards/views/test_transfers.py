"""Handing a report to another bureau, page by page."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from hazards.models import ReportTransfer, SelfInspectionReport
from tests.database.stages import stage
from tests.factories import make_bureau, signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.records.together import at_once
from tests.hazards.services.traces import written
from tests.hazards.views.walking import page, words

REASON = "注册地在邻县，由其管辖。"


def url_of(report: SelfInspectionReport) -> str:
    return reverse("report-transfer", args=[report.public_id])


@pytest.fixture
def reviewer(seats: Desks) -> Client:
    return signed_in(seats.reviewer)


@stage
def others(seats: Desks) -> Desks:
    return make_desks()


def fields(to: Desks, **changes: str) -> dict[str, str]:
    return {"bureau": str(to.bureau.public_id), "reason": REASON, **changes}


def test_offers_the_bureaus_of_the_enterprise_s_county(
    seats: Desks, others: Desks, received: SelfInspectionReport, reviewer: Client
) -> None:
    far = make_bureau(name="大连市金州区应急管理局", covers=())
    said = words(reviewer.get(url_of(received)))
    assert others.bureau.name in said
    assert far.name not in said
    offered = reviewer.get(url_of(received)).context["form"].offered
    assert str(seats.bureau.public_id) not in offered


@pytest.mark.parametrize("typed", ["金州", "211282", "开原"])
def test_finds_others_by_name_code_or_place(
    received: SelfInspectionReport, reviewer: Client, typed: str
) -> None:
    wanted = make_bureau(name="金州区应急管理局")
    said = words(reviewer.get(url_of(received), {"q": typed}))
    assert wanted.name in said


def test_says_when_none_is_found(
    received: SelfInspectionReport, reviewer: Client
) -> None:
    said = words(reviewer.get(url_of(received), {"q": "无此局"}))
    assert "No other bureau found" in said


def test_hands_it_on_and_says_so(
    others: Desks, received: SelfInspectionReport, reviewer: Client
) -> None:
    response = reviewer.post(url_of(received), fields(others), follow=True)

    assert ReportTransfer.objects.get().to_bureau == others.bureau
    assert f"Handed to {others.bureau.name}" in words(response)
    assert received.number not in words(response)
    own = reviewer.get(reverse("report", args=[received.public_id]))
    assert own.status_code == 200
    assert REASON in words(own)
    assert url_of(received) not in page(own)


def test_a_second_press_finds_the_work_done(
    others: Desks, received: SelfInspectionReport, reviewer: Client
) -> None:
    reviewer.post(url_of(received), fields(others))
    before = written()
    response = reviewer.post(url_of(received), fields(others), follow=True)
    assert "Handed to" in words(response)
    assert ReportTransfer.objects.count() == 1
    assert written() == before


def test_keeps_the_reason_where_no_bureau_is_chosen(
    received: SelfInspectionReport, others: Desks, reviewer: Client
) -> None:
    response = reviewer.post(url_of(received), {"reason": REASON})
    assert response.status_code == 422
    assert "Choose the bureau that has jurisdiction" in words(response)
    assert REASON in page(response)


def test_keeps_what_was_looked_for(
    received: SelfInspectionReport, reviewer: Client
) -> None:
    wanted = make_bureau(name="金州区应急管理局", covers=())
    response = reviewer.post(
        url_of(received),
        {"q": "金州", "bureau": str(wanted.public_id), "reason": ""},
    )
    assert response.status_code == 422
    assert wanted.name in words(response)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_is_told(
    seats: Desks, others: Desks, received: SelfInspectionReport, reviewer: Client
) -> None:
    third, colleague = make_desks(), signed_in(seats.colleague)
    answers = at_once(
        partial(reviewer.post, url_of(received), fields(others)),
        partial(colleague.post, url_of(received), fields(third)),
    )
    assert sorted(answer.status_code for answer in answers) == [302, 403]
    lost = next(answer for answer in answers if answer.status_code == 403)
    assert "Another bureau received this report" in words(lost)
    assert ReportTransfer.objects.count() == 1
