"""What stands beside a check that took place: corrections and the signed opinion."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import CheckCorrection, SpotCheck
from hazards.services.check_corrections import (
    answer_correction,
    ask_correction,
    file_opinion,
)
from tests.database.stages import stage
from tests.factories import NOW, make_acting
from tests.factories_findings import (
    approved_check,
    ended_check,
    officer_of,
    started_check,
)
from tests.factories_found import make_finding, make_visited
from tests.factories_reports import Desks, make_desks, make_scan
from tests.hazards.services.traces import people, told


@stage
def ended(desks: Desks) -> SpotCheck:
    return ended_check(desks)


def ask(check: SpotCheck, **changes: object) -> CheckCorrection:
    said = {"text": "到达时间应为上午。", "reason": "执法记录仪可证。", **changes}
    return ask_correction(
        check_id=check.pk,
        by=officer_of(check),
        at=NOW,
        **said,  # type: ignore[arg-type]
    )


def answer(correction: CheckCorrection, desks: Desks, *, approved: bool = True) -> None:
    answer_correction(
        correction_id=correction.pk,
        approved=approved,
        answer="属实。",
        by=desks.head,
        at=NOW,
    )


def test_an_approved_correction_stands_beside_the_record(
    desks: Desks, ended: SpotCheck
) -> None:
    before = SpotCheck.objects.filter(pk=ended.pk).values().get()
    correction = ask(ended)
    assert told("check_correction_asked") == people(desks.head)

    answer(correction, desks)

    correction.refresh_from_db()
    assert (correction.approved, correction.answered_by) == (
        True,
        desks.head.membership,
    )
    assert told("check_correction_answered") == people(
        officer_of(ended), desks.clerk, desks.leader, desks.principal
    )
    assert SpotCheck.objects.filter(pk=ended.pk).values().get() == before


def test_of_a_refused_one_the_enterprise_hears_nothing(
    desks: Desks, ended: SpotCheck
) -> None:
    answer(ask(ended), desks, approved=False)
    assert told("check_correction_answered") == people(officer_of(ended))


def test_an_answer_stands_and_is_never_the_askers(  # S11
    desks: Desks, ended: SpotCheck
) -> None:
    correction = ask(ended)
    both = make_acting(
        Role.BUREAU_HEAD, user=officer_of(ended).user, bureau=desks.bureau
    )
    with pytest.raises(NotPermittedError, match="you asked for"):
        answer_correction(
            correction_id=correction.pk, approved=True, answer="好。", by=both, at=NOW
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckCorrection.objects.filter(pk=correction.pk).update(
            approved=True, answered_at=NOW, answered_by=both.membership
        )
    answer(correction, desks)
    with pytest.raises(NotPermittedError, match="answered already"):
        answer(correction, desks, approved=False)


def test_only_what_took_place_is_corrected_by_its_officers(
    desks: Desks, ended: SpotCheck
) -> None:
    with pytest.raises(NotPermittedError):
        ask(approved_check(desks))
    colleague = make_acting(Role.INSPECTOR, bureau=desks.bureau)
    with pytest.raises(NotPermittedError, match="named in the plan"):
        ask_correction(
            check_id=ended.pk, text="改。", reason="误。", by=colleague, at=NOW
        )
    for nothing in ({"text": " "}, {"reason": ""}):
        with pytest.raises(RefusedError, match="how it should read"):
            ask(ended, **nothing)


def test_a_finding_of_another_check_is_not_corrected_here(
    desks: Desks, ended: SpotCheck
) -> None:
    found = make_finding(make_visited(desks))
    with pytest.raises(RefusedError, match="of another check"):
        ask(ended, finding_id=found.pk)


class TestTheSignedOpinion:
    def test_is_on_record_and_the_enterprise_is_told(self, desks: Desks) -> None:
        check = started_check(desks)
        opinion = make_scan(desks, of="整改意见")
        signed = file_opinion(
            check_id=check.pk,
            opinion=opinion,
            signed_by="厂长 王强",
            by=officer_of(check),
            at=NOW,
        )
        assert (signed.attachment, signed.signed_by) == (opinion, "厂长 王强")
        assert told("check_opinion_filed") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_names_who_signed_and_is_a_file_of_the_enterprise(
        self, desks: Desks
    ) -> None:
        check = started_check(desks)

        def file(**changes: object) -> None:
            said = {
                "opinion": make_scan(desks, of="整改意见"),
                "signed_by": "厂长",
                **changes,
            }
            file_opinion(
                check_id=check.pk,
                by=officer_of(check),
                at=NOW,
                **said,  # type: ignore[arg-type]
            )

        with pytest.raises(RefusedError, match="Name who signed"):
            file(signed_by=" ")
        with pytest.raises(RefusedError, match="another enterprise"):
            file(opinion=make_scan(make_desks(), of="整改意见"))
