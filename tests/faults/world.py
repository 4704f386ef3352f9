"""
Hundreds of enterprises whose quarters are about to come due.

Their duties are opened by the services as of OPENED, in January 2026; as of LATER, in
July, two more quarters have begun and come due. Some have reported by then, some have
stopped work, of some nobody can be reached. Some have a hazard past its deadline.
"""

import datetime as dt
from typing import Any

from accounts.models import (
    Bureau,
    Enterprise,
    EnterpriseChange,
    Membership,
    Notice,
    Role,
    SupervisionAssignment,
    User,
)
from accounts.services import bureaus
from hazards.models import (
    Attachment,
    ClockFault,
    ComplianceFlag,
    FlagEvent,
    MajorHazard,
    MediaType,
    Obligation,
    Reminder,
    ReminderLine,
    ReportStatus,
    Suspension,
)
from hazards.services import registrations, scans
from tests.factories import (
    KAIYUAN,
    LONG_AGO,
    NOW,
    SHANGHAI,
    make_acting,
    make_bureau,
    make_uscc,
    make_user,
)
from tests.factories_lives import planned_hazard
from tests.factories_reports import Desks, make_desks, make_hazard, make_report

OPENED = dt.datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
LATER = dt.datetime(2026, 7, 24, 9, tzinfo=SHANGHAI)
"""Nine days after the second quarter was due."""

RECEIVED_FROM = dt.date(2025, 12, 20)
"""What was due before is not owed here."""
_CODES_FROM = 100_000


def make_enterprises(bureau: Bureau, count: int) -> list[Enterprise]:
    """
    Enterprises that the bureau receives from, each with a leader and a principal who
    have addresses: a few statements, however many.
    """
    county = bureaus.jurisdiction(code=KAIYUAN, on=LONG_AGO)
    start = _CODES_FROM + Enterprise.objects.count()
    numbers = range(start, start + count)
    made = Enterprise.objects.bulk_create(
        Enterprise(
            uscc=make_uscc(number),
            name=f"开原第{number}机械有限公司",
            registered_address="开原市新城街1号",
            county=county,
            industry="C3130",
            established_on=LONG_AGO,
            recorded_at=NOW,
        )
        for number in numbers
    )
    SupervisionAssignment.objects.bulk_create(
        SupervisionAssignment(
            enterprise=each, bureau=bureau, starts_on=RECEIVED_FROM, recorded_at=NOW
        )
        for each in made
    )
    for role in (Role.TEAM_LEADER, Role.PRINCIPAL):
        people = User.objects.bulk_create(
            User(
                username=f"{role}-{number}",
                full_name="张三",
                email=f"{role}-{number}@example.com",
                language="zh-hans",
                joined_at=NOW,
                password="!",
            )
            for number in numbers
        )
        Membership.objects.bulk_create(
            Membership(
                user=user,
                role=role,
                enterprise=each,
                starts_on=LONG_AGO,
                recorded_at=NOW,
            )
            for user, each in zip(people, made, strict=True)
        )
    return made


def make_world(*, offices: int, each: int) -> None:
    """So many bureaus with so many enterprises each, opened in January."""
    bureaus_made = [make_bureau() for _ in range(offices)]
    made: list[Enterprise] = []
    for office in bureaus_made:
        reviewer = make_user(email=f"reviewer-{office.pk}@example.com")
        make_acting(Role.REVIEWER, bureau=office, user=reviewer)
        made += make_enterprises(office, each)
    scans.prepare(at=OPENED)
    for office in bureaus_made:
        make_report(make_desks(bureau=office), status=ReportStatus.RECEIVED)
    unreported(make_desks(bureau=bureaus_made[0]))
    for office in bureaus_made:
        # Eight days past its deadline by LATER.
        planned_hazard(make_desks(bureau=office), due_on=dt.date(2026, 7, 16))
    for enterprise in made[:: each // 2]:
        stop_work(enterprise)
    silent = Membership.objects.filter(enterprise__in=made[1 :: each // 2])
    User.objects.filter(memberships__in=silent).update(email="")


def unreported(desks: Desks) -> None:
    """Register a major hazard in a report that is not sent."""
    report = make_report(desks)
    stated = make_hazard(report, desks)
    registrations.register(
        report_id=report.pk, hazard_id=stated.hazard_id, by=desks.clerk, at=NOW
    )


def stop_work(enterprise: Enterprise) -> None:
    """Let the enterprise say that it stands still from April on; nobody answers."""
    leader = enterprise.memberships.get(role=Role.TEAM_LEADER)
    evidence = Attachment.objects.create(
        enterprise=enterprise,
        sha256=f"{enterprise.pk:064}",
        media_type=MediaType.PDF,
        size=1000,
        pages=1,
        original_name="停产证明.pdf",
        uploaded_at=OPENED,
        uploaded_by=leader,
    )
    Suspension.objects.create(
        enterprise=enterprise,
        from_on=dt.date(2026, 4, 1),
        reason="全厂停产",
        evidence=evidence,
        declared_at=OPENED,
        declared_by=leader,
    )


Rows = dict[str, list[tuple[Any, ...]]]


def state_of_clock() -> Rows:
    """
    All that the clock keeps, without keys and instants of its own: two worlds that were
    treated differently must come to the same.
    """
    duty = ("enterprise__uscc", "kind", "year", "quarter_number")
    of_duty = [f"obligation__{name}" for name in duty]
    of_step = [*of_duty, "hazard__enterprise__uscc", "from_on"]
    of_reminder = [f"reminder__{name}" for name in of_step]
    queries = {
        "duties": Obligation.objects.values_list(
            *duty, "due_at", "state", "outlook", "look_at", "remind_at", "bureau__name"
        ),
        "flags": ComplianceFlag.objects.values_list(
            "enterprise__uscc", "kind", *of_duty, "status", "is_final"
        ),
        "events": FlagEvent.objects.values_list(
            "flag__enterprise__uscc",
            "flag__kind",
            *[f"flag__{name}" for name in of_duty],
            "change",
            "cause",
        ),
        "reminders": Reminder.objects.values_list(*of_step, "kind", "step", "step_on"),
        "hazards": MajorHazard.objects.values_list(
            "enterprise__uscc", "number", "remind_at"
        ),
        "lines": ReminderLine.objects.values_list(
            *of_reminder,
            "reminder__kind",
            "reminder__step",
            "recipient__username",
            "notice__key",
            "text",
            "dropped_at",
            "parked_in__share",
        ),
        "notices": Notice.objects.filter(kind="digest").values_list(
            "recipient__username", "subject", "body", "deliveries__channel"
        ),
        "queue": EnterpriseChange.objects.values_list("enterprise__uscc"),
        "faults": ClockFault.objects.values_list("enterprise__uscc", "step"),
    }
    return {name: sorted(rows, key=repr) for name, rows in queries.items()}
