"""Findings of a spot check, and what its officers judge of them."""

import datetime as dt
import io
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from PIL import ExifTags, Image

from accounts.models import Event, Notice, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import Attachment, CheckKind, CheckState, Finding, FindingAssessment
from hazards.rules.limits import limit
from hazards.services import attachments, findings
from hazards.services.findings import Assessment
from tests.factories import NOW, make_acting, make_membership
from tests.factories_found import (
    ARRIVAL,
    make_finding,
    make_found,
    make_visited,
)
from tests.factories_reports import Desks, make_desks, make_scan
from tests.hazards.attachments.files import located, upload

pytestmark = pytest.mark.django_db
LATER = ARRIVAL + dt.timedelta(hours=1)


def test_a_finding_keeps_the_clause_as_it_read(desks: Desks) -> None:
    finding = make_finding(make_visited(desks))

    facts = finding.clause_facts
    assert facts is not None
    assert facts["code"] == finding.clause
    assert facts["text"].startswith("未对承包单位")
    assert facts["remedy"]
    assert facts["consequences"]
    assert finding.regulator == "emergency"
    assert finding.found_at == LATER


def test_the_team_and_the_principal_are_told_at_once(desks: Desks) -> None:
    finding = make_finding(make_visited(desks), rectify_by=dt.date(2026, 8, 20))

    told = Notice.objects.filter(kind="finding_recorded")
    assert {notice.recipient for notice in told} == {
        desks.clerk.user,
        desks.leader.user,
        desks.principal.user,
    }
    body = told.first().body  # type: ignore[union-attr]
    for words in (finding.place, finding.ordered, "2026-08-20", "remedy"):
        assert words in body
    event = Event.objects.get(action="record-finding")
    assert event.enterprise == desks.enterprise


def test_sent_twice_it_is_one_finding(desks: Desks) -> None:
    visited, key = make_visited(desks), uuid.uuid4()
    said: dict[str, Any] = {
        "spot_check_id": visited.check.pk,
        "found": make_found(desks),
        "key": key,
        "by": visited.officer,
        "at": LATER,
    }

    assert findings.record(**said) == findings.record(**said)

    other = make_visited(desks)
    with pytest.raises(RefusedError, match="used already"):
        findings.record(**{**said, "spot_check_id": other.check.pk})


def test_photos_are_shown_in_their_order(desks: Desks) -> None:
    visited = make_visited(desks)
    one, two = (make_scan(desks, of=name) for name in ("一", "二"))

    finding = findings.record(
        spot_check_id=visited.check.pk,
        found=make_found(desks),
        photos=[two.pk, one.pk, two.pk],
        key=uuid.uuid4(),
        by=visited.officer,
        at=LATER,
    )

    shown = finding.photos.order_by("ordinal").values_list("attachment", flat=True)
    assert list(shown) == [two.pk, one.pk]
    assert one in Attachment.objects.visible_to(visited.officer)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clause": ""}, "Choose the clause"),
        ({"clause": "order-10-2023/99"}, "not in force"),
        ({"place": " "}, "Say where"),
        ({"description": ""}, "Say where"),
        ({"ordered": ""}, "ordered to stop"),
        ({"rectify_by": ARRIVAL.date() - dt.timedelta(days=1)}, "over already"),
    ],
)
def test_what_is_missing_is_said(
    desks: Desks, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        make_finding(make_visited(desks), **changes)
    assert not Finding.objects.exists()


def test_a_clause_counts_only_while_it_is_in_force(desks: Desks) -> None:
    visited = make_visited(desks)
    visited_before = replace(visited.officer, on=dt.date(2023, 5, 14))

    with pytest.raises(RefusedError, match="not in force"):
        findings.record(
            spot_check_id=visited.check.pk,
            found=make_found(desks),
            key=uuid.uuid4(),
            by=visited_before,
            at=LATER.replace(year=2023, month=5, day=14),
        )


def test_another_departments_criterion_needs_no_clause_of_ours(desks: Desks) -> None:
    visited = make_visited(desks)

    finding = make_finding(visited, clause="", regulator="other")

    assert (finding.regulator, finding.clause_facts) == ("other", None)
    general = make_finding(visited, clause="", is_major=False)
    assert general.regulator == "emergency"


def test_another_enterprises_site_or_file_is_refused(desks: Desks) -> None:
    visited, others = make_visited(desks), make_desks()
    with pytest.raises(RefusedError, match="enterprise's sites"):
        make_finding(visited, site_id=others.site.pk)
    with pytest.raises(RefusedError, match="another enterprise's"):
        findings.record(
            spot_check_id=visited.check.pk,
            found=make_found(desks),
            photos=[make_scan(others, of="别家").pk],
            key=uuid.uuid4(),
            by=visited.officer,
            at=LATER,
        )


def test_a_finding_shows_so_many_photos_and_no_more(desks: Desks) -> None:
    visited = make_visited(desks)
    most = limit("photos_per_hazard", on=ARRIVAL.date())
    photos = [make_scan(desks, of=f"照片{number}").pk for number in range(most + 1)]

    with pytest.raises(RefusedError, match=f"at most {most} photos"):
        findings.record(
            spot_check_id=visited.check.pk,
            found=make_found(desks),
            photos=photos,
            key=uuid.uuid4(),
            by=visited.officer,
            at=LATER,
        )

    assert not Finding.objects.exists()


def test_only_its_officers_record(desks: Desks) -> None:
    visited = make_visited(desks)
    for by in (
        make_acting(Role.INSPECTOR, bureau=desks.bureau),
        desks.head,
        desks.clerk,
    ):
        with pytest.raises(NotPermittedError, match="officers of this spot check"):
            make_finding(replace(visited, officer=by))


def test_who_was_ever_of_the_enterprise_records_nothing(desks: Desks) -> None:  # S11
    visited = make_visited(desks)
    make_membership(
        Role.CLERK,
        user=visited.officer.user,
        enterprise=desks.enterprise,
        ends_on=dt.date(2021, 1, 1),
    )
    with pytest.raises(NotPermittedError, match="member of this enterprise"):
        make_finding(visited)


def test_nothing_is_found_in_a_guidance_visit(desks: Desks) -> None:
    with pytest.raises(NotPermittedError, match="guidance visit"):
        make_finding(make_visited(desks, kind=CheckKind.GUIDANCE))


def test_nothing_is_found_before_arrival_or_after_the_end(desks: Desks) -> None:
    visited = make_visited(desks, begun=False)
    with pytest.raises(NotPermittedError, match="between arrival and end"):
        make_finding(visited, at=LATER)
    over = make_visited(desks)
    over.check.state, over.check.ended_at = CheckState.ENDED, LATER
    over.check.ended_by = over.officer.membership
    over.check.save()
    with pytest.raises(NotPermittedError, match="between arrival and end"):
        make_finding(over)


def test_an_enterprise_without_room_hides_nothing(desks: Desks) -> None:
    visited = make_visited(desks)
    Attachment.objects.create(
        enterprise=desks.enterprise,
        sha256="0" * 64,
        media_type="application/pdf",
        size=limit("enterprise_bytes", on=ARRIVAL.date()) - 1,
        pages=1,
        original_name="large",
        uploaded_at=NOW,
        uploaded_by=desks.clerk.membership,
    )

    photo = attachments.keep(
        upload(located()), enterprise=desks.enterprise, by=visited.officer, at=LATER
    )

    assert not photo.keeps_position
    with Image.open(io.BytesIO(attachments.content_of(photo))) as kept:
        assert not kept.getexif().get_ifd(ExifTags.IFD.GPSInfo)


class TestJudging:
    def test_the_latest_word_counts_and_the_first_stays(self, desks: Desks) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        for effective in (True, False):
            findings.assess(
                finding_id=finding.pk,
                assessment=Assessment(note="现场查看。", measures_effective=effective),
                by=visited.colleague,
                at=LATER,
            )

        judged = finding.assessments.order_by("id")
        assert [each.measures_effective for each in judged] == [True, False]
        with pytest.raises(DatabaseError), transaction.atomic():
            FindingAssessment.objects.update(note="改")

    def test_needs_a_reason(self, desks: Desks) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        with pytest.raises(RefusedError, match="what this rests on"):
            findings.assess(
                finding_id=finding.pk,
                assessment=Assessment(note=" "),
                by=visited.officer,
                at=LATER,
            )

    def test_is_not_told_to_the_enterprise(self, desks: Desks) -> None:
        visited = make_visited(desks)
        finding = make_finding(visited)
        findings.assess(
            finding_id=finding.pk,
            assessment=Assessment(note="现场查看。"),
            by=visited.officer,
            at=LATER,
        )
        assert Event.objects.get(action="assess-finding").enterprise is None
