"""What a correction says otherwise, item by item."""

from typing import Any

import pytest

from hazards.rules.differences import Change, differences, says_the_same

BEFORE: dict[str, Any] = {
    "format": "quarterly-report/2",
    "report": {"version": 1, "correction_reason": ""},
    "enterprise": {"name": "某厂"},
    "statement": {"nothing_found": False, "scope": "甲", "remarks": ""},
    "inspections": [{"number": "ZC-1", "areas": "甲", "people": [{"name": "王"}]}],
    "hazards": [
        {
            "number": "YH-1",
            "first_reported_at": None,
            "clause": {"code": "a", "text": "一"},
            "causes": "",
            "plan": {"goals": "甲", "funds": ""},
            "photos": [{"sha256": "aa"}, {"sha256": "bb"}],
        },
        {"number": "YH-2", "place": "库"},
    ],
    "checklist": [{"clause": "a", "answer": "hazard", "reason": ""}],
}
FRAME: dict[str, Any] = {
    "format": "quarterly-report/3",
    "report": {"version": 2, "correction_reason": "改"},
    "enterprise": {"name": "新名"},
}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(row.path, row.was, row.now) for row in differences(before, after)]


def test_reason_version_and_frame_are_no_difference() -> None:
    reported = [
        {**BEFORE["hazards"][0], "first_reported_at": "2026-07-01T00:00:00+00:00"},
        BEFORE["hazards"][1],
    ]
    after = {**BEFORE, **FRAME, "hazards": reported}
    assert differences(BEFORE, after) == []
    assert says_the_same(BEFORE, after)


def test_every_change_is_told_once_where_it_stands() -> None:
    first = {
        **BEFORE["hazards"][0],
        "clause": {"code": "b", "text": "二"},
        "causes": "老化",
        "plan": {"goals": "乙", "funds": ""},
        "photos": [{"sha256": "bb"}, {"sha256": "cc"}],
    }
    third = {"number": "YH-3", "place": "炉"}
    visit = {"number": "ZC-1", "areas": "甲", "people": [{"name": "李"}]}
    after = {
        **BEFORE,
        "statement": {**BEFORE["statement"], "scope": "乙"},
        "inspections": [visit],
        "hazards": [third, first],
        "checklist": [{"clause": "a", "answer": "fine", "reason": ""}],
    }
    assert told(BEFORE, after) == [
        ("statement.scope", "甲", "乙"),
        ("inspections[ZC-1].people", [{"name": "王"}], [{"name": "李"}]),
        ("hazards[YH-1].clause", BEFORE["hazards"][0]["clause"], first["clause"]),
        ("hazards[YH-1].causes", "", "老化"),
        ("hazards[YH-1].plan.goals", "甲", "乙"),
        ("hazards[YH-1].photos[aa]", {"sha256": "aa"}, None),
        ("hazards[YH-1].photos[cc]", None, {"sha256": "cc"}),
        ("hazards[YH-2]", BEFORE["hazards"][1], None),
        ("hazards[YH-3]", None, third),
        ("checklist[a].answer", "hazard", "fine"),
    ]
    assert not says_the_same(BEFORE, after)


@pytest.mark.parametrize("checklist", [[], BEFORE["checklist"]])
def test_of_two_formats_only_what_both_say_is_told(checklist: list[Any]) -> None:
    old = {"statement": {"scope": "甲"}, "inspections": []}
    new = {**old, "hazards": [{"number": "YH-1"}], "checklist": checklist}
    assert differences(old, new) == [
        Change("hazards[YH-1]", None, {"number": "YH-1"}),
    ]
    # A checklist answered for the first time is still something new.
    assert says_the_same(old, {**new, "hazards": []}) == (not checklist)
