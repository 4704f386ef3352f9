import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules.policies import (
    DEFINITIONS,
    POLICIES,
    Policies,
    PolicyChain,
    PolicyEntry,
    PolicyType,
    PolicyValue,
    PolicyValueError,
    definition,
    effective,
    load,
)
from hazards.rules.quarters import Quarter

DAY = dt.date(2026, 7, 1)
SOURCES = 'source = "x"\nsource_zh = "某"\n'
ONE = """
[grace]
type = "integer"
minimum = 1
maximum = 9
unit = "day"
zh = "宽限"
en = "Grace"
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cutoff", "arrival"),
        ("prompt_report_hours", 24),
        ("filing_due_day", 15),
        ("roll_due_date_over_holidays", True),
        ("flag_lookback_quarters", 4),
        ("missing_quarter_effect", "penalty"),
        ("principal_absence_effect", "penalty"),
        ("late_report_days", 7),
        ("relief_with_standing_flag", "review"),
        ("overdue_effect", "review"),
        ("first_quarter", Quarter(2025, 2)),
        ("regime_start", dt.date(2025, 2, 27)),
    ],
)
def test_where_no_bureau_has_chosen_the_default_holds(
    name: str, value: PolicyValue
) -> None:
    assert effective(name, DAY) == value


def test_every_policy_has_a_default_a_source_and_both_languages() -> None:
    assert len(POLICIES) == 12
    for policy in DEFINITIONS.values():
        assert policy.zh
        assert policy.en
        assert all(d.source and d.source_zh for d in policy.defaults)
        assert bool(policy.choices) == (policy.type is PolicyType.CHOICE)
        assert bool(policy.unit) == (policy.type is PolicyType.INTEGER)


def test_the_first_default_answers_for_days_before_it() -> None:
    assert effective("filing_due_day", dt.date(1949, 10, 1)) == 15


def test_a_later_default_holds_from_its_day_on() -> None:
    later = """
    [[grace.defaults]]
    since = 2020-01-01
    value = 3
    source = "first"
    source_zh = "一"
    [[grace.defaults]]
    since = 2026-07-01
    value = 5
    source = "second"
    source_zh = "二"
    """
    grace = load(ONE + later)["grace"]
    assert grace.default(dt.date(2026, 6, 30)).value == 3
    assert grace.default(dt.date(2026, 7, 1)).value == 5


@pytest.mark.parametrize("days", [(), ("2026-01-01", "2026-01-01"), ("2026", "2025")])
def test_defaults_out_of_order_are_refused(days: tuple[str, ...]) -> None:
    tables = [
        f"[[grace.defaults]]\nsince = {day:-<4.4}-01-01\nvalue = 3\n{SOURCES}"
        for day in days
    ]
    text = ONE + ("".join(tables) or "defaults = []\n")
    with pytest.raises(ValueError, match="grace needs defaults, each later"):
        load(text)


def test_a_default_that_is_no_value_of_its_policy_is_refused() -> None:
    table = f"[[grace.defaults]]\nsince = 2020-01-01\nvalue = 10\n{SOURCES}"
    with pytest.raises(PolicyValueError, match="from 1 to 9; '10' is not one"):
        load(ONE + table)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("cutoff", " finding ", "finding"),
        ("filing_due_day", "1", 1),
        ("filing_due_day", "28", 28),
        ("prompt_report_hours", "0", 0),
        ("roll_due_date_over_holidays", "false", False),
        ("first_quarter", "2026Q3", Quarter(2026, 3)),
        ("regime_start", "2028-02-29", dt.date(2028, 2, 29)),
    ],
)
def test_a_good_text_is_read_and_written_back(
    name: str, text: str, value: PolicyValue
) -> None:
    policy = definition(name)
    assert policy.parse(text) == value
    assert policy.write(value) == text.strip()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("cutoff", "", "Choose one of notice, arrival, finding"),
        ("cutoff", "Arrival", "'Arrival' is none of them"),
        ("overdue_effect", "none", "Choose one of review, penalty"),
        ("filing_due_day", "0", "whole number from 1 to 28"),
        ("filing_due_day", "29", "whole number from 1 to 28"),
        ("filing_due_day", "-1", "'-1' is not one"),
        ("filing_due_day", "1_5", "'1_5' is not one"),
        ("filing_due_day", "１５", "is not one"),
        ("filing_due_day", "15.0", "is not one"),
        ("flag_lookback_quarters", "0", "from 1 to 40"),
        ("prompt_report_hours", "9" * 5000, "from 0 to 8760"),
        ("roll_due_date_over_holidays", "yes", "Enter true or false"),
        ("roll_due_date_over_holidays", "1", "Enter true or false"),
        ("first_quarter", "2026-07-01", "like 2026Q3"),
        ("regime_start", "20250227", "like 2025-02-27"),
        ("regime_start", "2025-02-30", "like 2025-02-27"),
        ("regime_start", "2025Q2", "like 2025-02-27"),
    ],
)
def test_a_bad_text_is_refused_with_a_sentence(
    name: str, text: str, sentence: str
) -> None:
    with pytest.raises(PolicyValueError, match=sentence) as refused:
        definition(name).parse(text)
    assert refused.value.code == definition(name).type
    assert refused.value.params["text"] == text


@given(st.integers(1, 28))
def test_an_entry_is_read_from_its_text(day: int) -> None:
    entry = PolicyEntry.read("filing_due_day", str(day), from_on=DAY)
    assert entry == PolicyEntry("filing_due_day", day, DAY, None)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (dt.date(2026, 6, 30), 15),
        (dt.date(2026, 7, 1), 10),
        (dt.date(2026, 9, 30), 10),
        (dt.date(2026, 10, 1), 15),
    ],
)
def test_an_entry_holds_on_its_first_and_its_last_day(day: dt.date, value: int) -> None:
    entry = PolicyEntry("filing_due_day", 10, DAY, dt.date(2026, 9, 30))
    assert effective("filing_due_day", day, [[entry]]) == value


def test_the_nearest_bureau_with_an_entry_in_force_decides() -> None:
    past = PolicyEntry("filing_due_day", 1, dt.date(2020, 1, 1), dt.date(2025, 1, 1))
    other = PolicyEntry("cutoff", "notice", dt.date(2020, 1, 1))
    county = PolicyEntry("filing_due_day", 2, dt.date(2026, 1, 1))
    city = PolicyEntry("filing_due_day", 3, dt.date(2026, 6, 1))
    chain: PolicyChain = [[past, other], [county], [city]]
    assert effective("filing_due_day", DAY, chain) == 2
    assert effective("filing_due_day", DAY, [*chain[:1], chain[2], chain[1]]) == 3
    assert effective("filing_due_day", dt.date(2024, 1, 1), chain) == 1
    assert effective("filing_due_day", dt.date(2025, 6, 1), chain) == 15


def test_of_two_entries_of_one_bureau_the_later_holds_in_any_order() -> None:
    old = PolicyEntry("filing_due_day", 1, dt.date(2020, 1, 1))
    new = PolicyEntry("filing_due_day", 2, dt.date(2026, 1, 1))
    assert effective("filing_due_day", DAY, [[old, new]]) == 2
    assert effective("filing_due_day", DAY, [[new, old]]) == 2


def test_policies_are_asked_by_the_type_of_their_answer() -> None:
    policies = Policies(((PolicyEntry("filing_due_day", 10, DAY),),))
    assert policies.integer("filing_due_day", on=DAY) == 10
    assert policies.boolean("roll_due_date_over_holidays", on=DAY) is True
    assert policies.choice("cutoff", on=DAY) == "arrival"
    assert policies.quarter("first_quarter", on=DAY) == Quarter(2025, 2)
    assert policies.date("regime_start", on=DAY) == dt.date(2025, 2, 27)


def test_a_policy_asked_for_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="cutoff is not of the type int"):
        Policies().integer("cutoff", on=DAY)
    with pytest.raises(TypeError, match="holidays is not of the type int"):
        Policies().integer("roll_due_date_over_holidays", on=DAY)


def test_a_name_that_is_no_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="no policy named 'cutof'"):
        effective("cutof", DAY)
