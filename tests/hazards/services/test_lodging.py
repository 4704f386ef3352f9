"""Lodged without the principal's signature, and signed later (cases 15 and 39)."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Acting, Membership
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    ChainEntry,
    MajorHazard,
    ReportStatus,
    Seal,
    SealKind,
    SelfInspectionReport,
)
from hazards.queries import verification
from hazards.queries.contents import live_parts
from hazards.queries.later_signatures import lodged_seal
from hazards.rules import seals
from hazards.rules.statements import LODGED_UNSIGNED, SIGNED_LATER, statement
from hazards.services import descriptions, hazards, lodging, reports, reviews, versions
from hazards.services.sealing import ChangedSinceShownError
from tests.database.stages import stage
from tests.factories import NOW, TODAY
from tests.factories_reports import (
    UNSIGNED_BECAUSE,
    Desks,
    correct,
    lodge,
    make_draft,
    make_lodged,
    make_report,
    open_version,
    proof_of,
    save,
    sign_later,
)
from tests.hazards.services.traces import last_event, people, told, written

LATER = NOW + dt.timedelta(days=1)


@stage
def draft(desks: Desks) -> SelfInspectionReport:
    """A complete draft."""
    return make_report(desks)


@stage
def lodged(desks: Desks) -> SelfInspectionReport:
    """A report received unsigned."""
    return make_lodged(desks)


def describe(report: SelfInspectionReport, desks: Desks) -> MajorHazard:
    """The clerk describes a hazard that nobody has registered."""
    described = descriptions.Description(
        found_at=NOW - dt.timedelta(days=20),
        clause="order-10-2023/3(1)",
        site_id=desks.site.pk,
        place="会议室",
        description="设置在熔融金属吊运影响范围内",
    )
    stated = hazards.describe(
        report_id=report.pk, description=described, by=desks.clerk, at=NOW
    )
    return stated.hazard


def prepared(report: SelfInspectionReport, by: Acting) -> bytes:
    """What the leader is shown."""
    return lodging.prepare(report_id=report.pk, reason=UNSIGNED_BECAUSE, by=by, at=NOW)


def all_written() -> tuple[int, ...]:
    """All that an act of lodging writes."""
    return (*written(), Seal.objects.count(), ChainEntry.objects.count())


class TestLodging:
    @pytest.mark.parametrize(
        "status", [ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE]
    )
    def test_files_the_report_marked_as_unsigned(
        self, desks: Desks, status: ReportStatus
    ) -> None:
        report = make_report(desks, status=status)

        seal = lodge(report, desks)

        report.refresh_from_db()
        assert report.status == ReportStatus.RECEIVED
        assert (report.first_received_at, report.received_at) == (NOW, NOW)
        assert (report.is_unsigned, report.in_time) == (True, True)
        assert report.bureau == desks.bureau
        assert (seal.kind, seal.signed_by) == (
            SealKind.UNSIGNED,
            desks.leader.membership,
        )
        assert seal.statement == statement(LODGED_UNSIGNED, on=TODAY).zh
        assert seal.receipt_number.startswith("HZ-20260706-")
        assert seal.chain_entry.ordinal == 1

    def test_seals_what_was_shown_with_the_reason_and_who_lodges(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        shown = prepared(draft, desks.leader)

        seal = lodge(draft, desks)

        assert bytes(seal.content) == shown
        content = json.loads(shown)
        assert content["act"] == {
            "kind": "unsigned",
            "reason": UNSIGNED_BECAUSE,
            "lodged_by": desks.leader.user.full_name,
        }
        assert content["declaration"] == seal.statement
        assert content["principal"]["name"] == desks.principal.user.full_name

    def test_reminds_the_principal_with_the_way_to_sign(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        lodge(draft, desks)

        assert told("report_lodged_unsigned") == people(desks.principal)
        assert told("report_received") == people(desks.clerk, desks.leader)
        (notice,) = desks.principal.user.notices.filter(kind="report_lodged_unsigned")
        assert notice.path == f"/reports/{draft.public_id}/sign-later/"
        assert UNSIGNED_BECAUSE in notice.body
        event = last_event(draft, action="lodge-unsigned")
        assert (event.by, event.note) == (desks.leader.user, UNSIGNED_BECAUSE)

    def test_needs_no_principal_on_record(self, desks: Desks) -> None:
        report = make_report(desks)
        Membership.objects.filter(pk=desks.principal.membership.pk).update(
            ends_on=TODAY - dt.timedelta(days=1), end_recorded_at=NOW
        )

        seal = lodge(report, desks)

        assert json.loads(bytes(seal.content))["principal"] == {"name": ""}
        assert told("report_lodged_unsigned") == set()

    def test_registers_what_it_describes_before_it_is_shown(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        hazard = describe(draft, desks)

        shown = prepared(draft, desks.leader)

        hazard.refresh_from_db()
        assert (hazard.registered_at, hazard.registered_by) == (
            NOW,
            desks.leader.membership,
        )
        assert hazard.first_reported_at is None
        (said,) = json.loads(shown)["hazards"]
        assert said["registered_at"] == NOW.astimezone(dt.UTC).isoformat()
        before = all_written()
        assert prepared(draft, desks.leader) == shown
        assert all_written() == before

    def test_protects_the_hazards_from_its_receipt(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        hazard = describe(draft, desks)
        lodge(draft, desks)
        hazard.refresh_from_db()
        assert (hazard.first_reported_at, hazard.first_reported_to) == (
            NOW,
            desks.bureau,
        )

    def test_refuses_a_hazard_described_after_it_was_shown(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        shown = prepared(draft, desks.leader)
        hazard = describe(draft, desks)

        with pytest.raises(ChangedSinceShownError):
            lodging.lodge_unsigned(
                report_id=draft.pk,
                shown=shown,
                reason=UNSIGNED_BECAUSE,
                proof=proof_of(desks.leader),
                by=desks.leader,
                at=NOW,
            )

        hazard.refresh_from_db()
        assert hazard.registered_at is None
        assert not Seal.objects.exists()

    def test_refuses_a_hazard_that_nobody_registered_even_if_it_was_shown(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        before = json.loads(prepared(draft, desks.leader))
        describe(draft, desks)
        version = open_version(draft)
        kept = ("act", "declaration", "enterprise", "bureau", "principal")
        frame = {part: before[part] for part in kept}
        parts = live_parts(version, frame=frame, on=desks.leader.on)
        shown = seals.project("quarterly-report/3", parts)

        with pytest.raises(ChangedSinceShownError):
            lodging.lodge_unsigned(
                report_id=draft.pk,
                shown=shown,
                reason=UNSIGNED_BECAUSE,
                proof=proof_of(desks.leader),
                by=desks.leader,
                at=NOW,
            )

    def test_refuses_another_reason_than_was_shown(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        shown, before = prepared(draft, desks.leader), all_written()
        with pytest.raises(ChangedSinceShownError):
            lodging.lodge_unsigned(
                report_id=draft.pk,
                shown=shown,
                reason="另一个原因",
                proof=proof_of(desks.leader),
                by=desks.leader,
                at=NOW,
            )
        assert all_written() == before

    def test_refuses_to_lodge_without_a_reason(
        self, desks: Desks, draft: SelfInspectionReport
    ) -> None:
        with pytest.raises(RefusedError, match="Say why the principal has not signed"):
            lodge(draft, desks, reason="  ")

    def test_refuses_what_is_incomplete(self, desks: Desks) -> None:
        report = make_report(desks)
        save(report, desks, draft=make_draft(scope=""))
        with pytest.raises(versions.IncompleteError, match="Say what was inspected"):
            prepared(report, desks.leader)

    @pytest.mark.parametrize("seat", ["clerk", "member", "principal", "reviewer"])
    def test_is_the_team_leader_s_alone(
        self, desks: Desks, draft: SelfInspectionReport, seat: str
    ) -> None:
        with pytest.raises(NotPermittedError, match="team leader"):
            lodge(draft, replace(desks, leader=getattr(desks, seat)))

    def test_refuses_what_is_received_already(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        with pytest.raises(NotPermittedError, match="“received” now"):
            lodge(lodged, desks, at=LATER)


class TestSigningLater:
    def test_is_an_act_of_its_own_that_moves_nothing(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        before = SelfInspectionReport.objects.values().get(pk=lodged.pk)

        seal = sign_later(lodged, desks, at=LATER)

        after = SelfInspectionReport.objects.values().get(pk=lodged.pk)
        assert after == {**before, "is_unsigned": False}
        assert seal.version == lodged_seal(lodged).version
        assert (seal.kind, seal.signed_by) == (
            SealKind.LATER_SIGNATURE,
            desks.principal.membership,
        )
        assert (seal.received_at, seal.signed_at) == (LATER, LATER)
        assert seal.chain_entry.ordinal == 2
        assert seal.receipt_number != lodged_seal(lodged).receipt_number

    def test_names_what_was_lodged_by_its_digest(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        seal = sign_later(lodged, desks)

        content = json.loads(bytes(seal.content))
        first = lodged_seal(lodged)
        assert content == {
            "format": "later-signature/1",
            "declaration": statement(SIGNED_LATER, on=TODAY).zh,
            "principal": {"name": desks.principal.user.full_name},
            "lodged": {
                "report": lodged.number,
                "quarter": "2026Q2",
                "version": 1,
                "receipt": first.receipt_number,
                "received_at": NOW.astimezone(dt.UTC).isoformat(),
                "sha256": first.content_sha256,
            },
        }
        assert seals.later_signature(seal.frame or {}) == bytes(seal.content)
        assert list(verification.faults()) == []

    def test_leaves_two_events_and_a_receipt(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        seal = sign_later(lodged, desks)

        assert last_event(lodged, action="sign-later").by == desks.principal.user
        received = last_event(lodged, action="receive-later_signature")
        assert received.parameters["receipt"] == seal.receipt_number
        (notice,) = desks.principal.user.notices.filter(kind="report_received")
        assert "which" in notice.body
        assert "stays as it was" in notice.body

    @pytest.mark.parametrize("answer", ["accept", "return", "correcting"])
    def test_is_possible_whatever_the_bureau_has_answered(
        self, desks: Desks, lodged: SelfInspectionReport, answer: str
    ) -> None:
        if answer == "accept":
            reviews.accept(report_id=lodged.pk, by=desks.reviewer, at=NOW)
        else:
            reviews.return_for_correction(
                report_id=lodged.pk,
                comments={"report": "请补签。"},
                by=desks.reviewer,
                at=NOW,
            )
        if answer == "correcting":
            reports.begin_correction(report_id=lodged.pk, by=desks.clerk, at=NOW)
        lodged.refresh_from_db()
        status = lodged.status

        sign_later(lodged, desks)

        lodged.refresh_from_db()
        assert (lodged.status, lodged.is_unsigned) == (status, False)

    def test_twice_is_once(self, desks: Desks, lodged: SelfInspectionReport) -> None:
        sign_later(lodged, desks)
        with pytest.raises(NotPermittedError, match="not marked as unsigned"):
            sign_later(lodged, desks, at=LATER + dt.timedelta(hours=1))
        assert Seal.objects.filter(kind=SealKind.LATER_SIGNATURE).count() == 1

    def test_the_database_takes_one_only(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        seal = sign_later(lodged, desks)
        seal.pk, seal.receipt_number = None, "HZ-20260707-AAAAAAAA"
        with (
            pytest.raises(IntegrityError, match="version_is_signed_later_once"),
            transaction.atomic(),
        ):
            seal.save(force_insert=True)

    def test_is_past_once_a_signed_correction_came(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        reviews.return_for_correction(
            report_id=lodged.pk,
            comments={"report": "请更正并签字。"},
            by=desks.reviewer,
            at=NOW,
        )
        correct(lodged, desks, at=LATER)
        lodged.refresh_from_db()
        assert not lodged.is_unsigned
        with pytest.raises(NotPermittedError, match="not marked as unsigned"):
            sign_later(lodged, desks, at=LATER + dt.timedelta(hours=1))

    def test_refuses_what_another_lodging_has_replaced(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        shown = lodging.later_bytes(lodged_seal(lodged), by=desks.principal)
        reviews.return_for_correction(
            report_id=lodged.pk,
            comments={"report": "请更正。"},
            by=desks.reviewer,
            at=NOW,
        )
        reports.begin_correction(report_id=lodged.pk, by=desks.clerk, at=NOW)
        save(lodged, desks, draft=make_draft(scope="全部", reason="补充范围"))
        lodge(lodged, desks, at=LATER)

        with pytest.raises(ChangedSinceShownError):
            lodging.sign_later(
                report_id=lodged.pk,
                shown=shown,
                proof=proof_of(desks.principal),
                by=desks.principal,
                at=NOW,
            )

    def test_is_the_principal_s_alone(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        with pytest.raises(NotPermittedError, match="principal"):
            sign_later(lodged, replace(desks, principal=desks.leader))

    def test_needs_a_proof_of_its_own(
        self, desks: Desks, lodged: SelfInspectionReport
    ) -> None:
        with pytest.raises(RefusedError, match="Prove again who you are"):
            lodging.sign_later(
                report_id=lodged.pk,
                shown=lodging.later_bytes(lodged_seal(lodged), by=desks.principal),
                proof=proof_of(desks.leader),
                by=desks.principal,
                at=NOW,
            )
