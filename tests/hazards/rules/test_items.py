"""The places on which a reviewer may comment."""

from hazards.rules.items import items_of


def test_every_part_row_and_field_is_a_place_even_an_empty_one() -> None:
    content = {
        "enterprise": {"name": "某厂"},
        "statement": {"scope": "", "remarks": None},
        "inspections": [],
        "hazards": [{"number": "YH-1", "plan": {"goals": ""}, "photos": []}],
        "checklist": [{"clause": "gm-3", "answer": "fine"}],
    }
    assert items_of(content) == {
        "report",
        "statement",
        "statement.scope",
        "statement.remarks",
        "inspections",
        "hazards",
        "hazards[YH-1]",
        "hazards[YH-1].number",
        "hazards[YH-1].plan",
        "hazards[YH-1].plan.goals",
        "hazards[YH-1].photos",
        "checklist",
        "checklist[gm-3]",
        "checklist[gm-3].clause",
        "checklist[gm-3].answer",
    }


def test_a_format_without_a_part_has_no_place_there() -> None:
    assert items_of({"statement": {}}) == {"report", "statement"}
