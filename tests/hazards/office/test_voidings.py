"""Struck out as reported in error, or handed over to another department."""

import pytest

from accounts.models import Notice
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import HazardAct, HazardHandover, HazardOrder
from hazards.services import voidings
from hazards.services.lives import Doing
from tests.factories import NOW
from tests.factories_lives import planned_hazard
from tests.factories_reports import Desks
from tests.hazards.office.walks import SAID, accepted_hazard, order
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db


def hand_over(
    hazard_id: int, desks: Desks, *, department: str = "开原市住房和城乡建设局"
) -> HazardAct:
    return voidings.hand_over(
        hazard_id=hazard_id,
        department=department,
        doing=SAID,
        by=desks.head,
        at=NOW,
    )


def test_struck_out_keeps_everything_that_was_said(desks: Desks) -> None:
    hazard = planned_hazard(desks)
    order(hazard, desks.reviewer, stop="whole")
    reported = hazard.first_reported_at
    act = voidings.void(hazard_id=hazard.pk, doing=SAID, by=desks.reviewer, at=NOW)
    hazard.refresh_from_db()
    assert (hazard.state, hazard.stop_ordered) == ("voided", "")
    assert hazard.first_reported_at == reported
    assert HazardOrder.objects.get().lifted == act
    assert hazard.statements.exists()
    assert told("hazard_voided") == people(desks.clerk, desks.leader, desks.principal)


def test_struck_out_with_a_reason_only(desks: Desks) -> None:
    hazard = planned_hazard(desks)
    with pytest.raises(RefusedError, match="no major hazard"):
        voidings.void(hazard_id=hazard.pk, doing=Doing(), by=desks.head, at=NOW)


def test_not_by_the_enterprise_and_not_what_it_accepted(desks: Desks) -> None:
    hazard = accepted_hazard(desks)
    for by in (desks.principal, desks.head):
        with pytest.raises(NotPermittedError):
            voidings.void(hazard_id=hazard.pk, doing=SAID, by=by, at=NOW)


def test_handed_over_names_the_department(desks: Desks) -> None:
    hazard = planned_hazard(desks)
    act = hand_over(hazard.pk, desks)
    hazard.refresh_from_db()
    assert hazard.state == "handed_over"
    assert HazardHandover.objects.get(act=act).department == "开原市住房和城乡建设局"
    notice = Notice.objects.filter(kind="hazard_handed_over").first()
    assert notice is not None
    assert "开原市住房和城乡建设局" in notice.subject


def test_not_handed_over_to_nobody(desks: Desks) -> None:
    with pytest.raises(RefusedError, match="Name the department"):
        hand_over(planned_hazard(desks).pk, desks, department=" ")
