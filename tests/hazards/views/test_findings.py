"""Pages of findings: recorded with photos, read by both sides, compared, seconded."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hazards.models import Attachment, Finding
from hazards.queries.candidates import candidates
from hazards.queries.matches import standing_match
from tests.database.stages import stage
from tests.factories import queries_of, signed_in
from tests.factories_found import CLAUSE, Visited, compare, make_finding, make_visited
from tests.factories_lives import reported_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import picture, upload
from tests.hazards.findings.test_matching import decide, many

pytestmark = pytest.mark.django_db


@stage
def visited(desks: Desks) -> Visited:
    return make_visited(desks, at=timezone.localtime())


def typed(desks: Desks, **changes: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "grade": "major",
        "clause": CLAUSE,
        "site": desks.site.public_id,
        "place": "2号熔炼炉炉前",
        "description": "承包单位未签协议进场检修。",
        "ordered": "立即停止检修。",
        "stop_ordered": "part",
        **changes,
    }


def found(visited: Visited) -> Finding:
    return make_finding(visited, at=timezone.now())


class TestRecording:
    def test_with_a_photo_from_the_phone(self, visited: Visited) -> None:
        client = signed_in(visited.officer)
        url = reverse("finding-new", args=[visited.check.public_id])
        assert client.get(url).status_code == 200

        photo = upload(picture(size=(80, 60)), "现场.jpg")
        answer = client.post(url, {**typed(visited.desks), "photos": [photo]})

        finding = Finding.objects.get()
        page = reverse("finding", args=[finding.public_id])
        assert answer["Location"] == page
        assert finding.clause == CLAUSE
        shown = finding.photos.get().attachment
        assert shown.uploaded_by == visited.officer.membership
        assert client.get(page).status_code == 200
        picture_url = reverse("attachment", args=[shown.public_id])
        name = client.get(picture_url)["Content-Disposition"]
        assert f"{finding.number}-1.jpg" in name

    def test_a_photo_outlives_what_else_is_wrong(self, visited: Visited) -> None:
        client = signed_in(visited.officer)
        url = reverse("finding-new", args=[visited.check.public_id])
        said = typed(visited.desks, clause="")
        photo = upload(picture(size=(80, 60)), "现场.jpg")

        answer = client.post(url, {**said, "photos": [photo]})

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Choose the clause" in page
        assert said["place"] in page
        kept = Attachment.objects.get()
        assert f'name="kept" value="{kept.public_id}"' in page
        client.post(
            url, {**said, "clause": CLAUSE, "kept": [str(kept.public_id), "nothing"]}
        )
        assert Finding.objects.get().photos.get().attachment == kept

    def test_what_is_no_photo_is_refused_by_its_content(self, visited: Visited) -> None:
        client = signed_in(visited.officer)
        url = reverse("finding-new", args=[visited.check.public_id])
        fake = upload(b"<script>alert(1)</script>", "现场.jpg")

        answer = client.post(url, {**typed(visited.desks), "photos": [fake]})

        assert answer.status_code == 422
        assert "现场.jpg: Only photos" in answer.content.decode()
        assert not Finding.objects.exists()

    def test_clauses_are_found_by_words_without_a_script(
        self, visited: Visited
    ) -> None:
        client = signed_in(visited.officer)
        url = reverse("finding-new", args=[visited.check.public_id])
        said = typed(visited.desks, clause="", words="4(1)", find="1")

        page = client.post(url, said).content.decode()

        assert 'value="order-10-2023/4(1)"' in page
        assert 'value="order-10-2023/3(1)"' not in page
        assert said["description"] in page

    def test_is_short(self, visited: Visited) -> None:
        page = signed_in(visited.officer).get(
            reverse("finding-new", args=[visited.check.public_id])
        )
        form = page.context["form"]
        assert len(form.visible_fields()) + 1 <= 12  # and the photos


class TestReading:
    def test_the_enterprise_reads_it_at_once_and_the_comparison_once_decided(
        self, visited: Visited
    ) -> None:
        finding = found(visited)
        compare(finding, visited, at=timezone.now())
        url = reverse("finding", args=[finding.public_id])
        client = signed_in(visited.desks.clerk)

        before = client.get(url).content.decode()
        for words in (finding.description, finding.ordered, "usual remedy"):
            assert words in before
        assert "对照现场" not in before
        decide(finding, visited.desks)

        assert "对照现场" in client.get(url).content.decode()
        assert finding.place in client.get(reverse("findings")).content.decode()

    def test_another_enterprise_finds_nothing(self, visited: Visited) -> None:
        finding = found(visited)
        answer = signed_in(make_desks().clerk).get(
            reverse("finding", args=[finding.public_id])
        )
        assert answer.status_code == 404

    def test_what_officers_judge_is_on_record(self, visited: Visited) -> None:
        finding = found(visited)
        client = signed_in(visited.officer)
        url = reverse("finding-assess", args=[finding.public_id])
        assert client.get(url).status_code == 200
        assert client.post(url, {"measures_effective": "yes"}).status_code == 422

        client.post(
            url,
            {
                "measures_effective": "yes",
                "existed_at_last_inspection": "",
                "accident": "on",
                "note": "现场查看措施到位。",
            },
        )

        judged = finding.assessments.get()
        assert judged.measures_effective is True
        assert judged.existed_at_last_inspection is None
        assert judged.accident
        page = client.get(reverse("finding", args=[finding.public_id]))
        assert judged.note in page.content.decode()


class TestComparing:
    def test_side_by_side_then_answered(self, visited: Visited) -> None:
        hazard = reported_hazard(visited.desks)
        finding = found(visited)
        client = signed_in(visited.officer)
        url = reverse("finding-match", args=[finding.public_id])

        page = client.get(url)

        text = page.content.decode()
        for words in (hazard.number, hazard.reports.get().number, "same place"):
            assert words in text
        seen = page.context["laid_out"].seen
        without = client.post(url, {"seen": seen, "note": "核对。"})
        assert without.status_code == 422
        assert "Answer for this hazard" in without.content.decode()
        said = {f"{hazard.public_id}-verdict": "same", "seen": seen, "note": "核对。"}
        assert client.post(url, said).status_code == 302
        standing = standing_match(finding)
        assert standing is not None
        assert standing[1] == hazard

    def test_one_of_the_list_is_looked_at_beside_it(self, visited: Visited) -> None:
        many(visited.desks, 12)
        finding = found(visited)
        client = signed_in(visited.officer)
        url = reverse("finding-match", args=[finding.public_id])
        laid_out = candidates(finding)
        first, last = laid_out.all[0].record, laid_out.all[-1].record
        answers = {
            f"{each.record.public_id}-verdict": "different" for each in laid_out.in_full
        }

        page = client.post(
            url,
            {**answers, "also": last.public_id, "more": "1", "note": "还要看一条。"},
        )

        text = page.content.decode()
        assert f'name="{last.public_id}-verdict"' in text
        assert "还要看一条。" in text
        assert page.context["answers"][0]["verdict"].value() == "different"
        assert first != last
        client.post(
            url,
            {
                **answers,
                "also": last.public_id,
                f"{last.public_id}-verdict": "part",
                "seen": laid_out.seen,
                "note": "核对。",
            },
        )
        assert finding.matches.get().hazard == last

    def test_what_came_meanwhile_is_shown_before_it_counts(
        self, visited: Visited
    ) -> None:
        finding = found(visited)
        client = signed_in(visited.officer)
        url = reverse("finding-match", args=[finding.public_id])
        seen = candidates(finding).seen
        hazard = reported_hazard(visited.desks)

        answer = client.post(
            url,
            {
                f"{hazard.public_id}-verdict": "different",
                "seen": seen,
                "note": "核对。",
            },
        )

        assert answer.status_code == 422
        assert "has changed since" in answer.content.decode()
        assert candidates(finding).seen in answer.content.decode()
        assert not finding.matches.exists()

    def test_a_second_person_agrees(self, visited: Visited) -> None:
        finding = found(visited)
        url = reverse("finding-second", args=[finding.public_id])
        client = signed_in(visited.desks.reviewer)
        assert client.get(url).status_code == 403
        compare(finding, visited, at=timezone.now())
        assert "对照现场" in client.get(url).content.decode()
        assert client.post(url, {"round": "1", "agrees": "yes"}).status_code == 422
        assert signed_in(visited.officer).get(url).status_code == 403

        client.post(url, {"round": "1", "agrees": "yes", "note": "已核对。"})

        assert standing_match(finding) is not None
        detail = reverse("finding", args=[finding.public_id])
        assert "A second person agrees" in client.get(detail).content.decode()

    def test_a_second_word_is_on_the_comparison_that_was_read(
        self, visited: Visited
    ) -> None:
        finding = found(visited)
        url = reverse("finding-second", args=[finding.public_id])
        for officer in (visited.colleague, visited.officer):
            by_one = replace(visited, officer=officer)
            compare(finding, by_one, at=timezone.now())
        said = {"round": "1", "agrees": "yes", "note": "已核对。"}

        answer = signed_in(visited.desks.reviewer).post(url, said)

        assert answer.status_code == 403
        assert "compared again" in answer.content.decode()


class TestQuestions:
    def test_a_list_asks_the_same_of_few_and_many(self, visited: Visited) -> None:
        clients = [signed_in(by) for by in (visited.officer, visited.desks.clerk)]
        url = reverse("findings")
        for _ in range(2):
            compare(found(visited), visited, at=timezone.now())
        few = [queries_of(client, url) for client in clients]
        for _ in range(8):
            compare(found(visited), visited, at=timezone.now())
        assert [queries_of(client, url) for client in clients] == few

    def test_a_finding_and_its_comparison(self, visited: Visited) -> None:
        many(visited.desks, 2)
        finding = found(visited)
        compare(finding, visited, *["different"] * 2, at=timezone.now())
        client = signed_in(visited.officer)
        urls = [
            reverse(name, args=[finding.public_id])
            for name in ("finding", "finding-match")
        ]
        few = [queries_of(client, url) for url in urls]
        many(visited.desks, 6, begin=3)
        for _ in range(2):
            compare(finding, visited, *["different"] * 8, at=timezone.now())
        assert [queries_of(client, url) for url in urls] == few
