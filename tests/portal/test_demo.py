"""The demonstration: loaded by the services, once, into an empty database."""

import datetime as dt
import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Channel, Delivery, DeliveryState, Event, Notice, User
from hazards.models import (
    Answer,
    CaseOutcome,
    CheckState,
    ComplianceFlag,
    Determination,
    Finding,
    HazardAcceptance,
    HazardActFile,
    HazardExtension,
    HazardState,
    HazardStatement,
    MajorHazard,
    MatchVerdict,
    Obligation,
    ReportStatus,
    Respondent,
    Scan,
    Seal,
    SelfInspectionReport,
    SpotCheck,
    Waiver,
)
from hazards.rules.quarters import Quarter
from portal.demo import material, plot

TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def _demo(settings: Settings) -> None:
    settings.DEMO = True
    # Hashing as slowly as for real people would be most of these tests' time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def load(path: Path, *, today: dt.date = TODAY) -> list[dict[str, str]]:
    call_command(
        "load_demo", passwords_file=path, today=today, enterprises=4, verbosity=0
    )
    accounts: list[dict[str, str]] = json.loads(path.read_text("utf-8"))
    return accounts


@pytest.mark.usefixtures("_demo")
@pytest.mark.django_db(transaction=True)
def test_the_demo_is_walked_to_every_state_and_loaded_once(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.touch(mode=0o644)
    accounts = load(path)

    assert_people_can_sign_in(accounts)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    present = SelfInspectionReport.objects.for_quarter(Quarter(2026, 4))
    assert set(present.values_list("status", flat=True)) == {
        ReportStatus.AWAITING_SIGNATURE,
        ReportStatus.RECEIVED,
        ReportStatus.RETURNED,
    }
    accepted = SelfInspectionReport.objects.filter(status=ReportStatus.ACCEPTED)
    assert accepted.count() > 15
    assert Seal.objects.count() >= accepted.count()
    assert_every_state_has_its_events()
    assert not Delivery.objects.filter(
        channel=Channel.EMAIL, state=DeliveryState.WAITING
    ).exists()

    assert MajorHazard.objects.filter(first_reported_at__isnull=False).count() > 2
    assert HazardStatement.objects.filter(rectified_on__isnull=False).exists()
    assert present.filter(is_unsigned=True).count() == 1
    returned = present.get(status=ReportStatus.RETURNED).versions.get()
    assert returned.comments.filter(item__startswith="hazards[").exists()
    waiting = present.get(status=ReportStatus.AWAITING_SIGNATURE)
    # Carried on: one of the last quarter, two reported at once; one new.
    assert waiting.versions.get().stated.count() == 4
    assert waiting.versions.get().photos.count() == 5
    assert waiting.versions.get().checklist.filter(answer=Answer.FINE).exists()

    call_command("verify_records")

    assert_hazards_stand_everywhere()
    assert_the_clock_has_run()
    assert_checks_stand_and_a_case_waits()
    assert_it_is_loaded_once(tmp_path / "again.json")


def assert_people_can_sign_in(accounts: list[dict[str, str]]) -> None:
    assert len(accounts) == len({account["username"] for account in accounts})
    assert {"operator", "head", "inspector1", "officer", "principal", "both"} <= {
        a["username"] for a in accounts
    }
    for account in accounts[:2]:
        user = User.objects.get(username=account["username"])
        assert user.check_password(account["password"])
    unknown = User.objects.exclude(username__in=[a["username"] for a in accounts])
    assert not any(user.has_usable_password() for user in unknown)


def assert_it_is_loaded_once(path: Path) -> None:
    with pytest.raises(CommandError, match="empty database"):
        load(path)
    assert not path.exists()


def assert_hazards_stand_everywhere() -> None:
    hazards = MajorHazard.objects.all()
    states = set(hazards.values_list("state", flat=True))
    assert states >= set(HazardState) - {HazardState.FOUND}
    assert hazards.filter(recurrence_of__state=HazardState.CLOSED).count() == 1
    overdue = hazards.to_be_eliminated().filter(due_on__lt=TODAY)
    assert overdue.exists()
    assert hazards.exclude(listed="").count() == 1
    asked = HazardExtension.objects.filter(answered__isnull=True)
    assert set(asked.values_list("by_bureau", flat=True)) == {True, False}
    assert HazardAcceptance.objects.filter(answered__isnull=True).count() == 1
    shown = HazardActFile.objects.values_list("moment", flat=True)
    assert set(shown) == {"before", "after", "document"}


def assert_the_clock_has_run() -> None:
    states = set(Obligation.objects.values_list("state", flat=True))
    assert {"not_due", "satisfied", "exempt"} <= states
    waived = Waiver.objects.get().obligation
    assert (waived.state, waived.period) == ("exempt", "2026Q3")
    flags = ComplianceFlag.objects.values_list("kind", "status")
    assert ("missing_quarter", "waived") in flags
    assert not ComplianceFlag.objects.filter(kind="nobody_reachable").exists()
    # The year of a principal who has not taken part is reminded of, once.
    assert Notice.objects.filter(kind="digest").exists()
    assert Scan.objects.exists()
    assert not Scan.objects.exclude(parked=0, faults=0).exists()


def assert_checks_stand_and_a_case_waits() -> None:
    states = SpotCheck.objects.values_list("state", flat=True)
    assert sorted(states) == [
        CheckState.APPROVED,
        CheckState.ENDED,
        CheckState.PLANNED,
    ]
    decided, waiting = Finding.objects.order_by("id")
    assert (decided.photos.count(), waiting.photos.count()) == (1, 1)
    assert decided.matches.get().verdict == MatchVerdict.SAME
    proposed = Determination.objects.get(finding=decided)
    assert proposed.enterprise_outcome == CaseOutcome.NO_PENALTY
    confirmed = proposed.decisions.filter(is_departure=False)
    assert set(confirmed.values_list("respondent", flat=True)) == set(Respondent)
    assert decided.objections.get().answer.text
    assert waiting.matches.get().second.agrees
    proposed = Determination.objects.get(finding=waiting)
    # Missed by the last self-inspection: a person judges.
    assert proposed.enterprise_outcome == CaseOutcome.REVIEW
    assert proposed.enterprise_leaning == CaseOutcome.PENALTY
    assert not proposed.decisions.exists()


def assert_every_state_has_its_events() -> None:
    expected = {
        ReportStatus.DRAFT: "start-report",
        ReportStatus.AWAITING_SIGNATURE: "send-for-signature",
        ReportStatus.RECEIVED: "receive",
        ReportStatus.UNDER_REVIEW: "begin-review",
        ReportStatus.RETURNED: "return-for-correction",
        ReportStatus.ACCEPTED: "accept",
    }
    for report in SelfInspectionReport.objects.all():
        events = list(Event.objects.about(report))
        assert events[0].action == "start-report"
        last = {event.action for event in events if event.at == events[-1].at}
        # Registering a hazard leaves its report a draft.
        assert last & {expected[ReportStatus(report.status)], "register-hazard"}


@pytest.mark.usefixtures("_demo")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("today", [dt.date(2025, 4, 2), dt.date(2027, 1, 6)])
def test_the_demo_can_be_reckoned_from_any_day(tmp_path: Path, today: dt.date) -> None:
    assert load(tmp_path / "accounts.json", today=today)


@pytest.mark.django_db
def test_a_portal_that_is_no_demo_refuses_the_demo(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        load(tmp_path / "accounts.json")


def test_the_enterprises_are_told_apart_and_as_far_as_the_story_knows() -> None:
    firms = material.firms()
    assert len(firms) > 38
    assert len({firm.name for firm in firms}) == len(firms)
    assert {firm.present for firm in firms} == set(material.PRESENT)
    assert len(set(material.names())) == len(material.names())


def test_just_after_a_quarter_people_still_work_on_it() -> None:
    assert plot.present_quarter(dt.date(2027, 1, 6)) == Quarter(2026, 4)
    assert plot.present_quarter(dt.date(2026, 11, 20)) == Quarter(2026, 4)
