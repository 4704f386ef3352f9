"""What a facts file may say, what is refused, and in which words."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules.facts import (
    SINCE_EVER,
    ExtensionFacts,
    Facts,
    MatchFacts,
    QuarterOnRecord,
    WaiverFacts,
)
from hazards.rules.facts_files import FactsError, plain, read, toml
from hazards.rules.obligations import Suspension
from hazards.rules.quarters import Quarter
from tests.hazards.rules.good_facts import TOML, changed, facts, good

SMALLEST = """
[enterprise]
established_on = 2020-01-06
responsible_bureau = "bureau"

[finding]
found_at = 2026-08-20T14:00:00+08:00
visit = "special"
major = false
"""


def from_toml(text: str | bytes) -> Facts:
    content = text if isinstance(text, bytes) else text.encode()
    return read(content, name="stem", is_json=False)


def from_json(text: str | bytes) -> Facts:
    content = text if isinstance(text, bytes) else text.encode()
    return read(content, name="stem", is_json=True)


def refusal(content: bytes, *, is_json: bool = False) -> str:
    with pytest.raises(FactsError) as refused:
        read(content, name="stem", is_json=is_json)
    said = str(refused.value)
    assert len(said.splitlines()) == 1
    return said


def lines_of(reading: Callable[[], Facts]) -> int:
    """Return of how many lines the refusal is; none where there is none."""
    try:
        reading()
    except FactsError as refused:
        return len(str(refused).splitlines())
    return 0


class TestRead:
    def test_what_a_file_leaves_out_has_its_default(self) -> None:
        read_back = from_toml(SMALLEST)
        assert read_back.name == "stem"
        assert read_back.decided_on is None
        assert read_back.policy == {}
        assert (read_back.hazards, read_back.reports, read_back.inspections) == (
            (),
            (),
            (),
        )
        finding = read_back.finding
        assert finding.match is None
        assert finding.regulator == "emergency"
        assert finding.measures_effective is None
        said = (finding.falsified, finding.stop_order_defied, finding.accident)
        assert said == (False, False, False)

    def test_a_hazard_has_the_defaults_of_a_hazard(self) -> None:
        hazard = facts({"hazards.0.interim_measures": None}).hazards[0]
        assert (hazard.graded, hazard.report_state) == ("major", "received")
        assert hazard.interim_measures is False
        assert hazard.extensions == ()

    def test_nobody_recorded_is_not_nobody_took_part(self) -> None:
        inspections = facts(
            {"inspections.0.took_part": None, "inspections.1.took_part": []}
        ).inspections
        assert inspections[0].took_part is None
        assert inspections[1].took_part == ()

    def test_toml_and_json_say_the_same(self) -> None:
        assert from_json(json.dumps(good())) == from_toml(TOML)

    def test_times_of_any_offset_are_the_same_instants(self) -> None:
        other = TOML.replace("2026-08-20T14:00:00+08:00", "2026-08-20T06:00:00Z")
        assert from_toml(other) == from_toml(TOML)

    def test_a_suspension_of_which_no_instant_is_known_was_declared_before(
        self,
    ) -> None:
        one, two = facts(
            {
                "enterprise.suspensions": [
                    {"from": "2026-01-01"},
                    {
                        "from": "2026-01-01",
                        "to": "2026-03-31",
                        "confirmed": True,
                        "declared_at": "2026-01-02T09:00:00+08:00",
                    },
                ]
            }
        ).enterprise.suspensions
        assert one == Suspension(dt.date(2026, 1, 1), None, SINCE_EVER, None)
        assert two.confirmed is True

    def test_what_was_fixed_for_a_quarter_can_be_said(self) -> None:
        quarters = {"2026Q1": {"due_on": "2026-04-20", "first_quarter": "2026Q1"}}
        assert facts({"quarters": quarters}).quarters == {
            Quarter(2026, 1): QuarterOnRecord(dt.date(2026, 4, 20), Quarter(2026, 1))
        }

    def test_a_match_without_a_verdict_is_none(self) -> None:
        assert facts({"finding.match": {"hazard": "dust"}}).finding.match is None

    def test_another_verdict_than_same_may_name_anything(self) -> None:
        match = facts(
            {"finding.match": {"hazard": "x", "verdict": "part"}}
        ).finding.match
        assert match == MatchFacts("x", "part")

    def test_a_request_not_refused_may_be_approved(self) -> None:
        asked = {
            "asked_at": "2026-08-01T09:00:00+08:00",
            "approved_at": "2026-08-02T09:00:00+08:00",
            "refused": False,
            "due_on": "2026-10-31",
        }
        extension = facts({"hazards.0.extensions": [asked]}).hazards[0].extensions[0]
        assert isinstance(extension, ExtensionFacts)
        assert not extension.refused

    @pytest.mark.parametrize(
        "text",
        [
            "\ufeff" + TOML,
            TOML.replace("\n", "\r\n"),
            TOML + "\n\n# nothing\n",
        ],
    )
    def test_how_it_was_saved_does_not_matter(self, text: str) -> None:
        assert from_toml(text) == from_toml(TOML)

    def test_odd_orders_are_read_as_they_stand(self) -> None:
        odd = facts(
            {
                "hazards.0.planned_at": "2020-01-01T00:00:00+08:00",
                "hazards.0.closed_at": "2019-01-01T00:00:00+08:00",
                "inspections.0.held_on": "2030-01-01",
                "policy.prompt_report_hours": -5,
                "policy.late_report_days": 10**30,
            }
        )
        assert odd.policy["late_report_days"] == 10**30


REFUSED: list[tuple[str, str, str]] = [
    ("established_on = 2020-01-06\n", "", "enterprise.established_on, line 7: is miss"),
    ('responsible_bureau = "bureau"', "", "enterprise.responsible_bureau, line 7"),
    (
        "found_at = 2026-08-20T14:00:00+08:00",
        "",
        "finding.found_at, line 87: is missing",
    ),
    ('visit = "planned"', "", "finding.visit"),
    ("major = true", "", "finding.major"),
    ('id = "a"', "", "inspections[0].id, line 14: is missing"),
    ("held_on = 2025-05-20", "", "inspections[0].held_on"),
    ('team = "internal"', "", "inspections[0].team"),
    ('quarter = "2025Q2"', "", "reports[0].quarter"),
    ('inspections = ["a"]', "", "reports[0].inspections"),
    ("received_at = 2025-07-10T10:00:00+08:00", "", "reports[0].received_at"),
    ('id = "dust"', "", "hazards[0].id"),
    ("found_at = 2026-06-03T10:00:00+08:00", "", "hazards[0].found_at"),
    ("registered_at = 2026-06-03T11:00:00+08:00", "", "hazards[0].registered_at"),
    ("extensions = []", "extensions = [{}]", "hazards[0].extensions[0].asked_at"),
    ("suspensions = []", "suspensions = [{}]", "enterprise.suspensions[0].from"),
    ("waivers = []", "waivers = [{}]", "enterprise.waivers[0].quarter"),
    ('person = "Li", ', "", "enterprise.principals[0].person, line 12"),
    ('name = "good"', 'nmae = "good"', "key nmae, line 1: is unknown"),
    ("interim_measures", "interim_measure", "hazards[0].interim_measure, line 82"),
    ('cutoff = "arrival"', 'cut = "x"', "policy.cut, line 5: is unknown"),
    (
        '"planned"',
        '"planed"',
        "finding.visit, line 90: must be one of planned, special",
    ),
    ('"internal"', '"own"', "inspections[0].team"),
    ('"goals"', '"aims"', "hazards[0].plan[0]"),
    ('"same"', '"equal"', "finding.match.verdict, line 92"),
    ('cutoff = "arrival"', 'cutoff = "now"', "policy.cutoff, line 5"),
    ('cutoff = "arrival"', "cutoff = [1]", "not a list"),
    ('"good"', "1", "key name, line 1: must be a text, not 1"),
    ("2020-01-06", '"2020-01-06"', "must be a date like 2026-05-12, not '2020-01-06'"),
    ("2020-01-06", "2020-01-06T00:00:00Z", "must be a date"),
    ("2020-01-06", "20200106", "must be a date like 2026-05-12, not 20200106"),
    ("interim_measures = true", "interim_measures = 1", "true or false, not 1"),
    ("major = true", "major = {}", "must be true or false, not a table"),
    ("extensions = []", "extensions = {}", "must be a list, not a table"),
    ('match = { hazard = "dust", verdict = "same" }', 'match = "dust"', "be a table"),
    (
        '[policy]\ncutoff = "arrival"',
        "policy = 1",
        "key policy, line 4: must be a table",
    ),
    ('cutoff = "arrival"', "late_report_days = 7.0", "must be a whole number, not 7.0"),
    ('cutoff = "arrival"', "late_report_days = nan", "whole number, not nan"),
    ('cutoff = "arrival"', "late_report_days = true", "whole number, not True"),
    ('cutoff = "arrival"', "filing_due_day = 29", "at least 1 and at most 28"),
    ('cutoff = "arrival"', "filing_due_day = 0", "at least 1 and at most 28"),
    ('cutoff = "arrival"', 'first_quarter = "2025Q5"', "a quarter like 2026Q3"),
    ('cutoff = "arrival"', "roll_due_date_over_holidays = 0", "true or false"),
    ('cutoff = "arrival"', "regime_start = 2025", "policy.regime_start, line 5"),
    ("2026-06-04T09:00:00+08:00", "2026-06-04T09:00:00", "must say its offset"),
    ("2026-06-04T09:00:00+08:00", "2026-06-04", "must be a time like"),
    ("2026-06-04T09:00:00+08:00", "09:00:00", "must be a time like"),
    ("2026-08-20T14:00:00+08:00", "9999-12-31T23:00:00-08:00", "years 1 to 9999"),
    ('id = "b"', 'id = "a"', "inspections[1].id, line 21: a is there twice"),
    ('inspections = ["b"]', 'inspections = ["b", "z"]', "reports[1].inspections[1]"),
    ('hazard = "dust"', 'hazard = "rust"', "finding.match.hazard, line 92: names rust"),
    ('hazard = "dust", ', "", "finding.match.hazard, line 92: is missing"),
    ("from = 2020-01-06", "from = 2020-01-06, to = 2020-01-05", "principals[0].to"),
    (
        "suspensions = []",
        "suspensions = [{ from = 2026-02-01, to = 2026-01-31 }]",
        "enterprise.suspensions[0].to, line 10: lies before from",
    ),
    (
        "2026-06-03T11:00",
        "2026-06-03T09:59",
        "hazards[0].registered_at, line 76: lies be",
    ),
    (
        "2026-06-04T09:00",
        "2026-06-03T10:59",
        "hazards[0].reported_at, line 77: lies bef",
    ),
    (
        "2026-08-20T09:30",
        "2026-08-20T14:01",
        "finding.found_at, line 88: lies before arr",
    ),
    (
        'visit = "planned"',
        'visit = "planned"\nnotice_at = 2026-08-20T09:31:00+08:00',
        "finding.arrival_at, line 89: lies before notice_at",
    ),
    (
        "arrival_at = 2026-08-20T09:30:00+08:00",
        "notice_at = 2026-08-20T14:01:00+08:00",
        "finding.found_at, line 88: lies before notice_at",
    ),
    (
        "extensions = []",
        "extensions = [{ refused = true, asked_at = 2026-08-01T00:00:00Z, "  # noqa: ISC004
        "due_on = 2026-10-01, approved_at = 2026-08-01T00:00:00Z }]",
        "hazards[0].extensions[0].refused, line 84: cannot be true together",
    ),
    ('cutoff = "arrival"', "flag_lookback_quarters = 0", "at least 1."),
    (
        "2026-09-01",
        "2026-08-19",
        "key decided_on, line 2: lies before the day of the f",
    ),
    (
        "[policy]",
        '[quarters."2026Q1"]\ndue_on = 2026-03-31\n[policy]',
        "key quarters.2026Q1.due_on",
    ),
    ("[policy]", "[quarters.soon]\n[policy]", "key quarters.soon, line 4"),
    ("[policy]", "quarters = []\n[policy]", "key quarters, line 4: must be a table"),
    ("held_on = 2025-05-20", "held_on = 2025-05-20\nended_on = 2025-05-19", "ended_on"),
    ("[policy]", "[policy", "line 4: This is not TOML"),
    ("measures_effective = true", "measures_effective =", "line 93: This is not TOML"),
    ("measures_effective = true", "arrival_at = [1,", "line 93: This is not TOML"),
    ('name = "good"', 'name = "good"\nname = "twice"', "This is not TOML"),
    ('name = "good"', 'name = "go\x00od"', "line 1: This is not TOML"),
    ('name = "good"', f"name = {'9' * 5000}", "the file: This is not TOML"),
    ('name = "good"', f"name = {'[' * 20_000}", "nested too deeply"),
    ('name = "good"', f"name{'.a' * 20_000} = 1", "nested too deeply"),
    ('name = "good"', '["a"' + ' . "b"' * 20_000 + "]", "nested too deeply"),
    ('name = "good"', f"{'n' * 9000} = 1", "is unknown; known here: name"),
    ('name = "good"', '"a\\nb" = 1', "key a\\nb"),
]


class TestRefusal:
    @pytest.mark.parametrize(("old", "new", "said"), REFUSED)
    def test_names_the_key_and_the_line(self, old: str, new: str, said: str) -> None:
        assert said in refusal(changed(old, new))

    @pytest.mark.parametrize("table", ["enterprise", "finding"])
    def test_a_table_that_is_missing_names_what_is_needed_of_it(
        self, table: str
    ) -> None:
        start = TOML.index(f"[{table}]")
        end = TOML.find("\n[[", start)
        without = TOML[:start] + (TOML[end:] if end > 0 else "")
        assert f"add the table [{table}]" in refusal(without.encode())

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "line 1: This is not JSON"),
            (b"[1]", "the file: Facts are one object"),
            (b'{"name": 1, "name": 2}', "key name: is there twice; keep one."),
            (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
            (b'{"a": ' + b"9" * 5000 + b"}", "This is not JSON"),
            (b'{"a":\n1,\n}', "line 3: This is not JSON"),
            (b"{}", "key enterprise.established_on: is missing"),
            (b'{"name": "\xff"}', "line 1: This is not text in UTF-8"),
        ],
    )
    def test_of_json_is_one_line_too(self, content: bytes, said: str) -> None:
        assert said in refusal(content, is_json=True)

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            ("enterprise.established_on", "2020-13-01", "a date like"),
            ("enterprise.established_on", 3, "a date like"),
            ("finding.found_at", "soon", "a time like"),
            ("finding.found_at", "2026-08-20", "must say its offset"),
            ("finding.found_at", 1.5, "a time like"),
            ("finding.match", float("nan"), "must be a table, not nan"),
        ],
    )
    def test_of_dates_in_json_shows_what_is_wanted(
        self, path: str, value: Any, said: str
    ) -> None:
        with pytest.raises(FactsError, match=said):
            facts({path: value})

    def test_null_is_no_way_to_leave_a_key_out(self) -> None:
        document = good()
        document["name"] = None
        said = refusal(json.dumps(document).encode(), is_json=True)
        assert "not null (leave the key out)" in said

    def test_the_line_of_a_key_is_found_in_json_as_well(self) -> None:
        document = good()
        document["hazards"][0]["plan"][3] = "x"
        lines = json.dumps(document, indent=1).split("\n")
        said = refusal("\n".join(lines).encode(), is_json=True)
        line = next(n for n, text in enumerate(lines, 1) if text.strip() == '"x",')
        assert said.startswith(f"key hazards[0].plan[3], line {line}: must be one of")

    def test_looks_for_no_line_in_a_text_that_is_endless(self) -> None:
        said = refusal(changed('"planned"', f'"x" #{" " * 4_000_000}'))
        assert said.startswith("key finding.visit: must be one of")


class TestWriting:
    def test_what_was_written_is_read_back(self) -> None:
        whole = facts(
            {
                "policy.first_quarter": "2025Q3",
                "policy.regime_start": "2025-03-01",
                "policy.roll_due_date_over_holidays": False,
                "policy.late_report_days": 3,
                "quarters": {"2026Q1": {"due_on": "2026-04-20"}},
                "enterprise.suspensions": [
                    {"from": "2026-01-01"},
                    {"from": "2026-01-01", "to": "2026-03-31", "confirmed": True},
                    {
                        "from": "1890-01-01",
                        "declared_at": "1890-01-01T00:00:00.5Z",
                    },
                ],
                "enterprise.waivers": [{"quarter": "2026Q1"}],
                "inspections.0.ended_on": "2025-05-21",
                "inspections.1.took_part": [],
                "inspections.2.took_part": None,
                "hazards.0.extensions": [
                    {
                        "asked_at": "2026-08-01T09:00:00+08:00",
                        "refused": True,
                        "due_on": "2026-10-31",
                    }
                ],
                "finding.measures_effective": False,
                "finding.existed_at_last_inspection": False,
                "finding.falsified": True,
                "name": 'a "quoted" \\ name\x7f\n of 两 lines',
            }
        )
        assert whole.enterprise.waivers == (WaiverFacts(Quarter(2026, 1)),)
        assert from_toml(toml(whole)) == whole
        assert from_json(json.dumps(plain(whole))) == whole

    def test_the_smallest_file_stays_small(self) -> None:
        written = toml(from_toml(SMALLEST))
        assert "hazards" not in written
        assert "policy" not in written
        assert from_toml(written) == from_toml(SMALLEST)

    def test_a_suspension_that_was_refused_is_left_out(self) -> None:
        one = facts({"enterprise.suspensions": [{"from": "2026-01-01"}]})
        refused = Suspension(dt.date(2026, 1, 1), None, SINCE_EVER, confirmed=False)
        object.__setattr__(one.enterprise, "suspensions", (refused,))
        assert plain(one)["enterprise"]["suspensions"] == []


@given(at=st.integers(0, len(TOML) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_ever_does_worse_than_a_refusal(at: int, byte: int) -> None:
    content = bytearray(TOML.encode())
    content[at] = byte
    assert lines_of(lambda: read(bytes(content), name="stem", is_json=False)) <= 1


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda part: (
        st.lists(part, max_size=2)
        | st.dictionaries(st.text(max_size=3), part, max_size=2)
    ),
    max_leaves=4,
)


def _paths(value: Any, path: tuple[str, ...] = ()) -> list[str]:
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    deeper = [p for key, part in parts for p in _paths(part, (*path, str(key)))]
    return [".".join(path), *deeper] if path else deeper


@given(path=st.sampled_from(_paths(good())), value=JSON_VALUES)
def test_no_value_anywhere_does_worse_than_a_refusal(path: str, value: Any) -> None:
    assert lines_of(lambda: facts({path: value})) <= 1
