"""The case of a finding on its pages, and as documents."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Acting
from hazards.models import (
    CaseOutcome,
    Decision,
    Determination,
    Objection,
    Respondent,
)
from hazards.services import decisions, objections
from hazards.services.case_documents import determination_pdf, opinion_pdf
from hazards.services.decisions import Said
from tests.factories import PASSWORD, signed_in
from tests.factories_reports import Desks, make_scan, proof_of
from tests.hazards.cases.conftest import (
    HOUR,
    Case,
    graded_general_case,
    reported_case,
)
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db
REASON = "现场核查后，情况与记录一致。"


def page(case: Case, by: Acting, *, language: str = "en") -> str:
    client = signed_in(by)
    address = reverse("finding", args=[case.finding.public_id])
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return str(response.content.decode())


def decided(case: Case) -> Decision:
    """The enterprise's part is decided, the principal's is not."""
    made = case.determined()
    at = case.at + HOUR
    return decisions.decide(
        determination_id=made.pk,
        said=Said(Respondent.ENTERPRISE, CaseOutcome.NO_PENALTY, reason=REASON),
        proof=proof_of(case.decider, at=at),
        by=case.decider,
        at=at,
    )


class TestTheFindingsPage:
    def test_shows_the_bureau_what_is_proposed_and_why(self, reported: Case) -> None:
        made = reported.determined()

        shown = page(reported, reported.decider)

        assert made.number in shown
        assert made.rulebook_sha256 in shown
        assert "Decide for the enterprise" in shown
        assert reported.hazard is not None
        assert reported.hazard.number in shown

    def test_says_to_an_inspector_why_he_does_not_decide(self, reported: Case) -> None:
        reported.determined()

        shown = page(reported, reported.visited.officer)

        assert "Only these may do this" in shown
        assert "Determine again" in shown

    def test_shows_the_enterprise_nothing_before_it_is_decided(
        self, reported: Case
    ) -> None:
        made = reported.determined()

        assert made.number not in page(reported, reported.desks.clerk)

    def test_shows_the_enterprise_all_reasons_once_it_is_decided(
        self, reported: Case
    ) -> None:
        decided(reported)

        shown = page(reported, reported.desks.principal)

        assert REASON in shown
        assert "not decided yet" in shown
        assert "State an objection" in shown
        assert "art. 45" in shown

    def test_names_what_the_enterprise_had_graded_general(self, desks: Desks) -> None:
        general, case = graded_general_case(desks)
        decided(case)

        link = reverse("general-hazard", args=[general.public_id])
        assert link in page(case, desks.principal)
        shown = page(case, case.decider)
        assert general.number in shown
        assert link not in shown

    def test_takes_as_many_queries_with_much_on_record(self, reported: Case) -> None:
        reported.determined()
        address = reverse("finding", args=[reported.finding.public_id])
        client = signed_in(reported.decider)
        client.get(address)
        with CaptureQueriesContext(connection) as bare:
            client.get(address)

        decided(reported_again := reported)
        for count in range(3):
            objections.state(
                finding_id=reported_again.finding.pk,
                key=uuid.uuid4(),
                text="申辩",
                files=[make_scan(reported.desks, of=f"材料{count}")],
                by=reported.desks.clerk,
                at=reported.at + HOUR,
            )
        with CaptureQueriesContext(connection) as full:
            client.get(address)

        # The files of objections, and which attachments go with them.
        assert len(full) <= len(bare) + 2


class TestTheForms:
    def test_an_officer_proposes_and_another_decides(self) -> None:
        case = reported_case()
        officer, decider = signed_in(case.visited.officer), signed_in(case.decider)
        decider_user = case.decider.user
        decider_user.set_password(PASSWORD)
        decider_user.save()
        decider = signed_in(case.decider)
        address = reverse("finding-determine", args=[case.finding.public_id])

        assert officer.post(address).status_code == 302
        made = Determination.objects.get()
        form = reverse("finding-decide", args=[case.finding.public_id, "enterprise"])
        shown = decider.get(form)
        refused = decider.post(form, {"outcome": "penalty", "password": PASSWORD})
        said = {
            "outcome": "penalty",
            "provisions": ["work-safety-law-2021/art-101"],
            "reason": REASON,
            "password": PASSWORD,
        }
        done = decider.post(form, said)

        assert shown.status_code == 200
        assert (refused.status_code, done.status_code) == (422, 302)
        decision = Decision.objects.get()
        assert decision.determination == made
        assert decision.outcome == CaseOutcome.PENALTY

    def test_what_was_typed_is_not_lost(self, reported: Case) -> None:
        reported.determined()
        form = reverse(
            "finding-decide", args=[reported.finding.public_id, "enterprise"]
        )

        response = signed_in(reported.decider).post(
            form, {"outcome": "none", "reason": REASON}
        )

        assert response.status_code == 422
        assert REASON in response.content.decode()

    def test_an_enterprise_objects_and_is_answered(self, reported: Case) -> None:
        clerk = signed_in(reported.desks.clerk)
        address = reverse("finding-object", args=[reported.finding.public_id])
        key = str(uuid.uuid4())

        assert clerk.get(address).status_code == 200
        assert clerk.post(address, {"key": key, "text": ""}).status_code == 422
        for _ in range(2):
            assert (
                clerk.post(address, {"key": key, "text": "不同意"}).status_code == 302
            )
        objection = Objection.objects.get()
        answer = reverse("finding-answer-objection", args=[objection.public_id])
        decider = signed_in(reported.decider)
        assert decider.get(answer).status_code == 200
        for _ in range(2):
            assert decider.post(answer, {"text": "维持"}).status_code == 302

        shown = page(reported, reported.desks.clerk)
        assert "不同意" in shown
        assert "维持" in shown


class TestDocuments:
    def test_of_a_determination_come_from_its_bytes_alone(self, reported: Case) -> None:
        made = reported.determined()

        first = determination_pdf(made)
        text = text_of(first)

        assert determination_pdf(made) == first
        assert made.number in text
        assert reported.desks.enterprise.name in text
        assert "违法" not in text.replace("安全生产违法", "")
        assert "建议" in text

    def test_of_a_check_name_all_that_was_found(self, reported: Case) -> None:
        text = text_of(opinion_pdf(reported.visited.check))

        assert reported.finding.number in text
        assert reported.visited.check.number in text
        assert "整改意见书" in text
        assert "签名" in text
        assert "疑似" in text

    def test_are_handed_to_both_sides(self, reported: Case) -> None:
        made = decided(reported).determination
        opinion = reverse("finding-opinion", args=[reported.finding.public_id])
        determination = reverse("determination-pdf", args=[made.public_id])

        for by in (reported.desks.principal, reported.decider):
            client = signed_in(by)
            for address in (opinion, determination):
                response = client.get(address)
                assert response.status_code == 200
                assert response.headers["Content-Type"] == "application/pdf"
