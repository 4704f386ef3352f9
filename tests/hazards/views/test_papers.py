"""Entering a paper, page by page."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from hazards.models import (
    Attachment,
    HazardStatement,
    ReportStatus,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.rules.deadlines import SHANGHAI
from tests.factories import PASSWORD, signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import pdf
from tests.hazards.records.together import at_once
from tests.hazards.services.traces import written
from tests.hazards.views.test_signing import shown_on, sign_url
from tests.hazards.views.walking import last_quarter, page, words

WRONG = "wrong-horse-battery"
URL = "/review/paper/"


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    """Keep what tests upload apart."""
    storages = {**settings.STORAGES}
    default = storages["default"]
    storages["default"] = {
        **default,
        "OPTIONS": {**default["OPTIONS"], "location": str(tmp_path)},
    }
    settings.STORAGES = storages


@pytest.fixture
def reviewer(seats: Desks) -> Client:
    seats.reviewer.user.set_password(PASSWORD)
    seats.reviewer.user.save()
    return signed_in(seats.reviewer)


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("盖章报告.pdf", pdf())


def fields(desks: Desks, **changes: Any) -> dict[str, Any]:
    """What a browser sends of a paper that came when the last quarter ended."""
    quarter = last_quarter()
    day = (quarter.starts_on + dt.timedelta(days=40)).isoformat()
    return {
        "enterprise": str(desks.enterprise.public_id),
        "quarter": str(quarter),
        "received_on": quarter.ends_on.isoformat(),
        "received_time": "16:30",
        "scan": scan(),
        "visit1-started_on": day,
        "visit1-team": "internal",
        "visit1-people": "周工、吴工",
        "visit2-team": "internal",
        "nothing_found": "on",
        "note": "停电，以纸质形式报送。",
        "password": PASSWORD,
        **changes,
    }


class TestFinding:
    def test_asks_for_the_enterprise_first(self, reviewer: Client) -> None:
        response = reviewer.get(URL)
        assert response.status_code == 200
        assert 'name="uscc"' in page(response)

    def test_finds_it_by_its_code_as_people_paste_it(
        self, seats: Desks, reviewer: Client
    ) -> None:
        response = reviewer.get(URL, {"uscc": f" {seats.enterprise.uscc.lower()} "})
        assert seats.enterprise.name in words(response)
        assert 'name="scan"' in page(response)

    def test_says_so_where_none_is_assigned(
        self, seats: Desks, reviewer: Client
    ) -> None:
        other = make_desks().enterprise
        response = reviewer.get(URL, {"uscc": other.uscc})
        assert response.status_code == 422
        assert "No enterprise with this code is assigned" in words(response)
        assert other.uscc in page(response)

    def test_does_not_know_another_s(self, seats: Desks, reviewer: Client) -> None:
        other = make_desks().enterprise
        for named in (str(other.public_id), "no-id"):
            assert reviewer.get(URL, {"enterprise": named}).status_code == 404

    def test_is_found_from_queue_and_enterprise(
        self, seats: Desks, reviewer: Client
    ) -> None:
        assert URL in page(reviewer.get(reverse("review-queue")))
        own = reverse("enterprise", args=[seats.enterprise.public_id])
        assert f"{URL}?enterprise={seats.enterprise.public_id}" in page(
            reviewer.get(own)
        )


class TestEntering:
    def test_receives_it_and_shows_the_report_with_its_scan(
        self, seats: Desks, reviewer: Client
    ) -> None:
        response = reviewer.post(URL, fields(seats), follow=True)

        seal = Seal.objects.get()
        expected = dt.datetime.combine(
            last_quarter().ends_on, dt.time(16, 30), tzinfo=SHANGHAI
        )
        assert (seal.kind, seal.received_at) == (SealKind.PAPER, expected)
        said = words(response)
        assert seal.receipt_number in said
        attachment = Attachment.objects.get()
        assert reverse("attachment", args=[attachment.public_id]) in page(response)
        assert "停电，以纸质形式报送。" in said
        assert (
            reviewer.get(reverse("attachment", args=[attachment.public_id])).status_code
            == 200
        )

    def test_a_second_press_finds_the_work_done(
        self, seats: Desks, reviewer: Client
    ) -> None:
        reviewer.post(URL, fields(seats))
        before = written()
        again = reviewer.post(URL, fields(seats), follow=True)
        assert "Entered and received under" in words(again)
        assert written() == before
        assert Seal.objects.count() == 1

    def test_keeps_all_and_the_scan_at_a_wrong_password(
        self, seats: Desks, reviewer: Client
    ) -> None:
        response = reviewer.post(URL, fields(seats, password=WRONG))

        assert response.status_code == 422
        said = words(response)
        assert "This password or code is not right" in said
        assert "盖章报告.pdf” is kept" in said
        assert WRONG not in page(response)
        assert "周工、吴工" in page(response)
        assert not Seal.objects.exists()

        kept = Attachment.objects.get().public_id
        again = fields(seats, kept=str(kept))
        del again["scan"]
        cache.clear()
        assert reviewer.post(URL, again).status_code == 302
        assert Seal.objects.get().version.paper.scan.public_id == kept

    def test_takes_nobody_else_s_scan(self, seats: Desks, reviewer: Client) -> None:
        colleague = signed_in(seats.colleague)
        colleague.post(URL, fields(seats, password=WRONG))
        again = fields(seats, kept=str(Attachment.objects.get().public_id))
        del again["scan"]
        response = reviewer.post(URL, again)
        assert response.status_code == 422
        assert "The file is no longer kept" in words(response)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"nothing_found": ""}, "Tick this if the paper says so"),
            (
                {"hazard1-place": "会议室", "hazard1-description": "吊运"},
                "Either nothing was found, or hazards are named",
            ),
            ({"received_time": ""}, "This field is required"),
            ({"visit1-people": " "}, "This field is required"),
            ({"visit1-team": "external"}, "Name the outside organisation"),
            ({"visit1-started_on": "2020-01-05"}, "lies outside"),
            ({"received_on": "2020-01-05"}, "cannot come before its quarter began"),
        ],
    )
    def test_refuses_with_a_sentence_and_keeps_what_was_typed(
        self, seats: Desks, reviewer: Client, changes: dict[str, str], sentence: str
    ) -> None:
        response = reviewer.post(URL, fields(seats, **changes))
        assert response.status_code == 422
        assert sentence in words(response)
        assert "停电" in page(response)
        assert "盖章报告.pdf” is kept" in words(response)
        assert not Seal.objects.exists()

    def test_refuses_a_file_that_is_no_scan(
        self, seats: Desks, reviewer: Client
    ) -> None:
        wrong = SimpleUploadedFile("报告.pdf", b"<script>alert(1)</script>")
        response = reviewer.post(URL, fields(seats, scan=wrong))
        assert response.status_code == 422
        assert not Attachment.objects.exists()

    def test_takes_the_hazards_of_the_paper(
        self, seats: Desks, reviewer: Client
    ) -> None:
        named = {
            "nothing_found": "",
            "hazard1-clause": "order-10-2023/3(1)",
            "hazard1-place": "会议室",
            "hazard1-description": "设在吊运影响范围内",
        }
        assert reviewer.post(URL, fields(seats, **named)).status_code == 302
        assert SelfInspectionReport.objects.get().hazard_count == 1
        stated = HazardStatement.objects.get()
        assert (stated.place, stated.description) == ("会议室", "设在吊运影响范围内")

    def test_names_the_receipt_of_what_was_received(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        response = reviewer.post(URL, fields(seats))
        assert response.status_code == 422
        assert Seal.objects.get().receipt_number in words(response)


@pytest.mark.django_db(transaction=True)
def test_of_signature_and_paper_one_wins_and_the_other_is_told(
    seats: Desks, waiting: SelfInspectionReport, reviewer: Client
) -> None:
    cache.clear()
    principal = signed_in(seats.principal)
    carried = shown_on(principal, waiting)

    signed, entered = at_once(
        partial(
            principal.post,
            sign_url(waiting),
            {"shown": carried, "password": PASSWORD},
        ),
        partial(reviewer.post, URL, fields(seats)),
    )

    seal = Seal.objects.get()
    waiting.refresh_from_db()
    if seal.kind == SealKind.PAPER:
        assert (entered.status_code, signed.status_code) == (302, 409)
        assert "changed after this page was shown" in words(signed)
        assert waiting.status == ReportStatus.AWAITING_SIGNATURE
    else:
        assert (signed.status_code, entered.status_code) == (302, 422)
        assert seal.receipt_number in words(entered)
        assert waiting.status == ReportStatus.RECEIVED
    assert timezone.now() > seal.received_at
