"""An import of thousands that are long overdue sends nothing unasked."""

import pytest
from django.test import override_settings

from accounts.models import (
    Delivery,
    Enterprise,
    Membership,
    Notice,
    Role,
    SupervisionAssignment,
    User,
)
from hazards.models import ComplianceFlag, ReminderLine
from hazards.services import digests, scans
from tests.factories import (
    LONG_AGO,
    NOW,
    make_acting,
    make_bureau,
    make_enterprise,
    make_uscc,
)
from tests.hazards.clock.conftest import run, shanghai

MANY = 3000
AT = shanghai("2026-07-28 09:00")


def make_many() -> None:
    """Enterprises that report here since May, each with its principal."""
    bureau = make_bureau()
    like = make_enterprise(assigned=False)
    enterprises = Enterprise.objects.bulk_create(
        Enterprise(
            uscc=make_uscc(500_000 + number),
            name=f"第{number}厂",
            registered_address=like.registered_address,
            county=like.county,
            industry=like.industry,
            established_on=LONG_AGO,
            recorded_at=NOW,
        )
        for number in range(MANY)
    )
    people = User.objects.bulk_create(
        User(
            username=f"principal{number}",
            full_name="厂长",
            mobile=f"138{number:08}",
            email=f"principal{number}@example.com",
            language="en",
            joined_at=NOW,
            password="!",
        )
        for number in range(MANY)
    )
    Membership.objects.bulk_create(
        Membership(
            user=person,
            role=Role.PRINCIPAL,
            enterprise=enterprise,
            starts_on=LONG_AGO,
            recorded_at=NOW,
        )
        for person, enterprise in zip(people, enterprises, strict=True)
    )
    SupervisionAssignment.objects.bulk_create(
        SupervisionAssignment(
            enterprise=enterprise,
            bureau=bureau,
            starts_on=shanghai("2026-05-01 00:00").date(),
            recorded_at=NOW,
        )
        for enterprise in enterprises
    )


# R11
@pytest.mark.django_db
@override_settings(LATE_REMINDERS_A_RUN=1000)
@pytest.mark.parametrize("send", [True, False])
def test_late_reminders_of_an_import_wait_for_an_operator(send: bool) -> None:  # noqa: FBT001
    operator = make_acting(Role.OPERATOR)
    # The clock has run here before; the enterprises come by the queue.
    run(shanghai("2026-07-27 09:00"))
    make_many()
    parked = run(AT)

    assert parked.opened >= 2 * MANY
    assert parked.parked == ReminderLine.objects.count() >= MANY
    flags = ComplianceFlag.objects.standing().filter(kind="missing_quarter")
    assert flags.count() == MANY
    assert Notice.objects.get(kind="reminders_parked").recipient == operator.user
    assert not Notice.objects.filter(kind="digest").exists()
    assert not Delivery.objects.exclude(notice__kind="reminders_parked").exists()
    # A later run neither parks nor sends them again.
    later = run(shanghai("2026-07-28 10:00"))
    assert (later.parked, later.notices) == (0, 0)

    scans.release(run_id=parked.pk, send=send, by=operator, at=AT)
    digests.write_digests(at=AT)
    told = Notice.objects.filter(kind="digest")
    assert told.count() == (MANY if send else 0)
    assert flags.count() == MANY
