"""Spot checks from the pages: planning, answering, arriving, reading."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Role
from hazards.models import CheckKind, CheckState, SpotCheck
from hazards.queries.copies import qr_of
from tests.database.stages import stage
from tests.factories import make_acting, make_bureau, queries_of, signed_in
from tests.factories_findings import (
    approved_check,
    ended_check,
    inspectors_of,
    officer_of,
    planned_check,
    started_check,
)
from tests.factories_found import Visited, make_finding
from tests.factories_lives import planned_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import picture, upload
from tests.hazards.checks.test_corrections import ask
from tests.hazards.views.walking import page, words

pytestmark = pytest.mark.django_db

PURPOSE = "群众举报的线索，举报人李某。"


def read(by: Acting, url: str) -> str:
    """What the person reads there."""
    return page(signed_in(by).get(url))


def now() -> dt.datetime:
    return timezone.now()


@stage
def inspector(seats: Desks) -> Acting:
    return inspectors_of(seats.bureau, on=timezone.localdate())[0]


def typed(seats: Desks, **changes: Any) -> dict[str, Any]:
    return {
        "enterprise": str(seats.enterprise.public_id),
        "kind": "planned",
        "plan_reference": "2026年度检查计划第3号",
        "matters": ["major-hazard-rectification", "order-10-2023"],
        "purpose": PURPOSE,
        "planned_on": timezone.localdate().isoformat(),
        "officers": [
            str(each.membership.public_id) for each in inspectors_of(seats.bureau)
        ],
        "name_1": "王工",
        "organisation_1": "省安科院",
        "as_1": "expert",
        **changes,
    }


def send(by: Acting, seats: Desks, **changes: Any) -> Any:
    return signed_in(by).post(reverse("check-new"), typed(seats, **changes))


def address(check: SpotCheck, action: str = "") -> str:
    if action:
        return reverse("check-act", args=[check.public_id, action])
    return reverse("check", args=[check.public_id])


def do(check: SpotCheck, action: str, by: Acting, **said: Any) -> Any:
    return signed_in(by).post(address(check, action), said)


class TestPlanning:
    def test_stores_what_was_typed(self, seats: Desks, inspector: Acting) -> None:
        response = send(inspector, seats, site=str(seats.site.public_id))
        check = SpotCheck.objects.get()
        assert response.url == address(check)
        assert (check.kind, check.purpose, check.site) == (
            CheckKind.PLANNED,
            PURPOSE,
            seats.site,
        )
        assert check.matters == ["major-hazard-rectification", "order-10-2023"]
        assert check.officers.count() == 2
        assert check.assistants.get().name == "王工"

    def test_twice_is_once(self, seats: Desks, inspector: Acting) -> None:
        assert send(inspector, seats).status_code == 302
        assert send(inspector, seats).status_code == 302
        assert SpotCheck.objects.count() == 1

    def test_takes_no_other_column(  # S8
        self, seats: Desks, inspector: Acting
    ) -> None:
        more = {"state": "approved", "answer": "同意", "started_at": "2026-01-01"}
        send(inspector, seats, **more, bureau="1", planned_by="1", number="X")
        check = SpotCheck.objects.get()
        assert (check.state, check.answer, check.started_at) == (
            CheckState.PLANNED,
            "",
            None,
        )
        assert (check.bureau, check.planned_by) == (seats.bureau, inspector.membership)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"kind": ""}, "Choose why you come"),
            ({"matters": []}, "Choose what is looked at"),
            ({"officers": []}, "Choose at least two officers"),
            ({"purpose": ""}, "Say why this enterprise"),
            ({"planned_on": "2020-01-01"}, "This day is over"),
            ({"plan_reference": ""}, "Name the yearly plan"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self,
        seats: Desks,
        inspector: Acting,
        changes: dict[str, Any],
        sentence: str,
    ) -> None:
        response = send(inspector, seats, **changes)
        assert response.status_code == 422
        assert sentence in words(response)
        assert "王工" in response.content.decode()
        assert not SpotCheck.objects.exists()

    def test_shows_this_years_checks_first(
        self, seats: Desks, inspector: Acting
    ) -> None:
        before = ended_check(seats, at=now())
        url = f"{reverse('check-new')}?enterprise={seats.enterprise.public_id}"
        shown = read(inspector, url)
        assert "1 of 6" in shown
        assert before.number in shown

    def test_begins_with_the_kind_that_a_link_names(
        self, seats: Desks, inspector: Acting
    ) -> None:
        url = f"{reverse('check-new')}?enterprise={seats.enterprise.public_id}"
        response = signed_in(inspector).get(f"{url}&kind=recheck")
        assert response.context["form"]["kind"].value() == "recheck"

    def test_knows_no_enterprise_out_of_sight(self, inspector: Acting) -> None:
        other = make_desks().enterprise
        for named in (str(other.public_id), "x"):
            url = f"{reverse('check-new')}?enterprise={named}"
            assert signed_in(inspector).get(url).status_code == 404
        response = signed_in(inspector).get(reverse("check-new"))
        assert response.headers["Location"] == reverse("enterprises")


class TestTheWay:
    def test_from_plan_to_end_each_button_once(
        self, seats: Desks, inspector: Acting
    ) -> None:
        check = planned_check(seats, at=now())
        start = signed_in(inspector).get(address(check, "start"))
        assert start.status_code == 403

        for _twice in range(2):
            assert do(check, "approve", seats.head, answer="同意").status_code == 302
        form = signed_in(inspector).get(address(check, "start")).context["form"]
        for _twice in range(2):
            sent = do(check, "start", inspector, shown=form.shown_now)
            assert sent.status_code == 302
        for _twice in range(2):
            sent = do(check, "end", inspector, summary="检查完毕。")
            assert sent.status_code == 302

        check.refresh_from_db()
        assert (check.state, check.summary) == (CheckState.ENDED, "检查完毕。")

    def test_the_arrival_shows_warnings_and_asks_for_the_reason(
        self, seats: Desks, inspector: Acting
    ) -> None:
        ended_check(seats, at=now())
        check = approved_check(seats, at=now())
        shown = read(inspector, address(check, "start"))
        assert "in principle not twice" in shown
        assert "item 4" in shown
        form = signed_in(inspector).get(address(check, "start")).context["form"]

        refused = do(check, "start", inspector, shown=form.shown_now)
        assert refused.status_code == 422
        assert "say why it goes on" in words(refused)

        begun = do(
            check,
            "start",
            inspector,
            shown=form.shown_now,
            reason_to_go_on="上级部署。",
        )
        assert begun.status_code == 302
        assert "上级部署。" in read(seats.head, address(check))

    def test_an_arrival_after_another_shows_the_new_counts(
        self, seats: Desks, inspector: Acting
    ) -> None:
        check = approved_check(seats, at=now())
        form = signed_in(inspector).get(address(check, "start")).context["form"]
        first = started_check(seats, at=now())

        late = do(
            check, "start", inspector, shown=form.shown_now, reason_to_go_on="继续。"
        )

        assert late.status_code == 422
        assert "have changed since the page was shown" in words(late)
        assert first.number in late.content.decode()
        # What was typed is not lost, and the form knows the new counts.
        assert "继续。" in late.content.decode()
        again = do(
            check,
            "start",
            inspector,
            shown=late.context["form"].shown_now,
            reason_to_go_on="继续。",
        )
        assert again.status_code == 302

    def test_a_correction_goes_to_the_head_and_back(self, seats: Desks) -> None:
        check = ended_check(seats, at=now())
        officer = officer_of(check)
        said = {"text": "到达时间为上午。", "reason": "录像可证。", "finding": ""}
        for _twice in range(2):
            assert do(check, "correct", officer, **said).status_code == 302
        [asked] = check.corrections.all()
        assert "到达时间为上午。" not in read(seats.clerk, address(check))

        answered = do(
            check,
            "answer-correction",
            seats.head,
            correction=str(asked.public_id),
            verdict="approve",
            answer="属实。",
        )

        assert answered.status_code == 302
        assert "到达时间为上午。" in read(seats.clerk, address(check))

    def test_a_signed_opinion_is_kept_though_the_name_is_missing(
        self, seats: Desks
    ) -> None:
        check = started_check(seats, at=now())
        officer = officer_of(check)
        photo = upload(picture(size=(60, 40)), "整改意见.jpg")
        first = do(check, "file-opinion", officer, opinion=photo, signed_by="")
        assert first.status_code == 422
        assert "Name who signed" in words(first)

        kept = str(first.context["kept"].public_id)
        second = do(check, "file-opinion", officer, kept=kept, signed_by="厂长 王强")

        assert second.status_code == 302
        assert check.signed_opinions.get().signed_by == "厂长 王强"
        assert "厂长 王强" in read(seats.principal, address(check))

    def test_takes_no_other_column_with_an_act(  # S8
        self, seats: Desks, inspector: Acting
    ) -> None:
        check = approved_check(seats, at=now())
        form = signed_in(inspector).get(address(check, "start")).context["form"]
        more = {"started_at": "2020-01-01", "counts": "{}", "purpose": "x"}
        do(check, "start", inspector, shown=form.shown_now, **more)
        check.refresh_from_db()
        assert check.started_at is not None
        assert check.started_at.year == timezone.localdate().year
        assert check.counts != {}
        assert check.purpose != "x"


class TestWhoReadsWhat:
    def test_the_enterprise_does_not_read_why_it_was_chosen(
        self, seats: Desks, inspector: Acting
    ) -> None:
        check = started_check(
            seats,
            at=now(),
            kind=CheckKind.COMPLAINT,
            purpose=PURPOSE,
            plan_reference="举报件2026-0077",
        )
        for secret in (PURPOSE, "举报件2026-0077"):
            assert secret in read(inspector, address(check))
            assert secret not in read(seats.principal, address(check))
        assert officer_of(check).user.full_name in read(seats.clerk, address(check))

    def test_the_head_finds_plans_and_the_inspector_own_checks_on_the_desk(
        self, seats: Desks, inspector: Acting
    ) -> None:
        planned = planned_check(seats, at=now())
        approved = approved_check(seats, at=now())
        desk = reverse("desk")
        assert planned.number in read(seats.head, desk)
        assert approved.number not in read(seats.head, desk)
        assert approved.number in read(inspector, desk)
        assert planned.number not in read(inspector, desk)
        assert approved.number not in read(seats.reviewer, desk)

    def test_the_list_is_narrowed_and_goes_on_by_pages(
        self, seats: Desks, inspector: Acting
    ) -> None:
        made = [planned_check(seats, at=now()) for _ in range(27)]
        approved = approved_check(seats, at=now())
        client, url = signed_in(inspector), reverse("checks")
        first = client.get(url).context["page"]
        second = client.get(f"{url}?after={first.next_after}").context["page"]
        assert [*first.rows, *second.rows] == [approved, *reversed(made)]
        assert second.next_after == ""
        assert client.get(f"{url}?state=approved").context["page"].rows == [approved]
        assert client.get(f"{url}?kind=guidance").context["page"].rows == []
        assert client.get(f"{url}?state=x").status_code == 200


class TestTheCode:
    def test_is_printed_by_the_enterprise_and_opens_the_scan(
        self, seats: Desks, settings: Any
    ) -> None:
        settings.PORTAL_URL = "https://portal.example"
        url = reverse("enterprise-code", args=[seats.enterprise.public_id])
        opened = reverse("enterprise-scan", args=[seats.enterprise.public_id])
        shown = signed_in(seats.clerk).get(url).content.decode()
        assert f"https://portal.example{opened}" in shown
        assert qr_of(f"https://portal.example{opened}", scales=True) in shown

    def test_shows_the_officer_counts_and_what_to_begin(
        self, seats: Desks, inspector: Acting
    ) -> None:
        approved = approved_check(seats, at=now())
        of_others = approved_check(
            seats,
            at=now(),
            officers=tuple(
                make_acting(Role.INSPECTOR, bureau=seats.bureau).membership.pk
                for _ in range(2)
            ),
        )
        planned = planned_check(seats, at=now())
        before = ended_check(seats, at=now())
        url = reverse("enterprise-scan", args=[seats.enterprise.public_id])
        shown = read(inspector, url)
        assert address(approved, "start") in shown
        assert before.number in shown
        for other in (of_others, planned):
            assert other.number not in shown

    def test_opens_for_an_officer_of_the_bureau_that_joins(self, seats: Desks) -> None:
        joining = make_bureau()
        guest = make_acting(Role.INSPECTOR, bureau=joining, on=timezone.localdate())
        url = reverse("enterprise-scan", args=[seats.enterprise.public_id])
        assert signed_in(guest).get(url).status_code == 404
        own = inspectors_of(seats.bureau)[0]
        check = approved_check(
            seats,
            at=now(),
            joint_bureau_id=joining.pk,
            officers=(own.membership.pk, guest.membership.pk),
        )
        assert address(check, "start") in read(guest, url)
        # It plans nothing where it does not supervise.
        assert reverse("check-new") not in read(guest, url)


def test_the_page_asks_the_same_for_much_and_for_little(seats: Desks) -> None:
    empty = make_desks(bureau=seats.bureau, on=timezone.localdate())
    little, much = started_check(empty, at=now()), started_check(seats, at=now())
    first, second = officer_of(much), officer_of(much, 1)
    visited = Visited(much, first, second, seats)
    for number in range(3):
        make_finding(visited, at=now(), place=f"{number}号炉")
        ask(much, text=f"{number}")
    make_finding(Visited(little, first, second, empty), at=now())
    ask(little)
    for hours in range(3):
        at = now() - dt.timedelta(hours=hours)
        planned_hazard(seats, at=at, due_on=at.date() + dt.timedelta(days=60))
        ended_check(seats, at=now())
    for actor in (seats.head, first):
        client = signed_in(actor)
        assert queries_of(client, address(much)) == queries_of(client, address(little))
    waiting = approved_check(seats, at=now()), approved_check(empty, at=now())
    client = signed_in(first)
    for action in ("", "start"):
        many, few = (queries_of(client, address(each, action)) for each in waiting)
        assert many == few
