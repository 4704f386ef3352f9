"""Declaring, ending and answering stops; waiving; correcting a founding day."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Enterprise
from hazards.models import Attachment, Suspension, Waiver
from hazards.services import openings
from tests.factories import queries_of, signed_in
from tests.factories_reports import Desks, make_desks, make_scan
from tests.hazards.attachments.files import archive, pdf, picture, upload
from tests.hazards.clock.test_relief import declare
from tests.hazards.views.walking import last_quarter, page, words

pytestmark = pytest.mark.django_db

REASON = "全厂停产检修，见停产决定。"


def today() -> dt.date:
    return timezone.localdate()


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "from_on": today().isoformat(),
        "to_on": "",
        "reason": REASON,
        "evidence": upload(picture(), "现场.jpg"),
        "whole": "on",
        **changes,
    }


def send(by: Acting, **changes: Any) -> Any:
    return signed_in(by).post(reverse("suspension-declare"), typed(**changes))


class TestDeclaring:
    @pytest.mark.parametrize(
        "evidence", [upload(picture(), "a.jpg"), upload(pdf(), "a.pdf")]
    )
    def test_stores_it_with_its_evidence(self, seats: Desks, evidence: Any) -> None:
        evidence.seek(0)
        response = send(seats.clerk, evidence=evidence)
        stop = Suspension.objects.get()
        assert response.url == reverse("suspension", args=[stop.public_id])
        assert (stop.reason, stop.declared_by) == (REASON, seats.clerk.membership)
        assert stop.evidence.enterprise == seats.enterprise

    def test_twice_is_once(self, seats: Desks) -> None:
        assert send(seats.clerk).status_code == 302
        assert send(seats.clerk).status_code == 302
        assert Suspension.objects.count() == 1

    def test_refuses_a_file_that_is_no_picture_and_keeps_what_was_typed(
        self, seats: Desks
    ) -> None:
        response = send(seats.clerk, evidence=upload(archive(), "现场.jpg"))
        assert response.status_code == 422
        assert REASON in page(response)
        assert not Suspension.objects.exists()

    def test_keeps_the_file_where_something_else_is_wrong(self, seats: Desks) -> None:
        response = send(seats.clerk, reason="")
        assert response.status_code == 422
        kept = Attachment.objects.get()
        assert f'value="{kept.public_id}"' in page(response)
        again = send(seats.clerk, evidence="", kept=str(kept.public_id))
        assert again.status_code == 302
        assert Suspension.objects.get().evidence == kept

    def test_refuses_the_kept_file_of_somebody_else(self, seats: Desks) -> None:
        other = make_scan(make_desks())
        response = send(seats.clerk, evidence="", kept=str(other.public_id))
        assert response.status_code == 422
        assert "The file is no longer kept" in words(response)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"evidence": ""}, "Choose the evidence."),
            ({"whole": ""}, "Only a stop of the whole enterprise"),
            ({"from_on": "2019-01-01"}, "before the enterprise was founded"),
            ({"to_on": "2019-01-01"}, "The last day lies before the first"),
            ({"from_on": "2099-01-01"}, "cannot begin after today"),
            ({"from_on": "gestern"}, "Enter a valid date"),
            ({"evidence": "", "kept": "x"}, "Choose the evidence."),
        ],
    )
    def test_says_what_is_wrong(
        self, seats: Desks, changes: dict[str, Any], sentence: str
    ) -> None:
        response = send(seats.clerk, **changes)
        assert response.status_code == 422
        assert sentence in words(response)
        assert not Suspension.objects.exists()

    def test_says_that_the_days_are_declared_already(self, seats: Desks) -> None:
        send(seats.clerk)
        response = send(seats.leader, reason="另一个说明，同一日期。")
        assert response.status_code == 422
        assert "declared already" in words(response)

    def test_takes_no_other_column(self, seats: Desks) -> None:  # S8
        send(seats.clerk, confirmed="on", answer="同意", enterprise="1")
        stop = Suspension.objects.get()
        assert (stop.confirmed, stop.answer) == (None, "")


class TestEnding:
    def end(self, by: Acting, stop: Suspension, to_on: str) -> Any:
        url = reverse("suspension-resume", args=[stop.public_id])
        return signed_in(by).post(url, {"to_on": to_on})

    def test_stores_the_last_day_once(self, seats: Desks) -> None:
        send(seats.clerk)
        stop, day = Suspension.objects.get(), today().isoformat()
        assert self.end(seats.clerk, stop, day).status_code == 302
        assert self.end(seats.clerk, stop, day).status_code == 302
        stop.refresh_from_db()
        assert stop.to_on == today()

    @pytest.mark.parametrize("to_on", ["", "2019-01-01", "2099-01-01"])
    def test_says_what_is_wrong(self, seats: Desks, to_on: str) -> None:
        send(seats.clerk)
        response = self.end(seats.clerk, Suspension.objects.get(), to_on)
        assert response.status_code == 422


class TestCorrectingTheEnd:
    def correct(self, by: Acting, stop: Suspension, **typed: str) -> Any:
        url = reverse("suspension-end", args=[stop.public_id])
        said = {"to_on": today().isoformat(), "reason": "日期录入有误。", **typed}
        return signed_in(by).post(url, said)

    def test_is_done_once_and_told(self, seats: Desks) -> None:
        day = (today() - dt.timedelta(days=2)).isoformat()
        send(seats.clerk, from_on=day, to_on=day)
        stop = Suspension.objects.get()
        assert self.correct(seats.clerk, stop).status_code == 302
        assert self.correct(seats.clerk, stop).status_code == 302
        stop.refresh_from_db()
        assert stop.to_on == today()
        shown = words(signed_in(seats.clerk).get(stop_url(stop)))
        assert "Last day of the stop corrected" in shown

    @pytest.mark.parametrize(
        "typed", [{"to_on": ""}, {"reason": ""}, {"to_on": "2099-01-01"}]
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, seats: Desks, typed: dict[str, str]
    ) -> None:
        day = today().isoformat()
        send(seats.clerk, from_on=day, to_on=day)
        response = self.correct(
            seats.clerk, Suspension.objects.get(), **{"reason": REASON, **typed}
        )
        assert response.status_code == 422
        assert typed.get("reason", REASON) in page(response)


def stop_url(stop: Suspension) -> str:
    return reverse("suspension", args=[stop.public_id])


class TestAnswering:
    def answer(self, by: Acting, **changes: Any) -> Any:
        stop = Suspension.objects.get()
        url = reverse("suspension-answer", args=[stop.public_id])
        said = {"answer": "confirm", "reason": "现场核查一致。", **changes}
        return signed_in(by).post(url, said)

    def test_is_done_once_by_the_same_person(self, seats: Desks) -> None:
        send(seats.clerk)
        assert self.answer(seats.reviewer).status_code == 302
        assert self.answer(seats.reviewer).status_code == 302
        assert Suspension.objects.get().confirmed is True

    def test_by_a_colleague_who_came_second_is_refused_by_name(
        self, seats: Desks
    ) -> None:
        send(seats.clerk)
        self.answer(seats.reviewer)
        second = self.answer(seats.colleague, answer="refuse")
        assert second.status_code == 403
        assert seats.reviewer.user.full_name in words(second)
        assert Suspension.objects.get().confirmed is True

    @pytest.mark.parametrize("changes", [{"answer": ""}, {"reason": ""}])
    def test_needs_an_answer_and_a_reason(
        self, seats: Desks, changes: dict[str, str]
    ) -> None:
        send(seats.clerk)
        assert self.answer(seats.reviewer, **changes).status_code == 422
        assert Suspension.objects.get().confirmed is None

    def test_happens_beside_the_evidence(self, seats: Desks) -> None:
        send(seats.clerk)
        stop = Suspension.objects.get()
        client = signed_in(seats.reviewer)
        shown = page(client.get(reverse("suspension", args=[stop.public_id])))
        assert reverse("attachment-preview", args=[stop.evidence.public_id]) in shown
        full = client.get(reverse("attachment", args=[stop.evidence.public_id]))
        assert full.status_code == 200
        assert f'filename="stop-{stop.from_on}.jpg"' in full["Content-Disposition"]

    def test_says_why_somebody_may_not(self, seats: Desks) -> None:
        send(seats.clerk)
        url = reverse("suspension", args=[Suspension.objects.get().public_id])
        superior = make_desks().bureau
        seats.bureau.parent = superior
        said = words(signed_in(seats.clerk).get(url))
        assert "Confirm or refuse" not in said


class TestTheLists:
    def test_of_a_bureau_has_what_waits_the_longest_wait_first(
        self, seats: Desks
    ) -> None:
        first, second = (make_desks(bureau=seats.bureau, on=today()) for _ in "ab")
        send(first.clerk)
        send(second.clerk)
        client = signed_in(seats.reviewer)
        said = words(client.get(reverse("suspensions")))
        assert said.index(first.enterprise.name) < said.index(second.enterprise.name)
        stop = Suspension.objects.get(enterprise=first.enterprise)
        client.post(
            reverse("suspension-answer", args=[stop.public_id]),
            {"answer": "refuse", "reason": "证明材料不足。"},
        )
        assert first.enterprise.name not in words(client.get(reverse("suspensions")))
        answered = words(client.get(reverse("suspensions"), {"answered": "1"}))
        assert first.enterprise.name in answered
        assert "refused by the bureau" in answered
        assert second.enterprise.name not in answered

    def test_go_on_by_pages_and_ask_the_same(self, seats: Desks) -> None:
        client, url = signed_in(seats.reviewer), reverse("suspensions")
        self._declare(seats, 3)
        few = queries_of(client, url)
        self._declare(seats, 27)
        assert queries_of(client, url) == few
        seen = self._walk(client, url)
        assert len(seen) == len(set(seen)) == 30

    def test_of_an_enterprise_is_its_own(self, seats: Desks) -> None:
        others = make_desks(bureau=seats.bureau, on=today())
        send(seats.clerk)
        send(others.clerk)
        shown = signed_in(seats.member).get(reverse("suspensions")).context["page"]
        assert [row.enterprise for row in shown.rows] == [seats.enterprise]

    def _declare(self, seats: Desks, number: int) -> None:
        for _ in range(number):
            desks = make_desks(bureau=seats.bureau)
            declare(desks, from_on=dt.date(2026, 7, 1))

    def _walk(self, client: Client, url: str) -> list[int]:
        seen: list[int] = []
        after = ""
        while True:
            shown = client.get(url, {"after": after}).context["page"]
            seen += [row.pk for row in shown.rows]
            after = shown.next_after
            if not after:
                return seen


class TestWaiving:
    @pytest.fixture
    def url(self, seats: Desks) -> str:
        openings.open_periods(at=timezone.now())
        row = seats.enterprise.obligations.of_quarter(last_quarter().next()).get()
        return reverse("obligation-waive", args=[row.public_id])

    def test_twice_is_once(self, seats: Desks, url: str) -> None:
        client, said = signed_in(seats.head), {"reason": "同意本季度免报。"}
        assert client.post(url, said).status_code == 302
        assert client.post(url, said).status_code == 302
        assert Waiver.objects.get().expires_on is None

    @pytest.mark.parametrize(
        "changes", [{"reason": ""}, {"expires_on": "2020-01-01"}, {"expires_on": "x"}]
    )
    def test_says_what_is_wrong(
        self, seats: Desks, url: str, changes: dict[str, str]
    ) -> None:
        said = {"reason": "同意本季度免报。", **changes}
        response = signed_in(seats.head).post(url, said)
        assert response.status_code == 422
        assert not Waiver.objects.exists()


class TestCorrectingAFoundingDay:
    def test_stores_it_and_says_what_is_wrong(self, seats: Desks) -> None:
        url = reverse("enterprise-founding", args=[seats.enterprise.public_id])
        client = signed_in(seats.reviewer)
        assert "2020-01-02" in page(client.get(url))
        said = {"established_on": "2021-03-04", "reason": "见营业执照。"}
        assert client.post(url, said).status_code == 302
        assert client.post(url, said).status_code == 422
        assert client.post(url, {**said, "reason": ""}).status_code == 422
        enterprise = Enterprise.objects.get(pk=seats.enterprise.pk)
        assert enterprise.established_on == dt.date(2021, 3, 4)
