"""The checklist of a report, browser to database."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import HazardFeature
from accounts.models.enterprises import Feature
from hazards.models import Answer, ChecklistAnswer, SelfInspectionReport
from hazards.rules.catalogue import clause
from hazards.services import descriptions, hazards, reports, reviews
from hazards.services.checklists import Given, save_answers
from tests.factories import LONG_AGO, NOW, queries_of, signed_in
from tests.factories_reports import Desks, open_version, sign
from tests.hazards.views.walking import a_moment, page, words

pytestmark = pytest.mark.django_db

QUIETLY = {"X-Autosave": "1"}
# A foundry, C3130, answers articles 3, 4 and 14.
FIRST, OTHER, LAST = "order-10-2023/3(1)", "order-10-2023/4(3)", "order-10-2023/14"
APPLYING = 3 + 8 + 1


def url_of(report: SelfInspectionReport) -> str:
    return reverse("report-checklist", args=[report.public_id])


def chosen(report: SelfInspectionReport, **fields: Any) -> dict[str, Any]:
    """What a browser sends: the radios as the page has them, and what was pressed."""
    revision = open_version(report).checklist_revision
    radios = {f"answer-{clause(code).slug}": "not_checked" for code in (FIRST, OTHER)}
    return {"revision": str(revision), **radios, **fields}


def answering(code: str, answer: str, reason: str = "") -> dict[str, str]:
    slug = clause(code).slug
    return {f"answer-{slug}": answer, f"reason-{slug}": reason}


def stored(report: SelfInspectionReport) -> dict[str, tuple[str, str]]:
    rows = ChecklistAnswer.objects.filter(version=open_version(report))
    return {row.clause: (row.answer, row.reason) for row in rows}


def save(report: SelfInspectionReport, seats: Desks, **answers: Given) -> None:
    """Somebody else saves."""
    save_answers(
        report_id=report.pk,
        made_from=open_version(report).checklist_revision,
        answers={clause_code(slug): given for slug, given in answers.items()},
        by=seats.leader,
        at=a_moment(),
    )


def clause_code(name: str) -> str:
    return {"first": FIRST, "other": OTHER, "last": LAST}[name]


def describe(report: SelfInspectionReport, seats: Desks, code: str) -> str:
    """Describe a hazard under the clause; returns its number."""
    stated = hazards.describe(
        report_id=report.pk,
        description=descriptions.Description(found_at=a_moment(), clause=code),
        by=seats.clerk,
        at=timezone.now(),
    )
    return str(stated.hazard.number)


class TestTheList:
    def test_has_the_clauses_that_apply_by_article(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).get(url_of(draft))

        form = response.context["form"]
        assert len(form.clauses) == APPLYING
        assert [part.article.number for part in form.articles()] == ["3", "4", "14"]
        assert "Answered 0 / 12" in words(response)
        assert page(response).count('value="not_checked" checked') == APPLYING

    def test_follows_the_hazard_features(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        HazardFeature.objects.create(
            enterprise=seats.enterprise,
            feature=Feature.AMMONIA,
            starts_on=LONG_AGO,
            recorded_at=NOW,
        )

        assert "Answered 0 / 14" in words(signed_in(seats.clerk).get(url_of(draft)))

    def test_keeps_a_clause_that_was_answered_and_applies_no_more(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        elsewhere = "order-10-2023/9(1)"
        save_answers(
            report_id=draft.pk,
            made_from=1,
            answers={elsewhere: Given(Answer.FINE)},
            by=seats.clerk,
            at=a_moment(),
        )
        client = signed_in(seats.clerk)

        assert "Answered 1 / 13" in words(client.get(url_of(draft)))
        client.post(
            url_of(draft), chosen(draft, rest="fine") | answering(elsewhere, "fine")
        )
        assert stored(draft)[elsewhere] == ("fine", "")

    def test_of_an_enterprise_without_clauses_says_what_to_do(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        seats.enterprise.industry = "C2614"
        seats.enterprise.save()

        answer = words(signed_in(seats.clerk).get(url_of(draft)))

        assert "No clause is known to apply" in answer
        assert "ask your bureau" in answer

    def test_asks_as_many_questions_for_many_clauses_as_for_few(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        few = queries_of(client, url_of(draft))
        for feature in Feature:
            HazardFeature.objects.create(
                enterprise=seats.enterprise,
                feature=feature,
                starts_on=LONG_AGO,
                recorded_at=NOW,
            )
        client.post(url_of(draft), chosen(draft, rest="fine"))

        assert queries_of(client, url_of(draft)) == few


class TestAnswering:
    def test_stores_what_was_chosen(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft),
            chosen(draft)
            | answering(FIRST, "fine")
            | answering(OTHER, "not_applicable", "无连铸工艺"),
            follow=True,
        )

        assert stored(draft) == {
            FIRST: ("fine", ""),
            OTHER: ("not_applicable", "无连铸工艺"),
        }
        assert "Answered 2 / 12" in words(response)
        assert "Nobody but your enterprise sees a draft" in words(response)
        assert 'value="无连铸工艺"' in page(response)

    def test_can_be_taken_back(self, seats: Desks, draft: SelfInspectionReport) -> None:
        save(draft, seats, first=Given(Answer.FINE))

        signed_in(seats.clerk).post(url_of(draft), chosen(draft))

        assert stored(draft) == {}

    def test_a_reason_is_asked_only_where_a_clause_does_not_apply(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft),
            chosen(draft)
            | answering(OTHER, "not_applicable", " ")
            # What else was chosen is not lost.
            | answering(FIRST, "hazard"),
        )

        assert response.status_code == 422
        assert "Say why clause 4(3) does not apply to you." in words(response)
        assert stored(draft) == {}
        slug = clause(FIRST).slug
        assert f'name="answer-{slug}" id="id_answer-{slug}_1"' in page(response)
        form = response.context["form"]
        assert form[f"answer-{slug}"].value() == "hazard"

    def test_what_is_no_answer_is_refused(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft), chosen(draft) | answering(FIRST, "perhaps")
        )

        assert response.status_code == 422
        assert stored(draft) == {}

    def test_one_press_marks_the_rest_as_fine(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        form = client.get(url_of(draft)).context["form"]
        every = {f"answer-{each.slug}": "not_checked" for each in form.clauses}

        client.post(
            url_of(draft),
            chosen(draft, rest="fine")
            | every
            | answering(OTHER, "not_applicable", "无连铸工艺"),
        )

        answers = stored(draft)
        assert len(answers) == APPLYING
        assert answers.pop(OTHER) == ("not_applicable", "无连铸工艺")
        assert set(answers.values()) == {("fine", "")}

    def test_one_press_says_nothing_of_a_clause_that_the_page_did_not_show(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        signed_in(seats.clerk).post(url_of(draft), chosen(draft, rest="fine"))

        assert set(stored(draft)) == {FIRST, OTHER}

    def test_a_hazard_leads_on_to_describing_it_and_loses_nothing(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft),
            chosen(draft, describe=OTHER)
            | answering(FIRST, "fine")
            | answering(OTHER, "hazard"),
            follow=True,
        )

        assert stored(draft) == {FIRST: ("fine", ""), OTHER: ("hazard", "")}
        address, _status = response.redirect_chain[-1]
        assert address.startswith(reverse("report-hazard-new", args=[draft.public_id]))
        assert clause(OTHER).zh in words(response)

    def test_of_a_clause_with_a_described_hazard_is_the_hazard(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        number = describe(draft, seats, OTHER)
        assert number in words(client.get(url_of(draft)))

        client.post(
            url_of(draft),
            chosen(draft, rest="fine") | answering(OTHER, "not_applicable"),
        )

        assert stored(draft) == {FIRST: ("fine", ""), OTHER: ("hazard", "")}


class TestSavingByItself:
    def test_answers_with_the_next_revision(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft),
            chosen(draft) | answering(FIRST, "fine"),
            headers=QUIETLY,
        )

        assert response.json()["revision"] == 2
        assert stored(draft) == {FIRST: ("fine", "")}

    def test_says_what_is_missing(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(draft),
            chosen(draft) | answering(FIRST, "not_applicable"),
            headers=QUIETLY,
        )

        assert response.status_code == 422
        assert "Say why clause 3(1)" in response.json()["message"]

    def test_stops_where_somebody_else_saved(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        typed = chosen(draft) | answering(FIRST, "fine")
        save(draft, seats, other=Given(Answer.FINE))

        response = signed_in(seats.clerk).post(url_of(draft), typed, headers=QUIETLY)

        assert response.status_code == 409
        assert stored(draft) == {OTHER: ("fine", "")}


class TestAStaleSave:
    def test_overwrites_nothing_and_keeps_what_was_chosen(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        typed = chosen(draft) | answering(FIRST, "fine")
        save(draft, seats, first=Given(Answer.HAZARD), last=Given(Answer.FINE))

        response = client.post(url_of(draft), typed)

        assert response.status_code == 409
        assert stored(draft) == {FIRST: ("hazard", ""), LAST: ("fine", "")}
        assert "Saved: hazard You chose: checked and fine" in words(response)
        form = response.context["form"]
        assert form[f"answer-{clause(FIRST).slug}"].value() == "fine"
        differing = [each.clause.code for each in response.context["differences"]]
        assert differing == [FIRST, LAST]

        again = typed | {"revision": form["revision"].value()}
        assert client.post(url_of(draft), again).status_code == 302
        assert stored(draft) == {FIRST: ("fine", "")}


class TestOnTheSheet:
    @pytest.fixture
    def signed(self, seats: Desks, draft: SelfInspectionReport) -> SelfInspectionReport:
        """A received report with two answers."""
        save(
            draft,
            seats,
            first=Given(Answer.FINE),
            other=Given(Answer.NOT_APPLICABLE, "无连铸<工艺>"),
        )
        reports.send_for_signature(report_id=draft.pk, by=seats.clerk, at=a_moment())
        sign(draft, seats, at=timezone.now())
        return draft

    def test_stands_what_was_answered_and_why(
        self, seats: Desks, signed: SelfInspectionReport
    ) -> None:
        said = words(
            signed_in(seats.reviewer).get(
                reverse("report-version", args=[signed.public_id, 1])
            )
        )

        assert "not applicable 1 Article 4(3)" in said
        assert "Why it does not apply: 无连铸<工艺>" in said
        assert "checked and fine 1 Article 3(1)" in said

    def test_a_bureau_s_comment_opens_beside_its_clause(
        self, seats: Desks, signed: SelfInspectionReport
    ) -> None:
        reviews.begin(report_id=signed.pk, by=seats.reviewer, at=timezone.now())
        box = f"checklist[{OTHER}]"
        assert 'aria-label="Checklist Article 4(3)"' in page(
            signed_in(seats.reviewer).get(reverse("report", args=[signed.public_id]))
        )
        reviews.return_for_correction(
            report_id=signed.pk,
            comments={box: "请说明连铸机去向"},
            by=seats.reviewer,
            at=timezone.now(),
        )
        reports.begin_correction(report_id=signed.pk, by=seats.clerk, at=timezone.now())

        answer = page(signed_in(seats.clerk).get(url_of(signed)))

        before, after = answer.split("请说明连铸机去向")
        assert clause(OTHER).zh in before
        assert clause("order-10-2023/4(4)").zh in after


class TestWhoMayNot:
    def test_a_team_member_is_told_who_may(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        for method in ("get", "post"):
            response = getattr(signed_in(seats.member), method)(url_of(draft))
            assert response.status_code == 403

    def test_who_wrote_it_is_led_to_where_it_stands(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).get(url_of(received))

        assert response["Location"] == reverse("report", args=[received.public_id])

    def test_a_signed_report_takes_no_answer(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url_of(received), {"revision": "1"} | answering(FIRST, "fine")
        )

        assert response.status_code == 403
        assert not ChecklistAnswer.objects.exists()
