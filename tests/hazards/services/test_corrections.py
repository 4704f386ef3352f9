"""A correction starts from all that was said, and has to say something else."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.models import Acting
from hazards.models import (
    Answer,
    Attachment,
    ChecklistAnswer,
    HazardPhoto,
    HazardStatement,
    ReportStatus,
    ReportVersion,
    SelfInspectionReport,
)
from hazards.queries.changes import changes_since_receipt
from hazards.queries.contents import live_bytes
from hazards.queries.report_pages import content_of, last_receipt, sealed_content
from hazards.rules import catalogue
from hazards.rules.differences import differences
from hazards.services import checklists, descriptions, hazards, reports, reviews
from hazards.services.checklists import Given
from hazards.services.versions import IncompleteError
from tests.database.stages import stage
from tests.factories import NOW
from tests.factories_reports import (
    Desks,
    make_draft,
    make_report,
    open_version,
    save,
    sign,
)

LATER = NOW + dt.timedelta(days=1)
CODES = sorted(clause.code for clause in catalogue.in_force(NOW.date()))[:3]


@stage
def returned(desks: Desks) -> SelfInspectionReport:
    """A returned report of two hazards with photos and three answers."""
    report = make_report(desks)
    for number, code in enumerate(CODES[:2]):
        stated = describe(report, desks, code=code, place=f"{number + 1}号炉")
        show(stated, desks.clerk, digest=f"{number:064x}")
    answers = {code: Given(Answer.HAZARD) for code in CODES[:2]}
    answers[CODES[2]] = Given(Answer.NOT_APPLICABLE, "无此设备")
    checklists.save_answers(
        report_id=report.pk,
        made_from=open_version(report).checklist_revision,
        answers=answers,
        by=desks.clerk,
        at=NOW,
    )
    save(report, desks, draft=found())
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
    sign(report, desks)
    give_back(report, desks, at=NOW)
    return report


def found(*, scope: str = "全部车间", reason: str = "") -> reports.Draft:
    return replace(make_draft(scope=scope, reason=reason), nothing_found=False)


def describe(
    report: SelfInspectionReport, desks: Desks, *, code: str, place: str
) -> HazardStatement:
    return hazards.describe(
        report_id=report.pk,
        description=descriptions.Description(
            found_at=NOW - dt.timedelta(hours=1),
            clause=code,
            site_id=desks.site.pk,
            place=place,
            description="冷却水系统未设置监测报警装置",
            causes="设计缺陷",
            plan_goals="消除",
            due_on=dt.date(2026, 9, 1),
        ),
        by=desks.clerk,
        at=NOW,
    )


def show(stated: HazardStatement, by: Acting, *, digest: str) -> None:
    photo = Attachment.objects.create(
        enterprise=stated.hazard.enterprise,
        sha256=digest,
        media_type="image/jpeg",
        size=1,
        original_name="炉.jpg",
        uploaded_at=NOW,
        uploaded_by=by.membership,
    )
    HazardPhoto.objects.create(
        version=stated.version, hazard=stated.hazard, attachment=photo, ordinal=1
    )


def give_back(report: SelfInspectionReport, desks: Desks, *, at: dt.datetime) -> None:
    reviews.return_for_correction(
        report_id=report.pk,
        comments={"statement.scope": "请写明。"},
        by=desks.reviewer,
        at=at,
    )


def begin(report: SelfInspectionReport, desks: Desks) -> ReportVersion:
    return reports.begin_correction(report_id=report.pk, by=desks.clerk, at=LATER)


def test_a_correction_starts_from_hazards_photos_and_answers_too(
    desks: Desks, returned: SelfInspectionReport
) -> None:
    version = begin(returned, desks)

    first = returned.versions.get(ordinal=1)
    assert version.stated.count() == first.stated.count() == 2
    assert HazardPhoto.objects.filter(version=version).count() == 2
    assert ChecklistAnswer.objects.filter(version=version).count() == 3
    seal = last_receipt(returned)
    assert seal is not None
    live = live_bytes(version, bureau=None, principal=None, on=desks.clerk.on)
    assert differences(sealed_content(seal), content_of(live)) == []


def test_what_repeats_the_version_received_is_not_sent(
    desks: Desks, returned: SelfInspectionReport
) -> None:
    begin(returned, desks)
    save(returned, desks, draft=found(reason="已核对"), at=LATER)
    with pytest.raises(IncompleteError, match="Nothing differs from version 1"):
        reports.send_for_signature(report_id=returned.pk, by=desks.clerk, at=LATER)
    returned.refresh_from_db()
    assert returned.status == ReportStatus.DRAFT


@pytest.mark.parametrize("what", ["scope", "cause", "answer", "photo", "hazard"])
def test_any_change_of_what_is_said_may_be_sent_and_is_told(
    desks: Desks, returned: SelfInspectionReport, what: str
) -> None:
    version = begin(returned, desks)
    scope = "全部车间和仓库" if what == "scope" else "全部车间"
    save(returned, desks, draft=found(scope=scope, reason="已改"), at=LATER)
    stated = version.stated.order_by("hazard__number").first()
    assert stated is not None
    if what == "cause":
        version.stated.filter(pk=stated.pk).update(causes="老化")
    elif what == "answer":
        version.checklist.filter(clause=CODES[2]).update(reason="已拆除")
    elif what == "photo":
        version.photos.filter(hazard=stated.hazard).delete()
    elif what == "hazard":
        hazards.leave_out(
            report_id=returned.pk, hazard_id=stated.hazard_id, by=desks.clerk, at=LATER
        )
    reports.send_for_signature(report_id=returned.pk, by=desks.clerk, at=LATER)
    sign(returned, desks, at=LATER)

    version.refresh_from_db()
    version.report = returned
    seal = version.seals.get()
    difference = changes_since_receipt(version, sealed_content(seal))
    assert difference is not None
    assert difference.since == 1
    number = stated.hazard.number
    path = {
        "scope": "statement.scope",
        "cause": f"hazards[{number}].causes",
        "answer": f"checklist[{CODES[2]}].reason",
        "photo": f"hazards[{number}].photos[",
        "hazard": f"hazards[{number}]",
    }[what]
    told = [row.path[: len(path)] for row in difference.changes]
    # With a hazard goes the answer that named it.
    assert told[0] == path
    assert len(told) == (2 if what == "hazard" else 1)


def test_what_repeats_it_by_now_is_not_signed(
    desks: Desks, returned: SelfInspectionReport
) -> None:
    version = begin(returned, desks)
    save(returned, desks, draft=found(scope="别的", reason="已改"), at=LATER)
    reports.send_for_signature(report_id=returned.pk, by=desks.clerk, at=LATER)
    # Past the services, as a fault might: the principal sees it, and is refused.
    ReportVersion.objects.filter(pk=version.pk).update(scope="全部车间")
    with pytest.raises(IncompleteError, match="Nothing differs"):
        sign(returned, desks, at=LATER)
    returned.refresh_from_db()
    assert returned.status == ReportStatus.AWAITING_SIGNATURE


def test_a_first_version_repeats_nothing(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    assert changes_since_receipt(open_version(report), {}) is None
