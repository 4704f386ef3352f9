"""Pages of acts about a hazard: what was typed and chosen is never lost."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting
from hazards.models import (
    Attachment,
    Audience,
    HazardAct,
    HazardActKind,
    HazardProgress,
    HazardState,
    MajorHazard,
    Moment,
)
from hazards.rules.limits import limit
from hazards.services import extensions
from hazards.services.lives import Doing
from tests.database.stages import stage
from tests.factories import PASSWORD, signed_in
from tests.factories_lives import accepted_hazard, planned_hazard, record_acceptance
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import archive, pdf, picture, upload
from tests.hazards.views.walking import a_moment, page, words

pytestmark = pytest.mark.django_db
WORDS = "更换阀门并恢复警戒线。"


def far() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=30)


@stage
def planned(seats: Desks) -> MajorHazard:
    return planned_hazard(seats, at=a_moment(), due_on=far())


def url(hazard: MajorHazard, kind: str) -> str:
    return reverse("hazard-act", args=[hazard.public_id, kind])


def look(hazard: MajorHazard, kind: str, by: Acting) -> Any:
    return signed_in(by).get(url(hazard, kind))


def send(hazard: MajorHazard, kind: str, by: Acting, **fields: Any) -> Any:
    typed = {"key": str(uuid.uuid4()), "text": WORDS, **fields}
    return signed_in(by).post(url(hazard, kind), typed)


def acts(kind: HazardActKind) -> list[HazardAct]:
    return list(HazardAct.objects.filter(kind=kind).order_by("id"))


def waiting(hazard: MajorHazard, kind: str, by: Acting, field: str) -> str:
    """What the page hides in a field, as a browser would send it back."""
    return str(look(hazard, kind, by).context["form"][field].value())


class TestThePage:
    def test_of_an_unknown_kind_is_not_there(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        for kind in ("register", "no-such-act"):
            assert look(planned, kind, seats.clerk).status_code == 404

    def test_of_anothers_hazard_is_not_there(self, planned: MajorHazard) -> None:
        other = make_desks(on=timezone.localdate())
        for by in (other.clerk, other.reviewer):
            assert look(planned, "progress", by).status_code == 404
            assert send(planned, "progress", by).status_code == 404

    def test_refuses_with_the_reason(self, seats: Desks, planned: MajorHazard) -> None:
        response = look(planned, "close", seats.principal)
        assert response.status_code == 403
        assert "plan received" in words(response)
        assert look(planned, "progress", seats.reviewer).status_code == 403

    def test_cites_on_what_it_rests(self, seats: Desks, planned: MajorHazard) -> None:
        shown = words(look(planned, "tell", seats.clerk))
        assert "art. 41" in shown
        assert planned.number in shown

    def test_makes_a_key_of_its_own_each_time(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        keys = {waiting(planned, "progress", seats.clerk, "key") for _ in range(2)}
        assert len(keys) == 2


class TestFiles:
    def test_go_along_with_what_they_show(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        response = send(
            planned,
            "progress",
            seats.member,
            before=[upload(picture(size=(60, 40)), "前.jpg")],
            after=[upload(picture(size=(61, 40)), "后.jpg")],
            documents=[upload(pdf(), "单据.pdf"), upload(pdf(2), "合同.pdf")],
            funds_spent="2.5",
            stopped="part",
        )
        assert response.url == reverse("hazard", args=[planned.public_id])
        files = acts(HazardActKind.PROGRESS)[0].files.order_by("id")
        assert [file.moment for file in files] == [
            Moment.BEFORE,
            Moment.AFTER,
            Moment.DOCUMENT,
            Moment.DOCUMENT,
        ]
        row = HazardProgress.objects.get()
        assert (str(row.funds_spent), row.stopped) == ("2.5000", "part")

    def test_and_words_are_kept_where_something_else_is_wrong(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        photo = upload(picture(), "后.jpg")
        response = send(
            planned, "progress", seats.clerk, after=[photo], funds_spent="-1"
        )
        kept = Attachment.objects.get()
        assert response.status_code == 422
        assert WORDS in page(response)
        assert f'value="after:{kept.public_id}"' in page(response)
        again = send(planned, "progress", seats.clerk, kept=[f"after:{kept.public_id}"])
        assert again.status_code == 302
        file = acts(HazardActKind.PROGRESS)[0].files.get()
        assert (file.attachment, file.moment) == (kept, Moment.AFTER)

    def test_that_are_no_pictures_are_refused_by_name_and_the_others_kept(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        response = send(
            planned,
            "progress",
            seats.clerk,
            after=[upload(picture(), "好.jpg"), upload(archive(), "坏.jpg")],
        )
        assert response.status_code == 422
        assert "坏.jpg" in words(response)
        assert str(Attachment.objects.get().public_id) in page(response)
        assert not acts(HazardActKind.PROGRESS)

    def test_sent_twice_among_them_are_one(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        send(
            planned,
            "progress",
            seats.clerk,
            before=[upload(picture(), "a.jpg")],
            after=[upload(picture(), "b.jpg")],
        )
        assert acts(HazardActKind.PROGRESS)[0].files.count() == 1

    def test_are_so_many_and_no_more(self, seats: Desks, planned: MajorHazard) -> None:
        most = limit("photos_per_hazard", on=timezone.localdate())
        kept = [f"after:{uuid.uuid4()}" for _ in range(most)]
        response = send(
            planned,
            "progress",
            seats.clerk,
            kept=kept,
            documents=[upload(pdf(), "多.pdf")],
        )
        assert response.status_code == 422
        assert f"at most {most} files" in words(response)

    def test_of_another_enterprise_are_no_files_of_ours(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        other = make_desks(on=timezone.localdate())
        theirs = planned_hazard(other, at=a_moment(), due_on=far())
        send(theirs, "progress", other.clerk, after=[upload(picture(), "a.jpg")])
        named = Attachment.objects.get(enterprise=other.enterprise).public_id
        send(
            planned,
            "progress",
            seats.clerk,
            kept=[f"after:{named}", "after:no-uuid", f"never:{named}"],
        )
        mine = HazardAct.objects.get(kind=HazardActKind.PROGRESS, hazard=planned)
        assert not mine.files.exists()

    def test_are_for_the_enterprise_and_its_bureau(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        send(planned, "progress", seats.clerk, after=[upload(picture(), "后.jpg")])
        file = Attachment.objects.get()
        full = reverse("attachment", args=[file.public_id])
        stranger = make_desks(on=timezone.localdate()).reviewer
        for by, status in (
            (seats.principal, 200),
            (seats.reviewer, 200),
            (stranger, 404),
        ):
            assert signed_in(by).get(full).status_code == status
        response = signed_in(seats.reviewer).get(full)
        name = f"{planned.number}-after.jpg"
        assert name in response["Content-Disposition"]

    def test_are_demanded_as_evidence(self, seats: Desks, planned: MajorHazard) -> None:
        response = send(
            planned,
            "tell",
            seats.clerk,
            audience=Audience.WORKERS,
            on=timezone.localdate().isoformat(),
        )
        assert response.status_code == 422
        assert "Choose the evidence" in words(response)


class TestSending:
    def test_twice_is_once_and_no_refusal(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        key = str(uuid.uuid4())
        for _ in range(2):
            sent = send(planned, "progress", seats.clerk, key=key)
            assert sent.status_code == 302
        assert len(acts(HazardActKind.PROGRESS)) == 1

    def test_keeps_what_a_device_says_unless_it_lies_ahead(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        now = timezone.now().replace(microsecond=0)
        for claim in (now - dt.timedelta(hours=2), now + dt.timedelta(hours=2)):
            send(planned, "progress", seats.clerk, typed_at=claim.isoformat())
        claims = [act.typed_at for act in acts(HazardActKind.PROGRESS)]
        assert claims == [now - dt.timedelta(hours=2), None]

    def test_after_the_hazard_has_moved_on_keeps_what_was_typed(
        self, seats: Desks
    ) -> None:
        hazard = accepted_hazard(seats, at=a_moment(), due_on=far())
        response = send(hazard, "progress", seats.clerk)
        assert response.status_code == 403
        assert WORDS in page(response)
        assert "accepted by the enterprise" in words(response)
        assert not acts(HazardActKind.PROGRESS)

    def test_begins_with_the_stop_that_was_said_last(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        assert waiting(planned, "progress", seats.clerk, "stopped") == ""
        send(planned, "progress", seats.clerk, stopped="whole")
        assert waiting(planned, "progress", seats.clerk, "stopped") == "whole"

    def test_without_words_says_so(self, seats: Desks, planned: MajorHazard) -> None:
        response = send(planned, "progress", seats.clerk, text=" ")
        assert response.status_code == 422
        assert "Say it in words" in words(response)


class TestMoreTime:
    def test_is_asked_for_and_answered(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        to_on = far() + dt.timedelta(days=20)
        asked = send(
            planned,
            "ask-extension",
            seats.clerk,
            to_on=to_on.isoformat(),
            interim_measures="停用并设专人看守。",
        )
        assert asked.status_code == 302
        shown = look(planned, "answer-extension", seats.principal)
        assert "停用并设专人看守。" in words(shown)
        answered = send(
            planned,
            "answer-extension",
            seats.principal,
            asked=str(shown.context["form"]["asked"].value()),
            answer="approve",
        )
        assert answered.status_code == 302
        planned.refresh_from_db()
        assert planned.due_on == to_on

    def test_until_a_day_that_is_not_later_is_refused_with_the_sentence(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        response = send(
            planned,
            "ask-extension",
            seats.clerk,
            to_on=far().isoformat(),
            interim_measures="停用。",
        )
        assert response.status_code == 422
        assert "ask for a later day" in words(response)
        assert WORDS in page(response)

    def test_refused_leaves_the_deadline(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        act = extensions.ask(
            hazard_id=planned.pk,
            doing=Doing(text="设备到货推迟。"),
            to_on=far() + dt.timedelta(days=1),
            interim_measures="停用。",
            by=seats.clerk,
            at=timezone.now(),
        )
        send(
            planned,
            "answer-extension",
            seats.principal,
            asked=str(act.key),
            answer="refuse",
        )
        planned.refresh_from_db()
        assert (planned.due_on, planned.extension_asked_at) == (far(), None)


class TestAcceptance:
    def test_is_recorded_confirmed_and_the_hazard_closed(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        send(
            planned,
            "record-acceptance",
            seats.clerk,
            accepted_by="own",
            people="王工，注册安全工程师",
            after=[upload(picture(), "后.jpg")],
        )
        shown = look(planned, "confirm-acceptance", seats.principal)
        assert "王工，注册安全工程师" in words(shown)
        sent = send(
            planned,
            "confirm-acceptance",
            seats.principal,
            recorded=str(shown.context["form"]["recorded"].value()),
            password=PASSWORD,
        )
        assert sent.status_code == 302
        assert send(planned, "close", seats.leader).status_code == 302
        planned.refresh_from_db()
        assert planned.state == HazardState.CLOSED

    def test_is_not_confirmed_with_a_wrong_password_which_never_comes_back(
        self, seats: Desks, planned: MajorHazard
    ) -> None:
        recorded = record_acceptance(planned, seats, at=timezone.now())
        response = send(
            planned,
            "confirm-acceptance",
            seats.principal,
            recorded=str(recorded.key),
            password="wrong-horse-battery",
        )
        assert response.status_code == 422
        assert "not right" in words(response)
        assert "wrong-horse-battery" not in page(response)
        assert WORDS in page(response)

    def test_is_given_back(self, seats: Desks, planned: MajorHazard) -> None:
        recorded = record_acceptance(planned, seats, at=timezone.now())
        named = waiting(planned, "return-acceptance", seats.principal, "recorded")
        assert named == str(recorded.key)
        sent = send(planned, "return-acceptance", seats.principal, recorded=named)
        assert sent.status_code == 302
        assert len(acts(HazardActKind.RETURN_ACCEPTANCE)) == 1

    def test_goes_before_the_bureau(self, seats: Desks) -> None:
        hazard = accepted_hazard(seats, at=a_moment(), due_on=far())
        shown = look(hazard, "apply-for-recheck", seats.clerk)
        assert "Applied for today" in words(shown)
        assert send(hazard, "apply-for-recheck", seats.clerk).status_code == 302
        hazard.refresh_from_db()
        assert hazard.state == HazardState.AWAITING_RECHECK


def test_the_story_names_what_may_be_done(seats: Desks, planned: MajorHazard) -> None:
    shown = page(
        signed_in(seats.clerk).get(reverse("hazard", args=[planned.public_id]))
    )
    assert url(planned, "progress") in shown
    assert url(planned, "close") not in shown
