"""Records that somebody past all rights tampers with."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hazards.models import (
    Answer,
    Attachment,
    HazardStatement,
    MediaType,
    ReportStatus,
    Seal,
    SelfInspectionReport,
)
from hazards.rules.quarters import Quarter
from hazards.services import checklists, descriptions, hazards, reports, transfers
from tests.factories import NOW, make_bureau
from tests.factories_reports import (
    Desks,
    correct,
    enter_paper,
    make_desks,
    make_lodged,
    make_report,
    open_version,
    sign,
    sign_later,
)


@dataclass(frozen=True)
class Records:
    """
    Two enterprises of one bureau. The first filed two quarters without finding
    anything, the first of them again after its return (`middle` is that seal), and
    `dangerous`, with a major hazard. The other filed one. Both have a draft. A third
    lodged one unsigned, which another bureau has now, and its principal signed
    `later`. A fourth one's came on `paper`.
    """

    desks: Desks
    other: Desks
    corrected: SelfInspectionReport
    middle: Seal
    dangerous: SelfInspectionReport
    later: Seal
    paper: Seal


DAY = dt.timedelta(days=1)


def make_attachment(desks: Desks, *, content: bytes = b"photo") -> Attachment:
    """A photo on record; its bytes are stored nowhere."""
    return Attachment.objects.create(
        enterprise=desks.enterprise,
        sha256=sha256(content).hexdigest(),
        media_type=MediaType.JPEG,
        size=len(content),
        width=4,
        height=3,
        original_name="熔炼.jpg",
        uploaded_at=NOW,
        uploaded_by=desks.clerk.membership,
    )


def make_dangerous(
    desks: Desks, *, quarter: Quarter, at: dt.datetime = NOW
) -> SelfInspectionReport:
    """A draft that states a hazard with everything that can be said of one."""
    report = make_report(desks, quarter=quarter, at=at)
    stated = hazards.describe(
        report_id=report.pk,
        description=descriptions.Description(
            found_at=at - DAY,
            clause="order-10-2023/3(1)",
            site_id=desks.site.pk,
            place="熔炼车间1号炉",
            description="炉体冷却水无出水温度报警。",
            causes="未安装",
            harm="爆炸",
            difficulty="须停炉",
            interim_measures="停炉",
            plan_goals="装设报警",
            plan_measures="采购、安装",
            plan_funds="自筹",
            plan_people="设备科",
            plan_schedule="一个月",
            plan_emergency="撤离",
            responsible_person="王某",
            funds_planned=Decimal("12.5"),
            due_on=at.date() + 30 * DAY,
            rectified_on=desks.clerk.on,
        ),
        by=desks.clerk,
        at=at,
    )
    show_photo(stated, make_attachment(desks, content=str(quarter).encode()))
    checklists.save_answers(
        report_id=report.pk,
        made_from=open_version(report).checklist_revision,
        answers={"order-10-2023/3(2)": checklists.Given(Answer.NOT_APPLICABLE, "没有")},
        by=desks.clerk,
        at=at,
    )
    return report


def show_photo(stated: HazardStatement, attachment: Attachment) -> None:
    """Let the open version show the photo of the hazard."""
    version = stated.version
    version.photos.create(hazard=stated.hazard, attachment=attachment, ordinal=1)


def sign_dangerous(
    desks: Desks, *, quarter: Quarter, at: dt.datetime = NOW
) -> SelfInspectionReport:
    """The same, signed by the principal."""
    report = make_dangerous(desks, quarter=quarter, at=at)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
    sign(report, desks, at=at)
    report.refresh_from_db()
    return report


@pytest.fixture(scope="module")
def records(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Records]:
    """Records built once; every test that tampers goes back to them."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        desks = make_desks()
        other = make_desks(bureau=desks.bureau)
        corrected = make_report(
            desks, status=ReportStatus.RETURNED, quarter=Quarter(2026, 1)
        )
        middle = correct(corrected, desks)
        for each in (desks, other):
            make_report(each, status=ReportStatus.ACCEPTED, at=NOW + 2 * DAY)
            make_report(each, quarter=Quarter(2025, 4))
        dangerous = sign_dangerous(desks, quarter=Quarter(2025, 3), at=NOW + 3 * DAY)
        third = make_desks(bureau=desks.bureau)
        lodged = make_lodged(third)
        transfers.transfer(
            report_id=lodged.pk,
            to=make_bureau(),
            reason="属地管理",
            by=third.reviewer,
            at=NOW + DAY,
        )
        later = sign_later(lodged, third, at=NOW + 2 * DAY)
        paper = enter_paper(make_desks(bureau=desks.bureau))
        yield Records(desks, other, corrected, middle, dangerous, later, paper)
        transaction.set_rollback(True)


@contextmanager
def past_rights() -> Iterator[None]:
    """Be the superuser with triggers off; then all is as it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Without this the keys checked at commit forbid changing tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def past_all_rights(
    records: Records, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Be past all rights for one test."""
    with django_db_blocker.unblock(), past_rights():
        yield
