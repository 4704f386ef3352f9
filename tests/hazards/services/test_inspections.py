"""Recording a visit, and the acts of those who were there."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import SelfInspection, TeamKind
from hazards.queries.contents import live_facts
from hazards.services import inspections
from tests.factories import NOW, make_acting, make_enterprise
from tests.factories_reports import Desks, make_desks, make_inspection, make_visit
from tests.hazards.services.traces import last_event, people, told, written

EVIDENCE = "带队检查，见签到表"


def amend(
    inspection: SelfInspection, desks: Desks, visit: inspections.Visit, **changed: Any
) -> SelfInspection:
    """Amend as the clerk from the revision there is."""
    arguments = {"made_from": inspection.revision, "by": desks.clerk, "at": NOW}
    return inspections.amend(
        inspection_id=inspection.pk, visit=visit, **{**arguments, **changed}
    )


def test_a_visit_is_recorded_whole(desks: Desks) -> None:
    inspection = make_inspection(desks)

    inspection.refresh_from_db()
    assert inspection.number.startswith("ZC-2026Q2-")
    assert (inspection.enterprise, inspection.revision) == (desks.enterprise, 1)
    assert inspection.recorded_by == desks.clerk.membership
    assert list(inspection.sites.all()) == [desks.site]
    assert [
        (person.full_name, person.capacity, person.signed_in_at)
        for person in inspection.attendances.order_by("pk")
    ] == [
        (desks.leader.user.full_name, "team_leader", None),
        (desks.member.user.full_name, "union", None),
        ("外聘专家", "", None),
    ]
    event = last_event(inspection)
    assert (event.action, event.membership) == (
        "record-inspection",
        desks.clerk.membership,
    )
    assert event.parameters == {"number": inspection.number, "revision": 1}
    assert live_facts(inspection)["principal_took_part"] is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ended_on": dt.date(2026, 5, 11)}, "last day lies before"),
        ({"ended_on": dt.date(2026, 7, 7)}, "once it has ended"),
        (
            {"started_on": dt.date(2026, 6, 30), "ended_on": dt.date(2026, 7, 1)},
            "one quarter",
        ),
        ({"site_ids": []}, "at least one site"),
        ({"member_ids": [], "outsiders": []}, "at least one person"),
        ({"team": TeamKind.EXTERNAL}, "outside organisation"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    desks: Desks, changed: dict[str, Any], words: str
) -> None:
    visit = replace(make_visit(desks), **changed)
    with pytest.raises(RefusedError, match=words):
        inspections.record(visit=visit, by=desks.clerk, at=NOW)
    inspection = make_inspection(desks)
    with pytest.raises(RefusedError, match=words):
        amend(inspection, desks, visit)
    assert list(SelfInspection.objects.values_list("revision", flat=True)) == [1]


def test_sites_and_people_of_others_are_refused(desks: Desks) -> None:
    other = make_desks()
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"site_ids": [desks.site.pk, other.site.pk]}, "sites of your own"),
        ({"member_ids": [other.clerk.membership.pk]}, "people of your own"),
    )
    for changed, words in wrong:
        visit = replace(make_visit(desks), **changed)
        with pytest.raises(RefusedError, match=words):
            inspections.record(visit=visit, by=desks.clerk, at=NOW)
    assert not SelfInspection.objects.exists()


@pytest.mark.parametrize("desk", ["member", "principal", "reviewer"])
def test_only_clerk_and_team_leader_record(desks: Desks, desk: str) -> None:
    by = getattr(desks, desk)
    with pytest.raises(NotPermittedError):
        inspections.record(visit=make_visit(desks), by=by, at=NOW)
    with pytest.raises(NotPermittedError):
        amend(make_inspection(desks), desks, make_visit(desks), by=by)


def test_another_enterprise_changes_nothing(desks: Desks) -> None:
    inspection = make_inspection(desks)
    other = make_desks()
    with pytest.raises(NotPermittedError, match="another enterprise"):
        amend(inspection, other, make_visit(other), by=other.clerk)


def test_an_amendment_keeps_the_time_of_those_who_signed_in(desks: Desks) -> None:
    inspection = make_inspection(desks)
    inspections.sign_in(inspection_id=inspection.pk, by=desks.member, at=NOW)
    visit = replace(
        make_visit(desks),
        team=TeamKind.EXTERNAL,
        external_organisation="安全技术公司",
        member_ids=[desks.member.membership.pk],
        outsiders=["新专家"],
    )

    amended = amend(inspection, desks, visit, by=desks.leader)

    assert amended.revision == 2
    assert list(
        amended.attendances.order_by("pk").values_list("full_name", "signed_in_at")
    ) == [(desks.member.user.full_name, NOW), ("新专家", None)]
    event = last_event(amended)
    assert (event.action, event.membership) == (
        "amend-inspection",
        desks.leader.membership,
    )


def test_a_stale_amendment_overwrites_nothing(desks: Desks) -> None:
    inspection = make_inspection(desks)
    amend(inspection, desks, replace(make_visit(desks), areas="第一份"))
    with pytest.raises(inspections.StaleVisitError) as refused:
        amend(inspection, desks, replace(make_visit(desks), areas="第二份"))
    assert refused.value.inspection.areas == "第一份"
    inspection.refresh_from_db()
    assert inspection.areas == "第一份"


# signing in


def test_a_member_signs_in_once_at_the_server_s_time(desks: Desks) -> None:
    inspection = make_inspection(desks)
    inspections.sign_in(inspection_id=inspection.pk, by=desks.member, at=NOW)
    after = written()
    later = NOW + dt.timedelta(hours=1)
    inspections.sign_in(inspection_id=inspection.pk, by=desks.member, at=later)
    attendance = inspection.attendances.get(membership=desks.member.membership)
    assert attendance.signed_in_at == NOW
    assert written() == after
    event = last_event(inspection)
    assert (event.action, event.by) == ("sign-in", desks.member.user)


def test_who_is_not_listed_does_not_sign_in(desks: Desks) -> None:
    inspection = make_inspection(desks)
    for by in (desks.clerk, make_desks().leader):
        with pytest.raises(RefusedError, match="not listed"):
            inspections.sign_in(inspection_id=inspection.pk, by=by, at=NOW)


# the principal's part


def test_the_principal_is_asked_to_confirm_and_does(desks: Desks) -> None:
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)
    assert told("participation_recorded") == people(desks.principal)

    inspections.confirm_participation(
        inspection_id=inspection.pk, by=desks.principal, at=NOW
    )

    inspection.refresh_from_db()
    part = inspection.participation
    assert (part.principal, part.evidence) == (desks.principal.membership, EVIDENCE)
    assert (part.recorded_by, part.confirmed_at) == (desks.clerk.membership, NOW)
    event = last_event(inspection)
    assert (event.action, event.membership) == (
        "confirm-participation",
        desks.principal.membership,
    )


def test_the_principal_of_the_day_is_named_not_todays(desks: Desks) -> None:
    old = desks.principal.membership
    old.ends_on, old.end_recorded_at = dt.date(2026, 5, 31), NOW
    old.save()
    make_acting(
        Role.PRINCIPAL, enterprise=desks.enterprise, starts_on=dt.date(2026, 6, 1)
    )
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)
    assert inspection.participation.principal == old


def test_where_no_principal_is_known_nobody_can_have_taken_part(desks: Desks) -> None:
    old = desks.principal.membership
    old.ends_on, old.end_recorded_at = dt.date(2026, 4, 30), NOW
    old.save()
    with pytest.raises(RefusedError, match="knows no principal"):
        make_inspection(desks, principal_evidence=EVIDENCE)
    assert not SelfInspection.objects.exists()


def test_saving_the_same_evidence_keeps_the_confirmation(desks: Desks) -> None:
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)
    inspections.confirm_participation(
        inspection_id=inspection.pk, by=desks.principal, at=NOW
    )
    amend(inspection, desks, make_visit(desks, principal_evidence=EVIDENCE))
    inspection = SelfInspection.objects.get(pk=inspection.pk)
    assert inspection.participation.confirmed_at == NOW


def test_other_evidence_asks_for_a_new_confirmation(desks: Desks) -> None:
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)
    inspections.confirm_participation(
        inspection_id=inspection.pk, by=desks.principal, at=NOW
    )
    amend(inspection, desks, make_visit(desks, principal_evidence="另有照片"))
    inspection = SelfInspection.objects.get(pk=inspection.pk)
    assert inspection.participation.confirmed_at is None
    assert desks.principal.user.notices.count() == 2


def test_the_statement_that_the_principal_took_part_can_be_taken_back(
    desks: Desks,
) -> None:
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)
    amend(inspection, desks, make_visit(desks))
    inspection = SelfInspection.objects.get(pk=inspection.pk)
    assert not hasattr(inspection, "participation")


def test_only_that_principal_confirms_and_once(desks: Desks) -> None:
    plain = make_inspection(desks)
    inspection = make_inspection(desks, principal_evidence=EVIDENCE)

    def confirm(which: SelfInspection, by: Any) -> None:
        inspections.confirm_participation(inspection_id=which.pk, by=by, at=NOW)

    with pytest.raises(NotPermittedError, match="Nobody has recorded"):
        confirm(plain, desks.principal)
    with pytest.raises(NotPermittedError, match="Only the principal who took part"):
        confirm(inspection, desks.clerk)
    elsewhere = make_acting(
        Role.PRINCIPAL,
        enterprise=make_enterprise(assigned=False),
        user=desks.principal.user,
    )
    with pytest.raises(NotPermittedError, match="another enterprise"):
        confirm(inspection, elsewhere)
    confirm(inspection, desks.principal)
    with pytest.raises(NotPermittedError, match="confirmed this already"):
        confirm(inspection, desks.principal)
