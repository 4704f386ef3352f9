"""General hazards: recorded once, ended one way, graded up and down."""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Event
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import GeneralHazard, HazardState, MajorHazard, ReportKind
from hazards.services import general_hazards, gradings
from hazards.services.general_hazards import Rectification
from hazards.services.lives import Doing
from tests.factories import NOW, TODAY
from tests.factories_lives import general_description, general_hazard, reported_hazard
from tests.factories_reports import Desks, make_desks, make_scan

pytestmark = pytest.mark.django_db

CLAUSE = "order-10-2023/3(1)"
DONE = Rectification(TODAY, "更换护罩。", Decimal("0.12"))


def rectify(hazard: GeneralHazard, desks: Desks, **changes: Any) -> GeneralHazard:
    return general_hazards.rectify(
        hazard_id=hazard.pk, done=replace(DONE, **changes), by=desks.member, at=NOW
    )


def strike_out(hazard: GeneralHazard, desks: Desks) -> GeneralHazard:
    return general_hazards.strike_out(
        hazard_id=hazard.pk, because="重复记录。", by=desks.clerk, at=NOW
    )


def grade_up(hazard: GeneralHazard, desks: Desks) -> MajorHazard:
    report = general_hazards.grade_up(
        hazard_id=hazard.pk,
        clause=CLAUSE,
        because="承包单位无协议。",
        by=desks.clerk,
        at=NOW,
    )
    assert (report.kind, report.status) == (ReportKind.HAZARD, "draft")
    assert report.hazard is not None
    return report.hazard


def test_the_form_sent_twice_makes_one(desks: Desks) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        general_hazards.record(
            said=general_description(desks), public_id=key, by=desks.clerk, at=NOW
        )
    hazard = GeneralHazard.objects.get()
    assert hazard.number.startswith("YY-20260706-")
    assert Event.objects.filter(action="record-general-hazard").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"found_on": TODAY + dt.timedelta(days=1)}, "later than today"),
        ({"due_on": TODAY - dt.timedelta(days=2)}, "deadline lies before"),
        ({"site_id": 0}, "enterprise's sites"),
    ],
)
def test_what_cannot_be_is_refused(
    desks: Desks, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        general_hazard(desks, **changes)
    assert not GeneralHazard.objects.exists()


def test_a_photo_of_another_enterprise_is_refused(desks: Desks) -> None:
    with pytest.raises(RefusedError, match="another enterprise"):
        general_hazard(desks, before_id=make_scan(make_desks()).pk)


@pytest.mark.parametrize("role", ["principal", "reviewer"])
def test_others_than_the_team_record_nothing(desks: Desks, role: str) -> None:
    with pytest.raises(NotPermittedError):
        general_hazards.record(
            said=general_description(desks), by=getattr(desks, role), at=NOW
        )


def test_another_enterprise_settles_nothing(desks: Desks) -> None:
    hazard, other = general_hazard(desks), make_desks()
    with pytest.raises(NotPermittedError):
        rectify(hazard, other)
    with pytest.raises(NotPermittedError):
        strike_out(hazard, other)


def test_it_is_eliminated_once_and_the_same_again_changes_nothing(
    desks: Desks,
) -> None:
    hazard = general_hazard(desks)
    rectify(hazard, desks)
    rectify(hazard, desks)
    hazard.refresh_from_db()
    assert (hazard.rectified_on, hazard.funds_spent) == (TODAY, Decimal("0.12"))
    assert Event.objects.filter(action="rectify-general-hazard").count() == 1
    with pytest.raises(RefusedError, match="on record already"):
        rectify(hazard, desks, measures="又换一次。")


@pytest.mark.parametrize("days", [-2, 1])
def test_it_is_eliminated_between_the_day_it_was_found_and_today(
    desks: Desks, days: int
) -> None:
    hazard = general_hazard(desks)
    with pytest.raises(RefusedError, match="correct the day"):
        rectify(hazard, desks, rectified_on=TODAY + dt.timedelta(days=days))


def test_an_error_is_struck_out_with_a_reason_and_stays(desks: Desks) -> None:
    hazard = general_hazard(desks)
    with pytest.raises(RefusedError, match="Say why"):
        general_hazards.strike_out(
            hazard_id=hazard.pk, because=" ", by=desks.clerk, at=NOW
        )
    strike_out(hazard, desks)
    strike_out(hazard, desks)
    hazard.refresh_from_db()
    assert (hazard.struck_because, hazard.struck_at) == ("重复记录。", NOW)
    with pytest.raises(RefusedError, match="on record already"):
        rectify(hazard, desks)
    with pytest.raises(RefusedError, match="on record already"):
        grade_up(hazard, desks)


def test_graded_up_it_is_on_record_as_major_at_once(desks: Desks) -> None:
    hazard = general_hazard(desks)
    major = grade_up(hazard, desks)
    assert grade_up(hazard, desks) == major
    major.refresh_from_db()
    hazard.refresh_from_db()
    assert (major.state, major.registered_at) == (HazardState.REGISTERED, NOW)
    assert (hazard.raised_to, hazard.raised_at) == (major, NOW)
    with pytest.raises(RefusedError, match="on record already"):
        strike_out(hazard, desks)


def test_grading_up_needs_a_clause_and_a_reason(desks: Desks) -> None:
    hazard = general_hazard(desks)
    with pytest.raises(RefusedError, match="Choose the clause"):
        general_hazards.grade_up(
            hazard_id=hazard.pk, clause="", because="有。", by=desks.clerk, at=NOW
        )
    assert not MajorHazard.objects.exists()


def test_a_major_one_graded_down_is_kept_and_follows_when_it_is_major_again(
    desks: Desks,
) -> None:
    major = reported_hazard(desks)
    for number in range(2):
        at = NOW + dt.timedelta(minutes=1 + number)
        doing = Doing(text="不构成重大。")
        gradings.downgrade(
            hazard_id=major.pk, clause=CLAUSE, doing=doing, by=desks.clerk, at=at
        )
        kept = GeneralHazard.objects.standing().get()
        assert (kept.came_from, kept.reason) == (major, "不构成重大。")
        gradings.grade_major(
            hazard_id=major.pk, clause=CLAUSE, doing=doing, by=desks.clerk, at=at
        )
        kept.refresh_from_db()
        assert (kept.raised_to, kept.raised_at) == (major, at)
    assert GeneralHazard.objects.filter(came_from=major).count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"description": "没有问题。"},
        {"rectified_on": TODAY - dt.timedelta(days=1)},
        {"struck_at": NOW, "struck_because": "错", "struck_by_id": 1},
    ],
)
def test_the_database_keeps_what_was_said(desks: Desks, change: dict[str, Any]) -> None:
    hazard = rectify(general_hazard(desks), desks)
    row = GeneralHazard.objects.filter(pk=hazard.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
