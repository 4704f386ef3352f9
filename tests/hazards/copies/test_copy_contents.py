"""The copy says what the sealed bytes say, all of it, in both formats."""

import datetime as dt
import io
import json
from typing import Any

import pikepdf
import pytest
from django.conf import settings

from accounts.models import Capacity, Role
from hazards.models import Answer, SealKind, TeamKind
from hazards.queries.copies import MARKS, WORDS
from hazards.services import copies
from tests.hazards.copies.conftest import MakeSeal
from tests.pdf_text import attached, pages_of, scanned, text_of

# Codes and instants stand there in words, and the statement as the seal has it.
IN_OTHER_WORDS = {
    "format",
    "kind",
    "quarter",
    "declaration",
    "team",
    "capacity",
    "signed_in_at",
    "confirmed_at",
    "found_at",
    "registered_at",
    "first_reported_at",
    "media_type",
    "code",
    "confidence",
    "clause",
    "answer",
}


def texts(value: Any, key: str = "") -> list[str]:
    """Every text in plain values that is shown as it was written."""
    if isinstance(value, dict):
        return [text for k, inner in value.items() for text in texts(inner, k)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    shown = isinstance(value, str) and value and key not in IN_OTHER_WORDS
    return ["".join(value.split())] if shown else []


@pytest.mark.parametrize("seal_format", ["quarterly-report/1", "quarterly-report/2"])
def test_everything_that_was_sealed_is_in_the_copy(
    sealed: MakeSeal, seal_format: str
) -> None:
    seal = sealed(seal_format)

    said = text_of(copies.made(seal))

    content = json.loads(bytes(seal.content))
    for hazard in content.get("hazards", ()):
        if hazard["clause"]:
            assert hazard["clause"].pop("number") == "3(2)"
            assert "第三条第（二）项" in said
    wanted = texts(content)
    assert len(wanted) > 20
    assert [text for text in wanted if text not in said] == []
    for words in (
        "2026年第二季度",
        "李桂兰（安全管理机构）签到2026-05-1209:02:03",
        "本人于2026-05-1308:00:00确认",
    ):
        assert words in said


def test_the_seal_and_the_signature_stand_in_the_copy(sealed: MakeSeal) -> None:
    seal = sealed(in_time=False)

    said = text_of(copies.made(seal))

    for words in (
        "主要负责人已签字",
        "主要负责人张建国签署时间2026-07-0610:00:05（北京时间）",
        "身份验证方式动态验证码",
        "接收时间2026-07-0610:00:05（北京时间）·逾期",
        "接收部门开原市应急管理局",
        seal.content_sha256,
        seal.chain_entry.entry_sha256,
        "链序号7",
        f"HZ-20260706-A1B2C3D4-{seal.content_sha256[:12]}",
        "本副本由系统依据封存内容生成",
        "本表式由系统拟定",
    ):
        assert words in said


def test_every_page_names_receipt_digest_and_place(sealed: MakeSeal) -> None:
    seal = sealed()

    pages = pages_of(copies.made(seal))

    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"回执编号{seal.receipt_number}" in page
        assert seal.content_sha256[:16] in page
        assert f"第{number}页，共{len(pages)}页" in page


@pytest.mark.parametrize(
    ("kind", "act", "words"),
    [
        (
            SealKind.UNSIGNED,
            {"reason": "主要负责人出差在外。", "lodged_by": "李桂兰"},
            [
                "未签字",
                "检查小组组长（主要负责人未签字）李桂兰",
                "主要负责人出差在外。",
            ],
        ),
        (
            SealKind.PAPER,
            {
                "entered_by": "陈审核",
                "received_at": "2026-07-06T02:00:00+00:00",
                "scan": {"sha256": "ab" * 32, "media_type": "application/pdf"},
                "note": "",
            },
            [
                "纸质登记",
                "应急管理部门登记人陈审核",
                "纸质报告收到时间2026-07-0610:00:00",
                "ab" * 32,
            ],
        ),
    ],
)
def test_the_kind_of_act_is_plain(
    sealed: MakeSeal, kind: SealKind, act: dict[str, Any], words: list[str]
) -> None:
    def by_this_act(content: dict[str, Any]) -> None:
        content["act"] = {"kind": kind.value, **act}

    pages = pages_of(copies.made(sealed(kind=kind, changed=by_this_act)))

    assert [word for word in words if word not in "".join(pages)] == []
    assert all(f"【{MARKS[kind]}】" in page for page in pages)
    assert "主要负责人已签字" not in "".join(pages)


def test_a_later_signature_has_a_sheet_of_its_own(
    sealed: MakeSeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    lodged = sealed(kind=SealKind.UNSIGNED, receipt_number="HZ-20260701-FIRST000")
    later = sealed(
        "later-signature/1",
        kind=SealKind.LATER_SIGNATURE,
        statement="现予补签。",
        in_time=False,
    )
    monkeypatch.setattr("hazards.queries.copies._lodged", lambda seal: lodged)

    said = text_of(copies.made(later))

    for words in (
        "补签页（副本）",
        "【补签】",
        "原回执编号HZ-20260701-FIRST000",
        lodged.content_sha256,
        "主要负责人（补签）张建国",
        "现予补签。",
        "补签不改变原报告的接收时间和内容",
        later.content_sha256,
    ):
        assert words in said
    assert "未列检查" not in said


def test_what_a_paper_does_not_state_is_not_stated_for_it(sealed: MakeSeal) -> None:
    def silent(content: dict[str, Any]) -> None:
        content["statement"]["nothing_found"] = None
        content["hazards"] = content["checklist"] = content["inspections"] = []

    said = text_of(copies.made(sealed(kind=SealKind.PAPER, changed=silent)))

    assert "结论未陈述" in said
    assert "未列检查" in said
    assert "未发现重大事故隐患" not in said


def test_a_phone_reads_where_to_verify_the_copy(sealed: MakeSeal) -> None:
    seal = sealed()

    assert scanned(copies.made(seal)) == (
        f"{settings.PORTAL_URL}/verify/{seal.receipt_number}-{seal.content_sha256[:12]}/"
    )


def test_the_sealed_bytes_travel_with_the_copy(sealed: MakeSeal) -> None:
    seal = sealed()

    assert attached(copies.made(seal), "sealed.json") == bytes(seal.content)


# S4
def test_the_same_seal_gives_the_same_bytes_and_no_other_time(
    sealed: MakeSeal,
) -> None:
    first, again = copies.made(sealed()), copies.made(sealed())

    assert first == again
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert str(pdf.docinfo.CreationDate) == "D:20260706020005Z"
        assert str(pdf.docinfo.ModDate) == "D:20260706020005Z"


def test_every_code_has_its_chinese_word() -> None:
    codes = {
        *TeamKind.values,
        *Capacity.values,
        *Answer.values,
        *(role.value for role in Role if role.value in {"clerk", "team_leader"}),
        "password",
        "totp",
    }

    assert codes <= WORDS.keys()
    assert MARKS.keys() == set(SealKind.values)


def test_of_a_correction_the_first_receipt_says_whether_it_was_in_time(  # S16
    sealed: MakeSeal,
) -> None:
    seal = sealed(in_time=False)
    report = seal.version.report
    report.first_received_at = seal.received_at - dt.timedelta(days=6)
    report.in_time = True

    said = text_of(copies.made(seal))

    assert "首次接收2026-06-3010:00:05，按期" in said
    assert "逾期" not in said
