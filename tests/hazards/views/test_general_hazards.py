"""General hazards in the browser: what was typed stays, a form sent twice is one."""

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hazards.models import GeneralHazard, MajorHazard
from tests.database.stages import stage
from tests.factories import queries_of, signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import picture, upload

pytestmark = pytest.mark.django_db

CLAUSE = "order-10-2023/3(1)"


@stage
def desks(db: None) -> Desks:
    return make_desks(on=timezone.localdate())


def typed(desks: Desks, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "site": str(desks.site.public_id),
        "place": "3号线传送带",
        "description": "防护罩松动。",
        "reason": "伤害轻微。",
        "found_on": timezone.localdate().isoformat(),
        **changes,
    }


def record(desks: Desks, **changes: Any) -> GeneralHazard:
    url = reverse("general-hazard-new")
    answer = signed_in(desks.member).post(url, typed(desks, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return GeneralHazard.objects.latest("id")


def test_recorded_with_a_photo_and_sent_twice_it_is_one(desks: Desks) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        hazard = record(desks, key=key, before=upload(picture(), "现场.jpg"))
    assert GeneralHazard.objects.count() == 1
    assert hazard.before is not None
    page = signed_in(desks.member).get(
        reverse("general-hazard", args=[hazard.public_id])
    )
    assert "防护罩松动" in page.content.decode()


def test_what_was_typed_and_the_photo_outlive_a_refusal(desks: Desks) -> None:
    client, url = signed_in(desks.clerk), reverse("general-hazard-new")
    wrong = typed(desks, found_on="2099-01-01", before=upload(picture(), "现场.jpg"))
    answer = client.post(url, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "later than today" in page
    assert "防护罩松动。" in page
    kept = answer.context["kept"]
    right = {**typed(desks), "key": wrong["key"], "kept": str(kept.public_id)}
    assert client.post(url, right).status_code == 302
    assert GeneralHazard.objects.get().before == kept


def test_it_is_eliminated_struck_out_or_graded_up(desks: Desks) -> None:
    client, today = signed_in(desks.clerk), timezone.localdate().isoformat()
    one, two, three = (record(desks) for _ in range(3))
    client.post(
        reverse("general-hazard-rectify", args=[one.public_id]),
        {"rectified_on": today, "measures": "紧固护罩。", "funds_spent": "0.05"},
    )
    client.post(
        reverse("general-hazard-strike-out", args=[two.public_id]),
        {"reason": "与前一条重复。"},
    )
    grade = reverse("general-hazard-grade-up", args=[three.public_id])
    assert client.get(grade).status_code == 200
    refused = client.post(grade, {"clause": "", "reason": "承包单位无协议。"})
    assert refused.status_code == 422
    answer = client.post(grade, {"clause": CLAUSE, "reason": "承包单位无协议。"})
    assert answer.status_code == 302
    for hazard in (one, two, three):
        hazard.refresh_from_db()
        page = client.get(reverse("general-hazard", args=[hazard.public_id]))
        assert page.status_code == 200
    assert one.rectified_at is not None
    assert two.struck_because == "与前一条重复。"
    assert three.raised_to == MajorHazard.objects.get()


def test_eliminated_before_it_was_found_is_refused_with_what_was_typed(
    desks: Desks,
) -> None:
    hazard = record(desks)
    answer = signed_in(desks.member).post(
        reverse("general-hazard-rectify", args=[hazard.public_id]),
        {"rectified_on": "2020-01-01", "measures": "紧固护罩。"},
    )
    assert answer.status_code == 422
    assert "紧固护罩。" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 2),
        ("?standing=open", 1),
        ("?standing=rectified", 1),
        ("?standing=struck-out", 0),
        ("?standing=nonsense", 2),
        ("?quarter=2020Q1", 0),
    ],
)
def test_the_list_is_narrowed(desks: Desks, query: str, shown: int) -> None:
    client, today = signed_in(desks.clerk), timezone.localdate().isoformat()
    done, _ = record(desks), record(desks)
    client.post(
        reverse("general-hazard-rectify", args=[done.public_id]),
        {"rectified_on": today, "measures": "紧固护罩。"},
    )
    page = client.get(reverse("general-hazards") + query)
    assert len(page.context["page"].rows) == shown


def test_the_list_goes_on_after_its_last_row_in_constant_queries(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.queries.general_hazards.PAGE_SIZE", 2)
    rows = [record(desks) for _ in range(3)]
    client, url = signed_in(desks.clerk), reverse("general-hazards")
    first = client.get(url).context["page"]
    assert first.rows == [rows[2], rows[1]]
    second = client.get(f"{url}?after={first.next_after}").context["page"]
    assert (second.rows, second.next_after) == ([rows[0]], "")
    before = queries_of(client, url)
    record(desks)
    assert queries_of(client, url) == before
