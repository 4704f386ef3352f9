"""Describing hazards, putting them on record, leaving them out, carrying them on."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    Answer,
    HazardStatement,
    MajorHazard,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.queries.open_hazards import open_and_unnamed
from hazards.rules.items import WHOLE
from hazards.services import descriptions, hazards, registrations, reports, reviews
from hazards.services.versions import StaleSaveError
from tests.database.stages import stage
from tests.factories import NOW, TODAY
from tests.factories_reports import (
    QUARTER,
    Desks,
    make_description,
    make_desks,
    make_draft,
    make_hazard,
    make_inspection,
    make_report,
    open_version,
    save,
    sign,
)
from tests.hazards.services.traces import last_event

CLAUSE = "order-10-2023/3(1)"
OTHER = "order-10-2023/3(2)"
LATER = NOW + dt.timedelta(minutes=5)
SOON = NOW + dt.timedelta(days=1)


@stage
def report(desks: Desks) -> SelfInspectionReport:
    """A complete draft that says nothing was found."""
    return make_report(desks)


def change(
    report: SelfInspectionReport,
    desks: Desks,
    stated: HazardStatement,
    *,
    made_from: int | None = None,
    by: Any = None,
    **changes: Any,
) -> HazardStatement:
    """Save some of a description, made from what stands unless said otherwise."""
    return hazards.save(
        report_id=report.pk,
        hazard_id=stated.hazard_id,
        made_from=stated.revision if made_from is None else made_from,
        description=replace(descriptions.described(stated), **changes),
        by=by or desks.clerk,
        at=LATER,
    )


def register(
    report: SelfInspectionReport, desks: Desks, stated: HazardStatement
) -> MajorHazard:
    registrations.register(
        report_id=report.pk, hazard_id=stated.hazard_id, by=desks.member, at=LATER
    )
    stated.hazard.refresh_from_db()
    return stated.hazard


def leave_out(
    report: SelfInspectionReport, desks: Desks, stated: HazardStatement
) -> None:
    hazards.leave_out(
        report_id=report.pk, hazard_id=stated.hazard_id, by=desks.clerk, at=LATER
    )


def receive(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    """From draft to received."""
    save(report, desks, at=at)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
    sign(report, desks, at=at)


def give_back(report: SelfInspectionReport, desks: Desks, at: dt.datetime) -> None:
    """The bureau returns it and the team opens a correction."""
    reviews.begin(report_id=report.pk, by=desks.reviewer, at=at)
    reviews.return_for_correction(
        report_id=report.pk,
        comments={WHOLE: "请核对隐患。"},
        by=desks.reviewer,
        at=at,
    )
    reports.begin_correction(report_id=report.pk, by=desks.clerk, at=at)


class TestDescribe:
    def test_begins_a_draft_that_is_on_no_record(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)

        assert stated.hazard.registered_at is None
        assert stated.hazard.number.startswith("YH-20260706-")
        version = open_version(report)
        assert version.nothing_found is False
        assert version.checklist.get(clause=CLAUSE).answer == Answer.HAZARD

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"found_at": NOW + dt.timedelta(seconds=1)}, "later than now"),
            ({"clause": "order-10-2023/99"}, "clause from the list"),
            ({"site_id": 0}, "your enterprise's sites"),
            ({"rectified_on": TODAY + dt.timedelta(days=1)}, "lies in the future"),
        ],
    )
    def test_refuses_what_cannot_be(
        self,
        desks: Desks,
        report: SelfInspectionReport,
        changes: dict[str, Any],
        words: str,
    ) -> None:
        with pytest.raises(RefusedError, match=words):
            make_hazard(report, desks, **changes)
        assert not MajorHazard.objects.exists()

    def test_refuses_the_site_of_another_enterprise(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        foreign = make_desks().site
        with pytest.raises(RefusedError, match="your enterprise's sites"):
            make_hazard(report, desks, site_id=foreign.pk)

    @pytest.mark.parametrize("who", ["member", "principal", "reviewer"])
    def test_refuses_who_does_not_write_reports(
        self, desks: Desks, report: SelfInspectionReport, who: str
    ) -> None:
        with pytest.raises(NotPermittedError):
            hazards.describe(
                report_id=report.pk,
                description=make_description(desks),
                by=getattr(desks, who),
                at=NOW,
            )

    def test_refuses_once_the_report_is_sent(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
        with pytest.raises(NotPermittedError):
            make_hazard(report, desks)
        with pytest.raises(NotPermittedError):
            change(report, desks, stated, place="另一处")
        with pytest.raises(NotPermittedError):
            leave_out(report, desks, stated)
        with pytest.raises(NotPermittedError):
            register(report, desks, stated)

    def test_an_old_form_of_a_hazard_left_out_begins_no_second_one(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        register(report, desks, stated)
        leave_out(report, desks, stated)
        with pytest.raises(RefusedError, match="open the report again"):
            hazards.describe(
                report_id=report.pk,
                description=make_description(desks),
                by=desks.clerk,
                at=NOW,
                public_id=stated.hazard.public_id,
            )


class TestSave:
    def test_raises_the_revision_and_says_who(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = change(
            report, desks, make_hazard(report, desks), place="另一处", by=desks.leader
        )
        assert (stated.place, stated.revision) == ("另一处", 2)
        assert (stated.saved_by, stated.saved_at) == (desks.leader.membership, LATER)

    def test_made_from_an_older_one_overwrites_nothing(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        change(report, desks, stated, place="甲处")
        with pytest.raises(StaleSaveError, match="Nothing was overwritten"):
            change(report, desks, stated, made_from=1, place="乙处")
        stated.refresh_from_db()
        assert (stated.place, stated.revision) == ("甲处", 2)

    # S9
    def test_twice_is_once(self, desks: Desks, report: SelfInspectionReport) -> None:
        stated = make_hazard(report, desks)
        for _ in range(2):
            saved = change(report, desks, stated, made_from=1, place="甲处")
        assert (saved.place, saved.revision) == ("甲处", 2)

    def test_moves_the_finding_only_until_it_is_registered(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        earlier = NOW - dt.timedelta(days=60)
        stated = change(report, desks, make_hazard(report, desks), found_at=earlier)
        assert MajorHazard.objects.get().found_at == earlier
        register(report, desks, stated)
        change(report, desks, stated, found_at=NOW)
        assert MajorHazard.objects.get().found_at == earlier

    def test_under_another_clause_the_first_is_not_checked_again(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        change(report, desks, make_hazard(report, desks), clause=OTHER)
        answers = open_version(report).checklist.values_list("clause", "answer")
        assert list(answers) == [(OTHER, Answer.HAZARD)]

    def test_a_clause_that_another_hazard_has_keeps_its_answer(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        make_hazard(report, desks)
        change(report, desks, stated, clause=OTHER)
        assert open_version(report).checklist.count() == 2

    def test_of_a_hazard_left_out_meanwhile_is_refused_with_what_to_do(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        leave_out(report, desks, stated)
        with pytest.raises(RefusedError, match="open the report again"):
            change(report, desks, stated, place="甲处")


class TestRegister:
    def test_puts_on_record_what_stands_with_time_and_person(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        hazard = register(report, desks, stated)
        assert hazard.registered_at == LATER
        assert hazard.registered_by == desks.member.membership
        assert hazard.registered_as is not None
        assert hazard.registered_as["description"] == stated.description
        assert last_event(report, action="register-hazard").by == desks.member.user

    def test_twice_keeps_the_first_time(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        register(report, desks, stated)
        registrations.register(
            report_id=report.pk, hazard_id=stated.hazard_id, by=desks.clerk, at=SOON
        )
        assert MajorHazard.objects.get().registered_at == LATER

    @pytest.mark.parametrize("column", ["clause", "site_id", "place", "description"])
    def test_refuses_what_nobody_could_find_again(
        self, desks: Desks, report: SelfInspectionReport, column: str
    ) -> None:
        missing: dict[str, Any] = {column: None if column == "site_id" else ""}
        stated = make_hazard(report, desks, **missing)
        with pytest.raises(RefusedError, match="then register it"):
            register(report, desks, stated)
        assert MajorHazard.objects.get().registered_at is None

    @pytest.mark.parametrize("who", ["principal", "reviewer"])
    def test_refuses_who_is_not_of_the_team(
        self, desks: Desks, report: SelfInspectionReport, who: str
    ) -> None:
        stated = make_hazard(report, desks)
        with pytest.raises(NotPermittedError):
            registrations.register(
                report_id=report.pk,
                hazard_id=stated.hazard_id,
                by=getattr(desks, who),
                at=NOW,
            )

    def test_sending_registers_what_nobody_has(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        first = register(report, desks, make_hazard(report, desks))
        second = make_hazard(report, desks).hazard
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=SOON)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.registered_at, second.registered_at) == (LATER, SOON)


class TestOnRecord:
    """What is registered stays, whoever asks."""

    def test_is_never_deleted_by_raw_sql_as_the_application(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        hazard = register(report, desks, stated)
        leave_out(report, desks, stated)
        for statement in (
            "DELETE FROM hazards_majorhazard",
            "TRUNCATE hazards_majorhazard CASCADE",
            "UPDATE hazards_majorhazard SET registered_at = '2026-01-01'",
            "UPDATE hazards_majorhazard SET registered_as = '{}'",
            (
                "UPDATE hazards_majorhazard SET registered_at = NULL,"
                " registered_by_id = NULL, registered_as = NULL"
            ),
            "UPDATE hazards_majorhazard SET found_at = found_at - interval '1 day'",
            "UPDATE hazards_majorhazard SET number = 'YH-1'",
        ):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        before = MajorHazard.objects.values().get()
        assert before["id"] == hazard.pk
        assert before["registered_at"] == LATER

    def test_leaving_out_a_draft_deletes_it_and_asks_anew_what_was_found(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        leave_out(report, desks, make_hazard(report, desks))
        version = open_version(report)
        assert not MajorHazard.objects.exists()
        assert version.nothing_found is None
        assert not version.checklist.exists()

    def test_leaving_out_what_is_registered_keeps_it_and_says_so(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        hazard = register(report, desks, stated)
        leave_out(report, desks, stated)
        assert MajorHazard.objects.get() == hazard
        event = last_event(report, action="leave-out-hazard")
        assert event.parameters["hazard"] == hazard.number

    def test_protection_dates_from_the_first_receipt_whatever_comes_later(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        receive(report, desks, NOW)
        hazard = MajorHazard.objects.get()
        assert hazard.first_reported_at == NOW
        give_back(report, desks, SOON)
        leave_out(report, desks, open_version(report).stated.get())
        save(report, desks, draft=make_draft(reason="隐患重复，本次不列。"), at=SOON)
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=SOON)
        sign(report, desks, at=SOON)
        hazard.refresh_from_db()
        assert hazard.first_reported_at == NOW

        make_inspection(desks, on=QUARTER.next().starts_on, at=SOON)
        later = reports.start(
            quarter=QUARTER.next(), by=desks.clerk, at=SOON + dt.timedelta(hours=1)
        )
        assert open_version(later).stated.get().hazard == hazard
        receive(later, desks, SOON + dt.timedelta(days=1))
        hazard.refresh_from_db()
        assert hazard.first_reported_at == NOW
        assert stated.hazard == hazard


class TestTakingUp:
    """What is on record can be named again, and its absence is seen."""

    def test_a_hazard_left_out_comes_back_as_it_was_registered(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(
            report,
            desks,
            causes="赶工",
            plan_funds="自筹",
            funds_planned=Decimal("1.5"),
            due_on=SOON.date(),
        )
        before = descriptions.described(stated)
        register(report, desks, stated)
        leave_out(report, desks, stated)
        version = open_version(report)
        assert open_and_unnamed(version) == [stated.hazard]

        for _ in range(2):
            hazards.take_up(
                report_id=report.pk,
                hazard_id=stated.hazard_id,
                by=desks.clerk,
                at=SOON,
            )

        again = open_version(report).stated.get()
        assert descriptions.described(again) == before
        assert open_and_unnamed(version) == []
        assert open_version(report).nothing_found is False

    def test_comes_back_as_it_was_described_last(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        register(report, desks, stated)
        change(report, desks, stated, place="新处")
        later = reports.start(quarter=QUARTER.next(), by=desks.clerk, at=NOW)
        carried = open_version(later).stated.get()
        hazards.leave_out(
            report_id=later.pk, hazard_id=carried.hazard_id, by=desks.clerk, at=NOW
        )
        again = hazards.take_up(
            report_id=later.pk, hazard_id=carried.hazard_id, by=desks.clerk, at=NOW
        )
        assert again.place == "新处"

    def test_what_was_called_eliminated_is_not_missed(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        stated = make_hazard(report, desks)
        register(report, desks, stated)
        change(report, desks, stated, rectified_on=TODAY)
        later = reports.start(quarter=QUARTER.next(), by=desks.clerk, at=NOW)
        assert open_and_unnamed(open_version(later)) == []

    def test_refuses_what_is_not_registered_or_another_s(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        draft = make_hazard(report, desks)
        others = make_desks()
        theirs = make_report(others)
        foreign = register(theirs, others, make_hazard(theirs, others))
        for hazard_id in (draft.hazard_id, foreign.pk):
            with pytest.raises(RefusedError, match="open the report again"):
                hazards.take_up(
                    report_id=report.pk, hazard_id=hazard_id, by=desks.clerk, at=NOW
                )


class TestCarryingOn:
    def test_open_hazards_are_named_again_with_their_answer_and_nothing_else(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        still = make_hazard(report, desks, place="还在")
        gone = make_hazard(report, desks, place="已整改", clause=OTHER)
        change(report, desks, gone, rectified_on=TODAY)
        draft = make_hazard(report, desks, place="草稿", clause=OTHER)
        register(report, desks, still)
        register(report, desks, gone)

        later = reports.start(quarter=QUARTER.next(), by=desks.clerk, at=NOW)

        version = open_version(later)
        carried = version.stated.get()
        assert (carried.hazard, carried.place) == (still.hazard, "还在")
        assert (carried.revision, carried.facts) == (1, None)
        assert version.nothing_found is False
        assert list(version.checklist.values_list("clause", "answer")) == [
            (CLAUSE, Answer.HAZARD)
        ]
        assert draft.hazard.registered_at is None

    def test_nothing_found_is_never_carried(self, desks: Desks) -> None:
        make_report(desks, status=ReportStatus.ACCEPTED)
        later = reports.start(quarter=QUARTER.next(), by=desks.clerk, at=NOW)
        version = open_version(later)
        assert version.nothing_found is None
        assert (version.scope, version.coverage, version.remarks) == ("", "", "")

    def test_hazards_of_another_enterprise_are_not_carried(
        self, desks: Desks, report: SelfInspectionReport
    ) -> None:
        register(report, desks, make_hazard(report, desks))
        others = make_desks()
        theirs = reports.start(quarter=QUARTER.next(), by=others.clerk, at=NOW)
        assert not open_version(theirs).stated.exists()
