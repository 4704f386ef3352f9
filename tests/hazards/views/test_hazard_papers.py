"""A report about one hazard, and a plan, entered from paper by the bureau."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hazards.models import (
    HazardState,
    MajorHazard,
    ReportKind,
    ReportStatus,
    Seal,
    SelfInspectionReport,
)
from hazards.queries.verification import faults
from hazards.services import hazard_reports
from tests.database.stages import stage
from tests.factories import PASSWORD, signed_in
from tests.factories_lives import PLAN, reported_hazard
from tests.factories_reports import Desks
from tests.hazards.attachments.files import pdf
from tests.hazards.views.test_papers import URL, scan
from tests.hazards.views.walking import a_moment, words

CLAUSE = "order-10-2023/3(1)"


@pytest.fixture
def reviewer(seats: Desks) -> Client:
    seats.reviewer.user.set_password(PASSWORD)
    seats.reviewer.user.save()
    return signed_in(seats.reviewer)


@stage
def hazard(seats: Desks) -> MajorHazard:
    """A hazard that the bureau knows of since yesterday."""
    at = a_moment()
    return reported_hazard(seats, at=at, found_at=at)


def receipt(seats: Desks, kind: ReportKind, **changes: Any) -> dict[str, Any]:
    """What is typed of any paper: it came a minute ago."""
    now = timezone.localtime()
    return {
        "enterprise": str(seats.enterprise.public_id),
        "kind": kind.value,
        "received_on": now.date().isoformat(),
        "received_time": f"{now:%H:%M}",
        "scan": scan(),
        "note": "停电，以纸质形式报送。",
        "password": PASSWORD,
        **changes,
    }


def found(seats: Desks, **changes: Any) -> dict[str, Any]:
    """A paper that reports a hazard found yesterday."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    return receipt(
        seats,
        ReportKind.HAZARD,
        **{
            "key": str(uuid.uuid4()),
            "clause": CLAUSE,
            "place": "2号熔炼炉",
            "description": "承包单位未签订安全生产管理协议。",
            "found_on": yesterday.isoformat(),
            "found_time": "00:00",
            **changes,
        },
    )


def plan(seats: Desks, hazard: MajorHazard, **changes: Any) -> dict[str, Any]:
    """A paper with all six elements for the hazard."""
    due_on = timezone.localdate() + dt.timedelta(days=30)
    said = {**PLAN, "due_on": due_on.isoformat(), "hazard": str(hazard.public_id)}
    return receipt(seats, ReportKind.PLAN, **{**said, **changes})


def test_a_hazard_on_paper_is_received_at_the_attested_time(
    seats: Desks, reviewer: Client
) -> None:
    shown = words(reviewer.get(URL, {**_asked(seats), "kind": "hazard"}))
    assert "上列重大事故隐患的有关情况" in shown
    fields, paper = found(seats), pdf()
    for _ in range(2):
        # The same file: a PDF made anew is another.
        fields["scan"] = SimpleUploadedFile("盖章报告.pdf", paper)
        assert reviewer.post(URL, fields).status_code == 302
    seal = Seal.objects.get()
    hazard = MajorHazard.objects.get()
    assert (seal.kind, seal.seal_format) == ("paper", "hazard-report/1")
    assert seal.statement_key.startswith("hazard-from-paper")
    assert (hazard.state, hazard.first_reported_at) == (
        HazardState.REPORTED,
        seal.received_at,
    )
    assert seal.version.report.status == ReportStatus.RECEIVED
    assert seal.in_time is (seal.received_at <= hazard.found_at + dt.timedelta(days=1))
    assert list(faults()) == []


def _asked(seats: Desks) -> dict[str, str]:
    return {"enterprise": str(seats.enterprise.public_id)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"clause": ""}, "This field is required"),
        ({"place": ""}, "This field is required"),
        ({"found_on": "2099-01-01"}, "found after the paper came"),
    ],
)
def test_what_cannot_be_is_refused_and_the_scan_is_kept(
    seats: Desks, reviewer: Client, changes: dict[str, str], sentence: str
) -> None:
    response = reviewer.post(URL, found(seats, **changes))
    assert response.status_code == 422
    assert sentence in words(response)
    assert "is kept" in words(response)
    assert not Seal.objects.exists()


def test_a_plan_on_paper_sets_the_deadline(
    seats: Desks, reviewer: Client, hazard: MajorHazard
) -> None:
    assert hazard.number in words(reviewer.get(URL, {**_asked(seats), "kind": "plan"}))
    assert reviewer.post(URL, plan(seats, hazard)).status_code == 302
    hazard.refresh_from_db()
    assert hazard.state == HazardState.PLANNED
    assert hazard.due_on == timezone.localdate() + dt.timedelta(days=30)
    assert list(faults()) == []


def test_the_plan_that_the_enterprise_writes_becomes_its_correction(
    seats: Desks, reviewer: Client, hazard: MajorHazard
) -> None:
    own = hazard_reports.begin_plan(
        hazard_id=hazard.pk, by=seats.clerk, at=timezone.now()
    )
    assert reviewer.post(URL, plan(seats, hazard)).status_code == 302
    report = SelfInspectionReport.objects.get(kind=ReportKind.PLAN)
    assert report == own
    first, second = report.versions.order_by("ordinal")
    assert first.sealed_at is not None
    assert second.correction_reason.startswith("本治理方案")
    assert list(faults()) == []


def test_a_plan_of_no_hazard_or_of_another_s_is_refused(
    seats: Desks, reviewer: Client, hazard: MajorHazard
) -> None:
    unknown = {**plan(seats, hazard), "hazard": str(uuid.uuid4())}
    response = reviewer.post(URL, unknown)
    assert response.status_code == 422
    assert reviewer.get(URL, {**_asked(seats), "kind": "x"}).status_code == 404
