"""Whoever files at the moment at which the clock moves the duty: neither is lost."""

import datetime as dt
from functools import partial

import psycopg
import pytest

from hazards.models import ComplianceFlag, MajorHazard, Obligation, ReportStatus
from hazards.rules.obligations import ObligationState
from hazards.services import registrations, scans, unreported
from tests.factories import NOW, SHANGHAI
from tests.factories_reports import QUARTER, make_desks, make_hazard, make_report, sign
from tests.hazards.records.together import Act, at_once, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)

SINCE = dt.date(2026, 4, 16)
TOO_LATE = dt.datetime(2026, 7, 16, 9, tzinfo=SHANGHAI)
"""The second quarter's due day ended in the night."""


@pytest.mark.parametrize("_round", range(3))
def test_signing_and_scanning_at_once_end_in_done_late_and_no_flag(
    _round: int,
) -> None:
    desks = [make_desks(assigned_on=SINCE) for _ in range(6)]
    reports = [make_report(d, status=ReportStatus.AWAITING_SIGNATURE) for d in desks]
    scans.prepare(at=TOO_LATE)
    signing = [
        partial(sign, report, each, at=TOO_LATE)
        for report, each in zip(reports, desks, strict=True)
    ]
    scanning = partial(scans.scan, at=TOO_LATE)

    done = at_once(scanning, *signing, scanning)

    assert [each for each in done if isinstance(each, BaseException)] == []
    scans.scan(at=TOO_LATE)
    duties = Obligation.objects.of_quarter(QUARTER)
    assert set(duties.values_list("state", "outlook", "remind_at")) == {
        (ObligationState.SATISFIED_LATE, ObligationState.SATISFIED_LATE, None)
    }
    missing = ComplianceFlag.objects.filter(kind="missing_quarter")
    assert not missing.standing().exists()
    for flag in missing:
        changes = flag.events.order_by("id").values_list("change", flat=True)
        assert list(changes) == ["raised", "cleared"]


def test_a_hazard_reported_while_the_clock_looks_for_unreported_ones_is_not_flagged(
    as_superuser: psycopg.Connection,
) -> None:
    desks = make_desks(assigned_on=SINCE)
    report = make_report(desks)
    stated = make_hazard(report, desks)
    registrations.register(
        report_id=report.pk, hazard_id=stated.hazard_id, by=desks.clerk, at=NOW
    )
    report_it = partial(
        MajorHazard.objects.filter(pk=stated.hazard_id).update,
        first_reported_at=TOO_LATE,
        first_reported_to=desks.bureau,
    )
    with not_yet_committed(report_it):
        looking = Act(lambda: unreported.raise_flags(at=TOO_LATE))
        looking.wait_until_it_waits(as_superuser)
    assert looking.finish() == 0
    assert not ComplianceFlag.objects.filter(kind="hazard_unreported").exists()
