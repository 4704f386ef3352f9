"""
Facts files as people write them: each kind of mistake is refused in one line that
names it, and what is merely odd is read as it stands.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from hazards.queries.workdays import ChineseCalendar
from hazards.rules import facts_files
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.facts_files import FactsError
from tests.hazards.rules.cases.determine import base

FORMS = ["toml", "json"]
Content = dict[str, Any]
Change = Callable[[Content], Any]


def as_toml(content: Content) -> bytes:
    """Write the content as TOML, one line a key at the top."""
    lines = [f"{_key(key)} = {_toml(value)}" for key, value in content.items()]
    return "\n".join(lines).encode()


def _key(key: str) -> str:
    return json.dumps(key)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            pairs = (f"{_key(k)} = {_toml(v)}" for k, v in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case list():
            return f"[{', '.join(_toml(item) for item in value)}]"
        case dt.date():
            return value.isoformat()
        case str():
            return json.dumps(value)
    return str(value)


def as_json(content: Content) -> bytes:
    """Write the content as JSON, dates and times as ISO strings."""
    return json.dumps(content, default=lambda day: day.isoformat()).encode()


def read(content: Content, form: str) -> Facts:
    """Read the content in one of the two forms."""
    is_json = form == "json"
    written = as_json(content) if is_json else as_toml(content)
    return facts_files.read(written, name="a file", is_json=is_json)


def refusal(content: Content, form: str) -> str:
    """Return the one line with which the content is refused."""
    with pytest.raises(FactsError) as refused:
        read(content, form)
    line = str(refused.value)
    assert line.strip() == line != ""
    assert len(line.splitlines()) == 1
    assert len(line) < 400
    return line


def is_answered(content: Content, form: str) -> bool:
    """Say whether the content is read; then it is also decided."""
    try:
        facts = read(content, form)
    except FactsError:
        return False
    return bool(determine(facts, ChineseCalendar()).decisive)


def set_at(*path: str | int, to: object) -> Change:
    """Put a value at the place, in the tables and lists on the way."""

    def change(content: Content) -> None:
        place: Any = content
        for step in path[:-1]:
            place = (
                place.setdefault(step, {}) if isinstance(place, dict) else place[step]
            )
        place[path[-1]] = to

    return change


def taken(*path: str | int) -> Change:
    """Take away what is at the place."""

    def change(content: Content) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def instant(text: str) -> dt.datetime:
    """Return the instant; without an offset, one of nowhere."""
    return dt.datetime.fromisoformat(text)


DAY = dt.date(2026, 8, 20)
NOON = instant("2026-08-20T12:00:00+08:00")
EXTENSION = {"asked_at": NOON, "due_on": DAY}


def changed(*changes: Change) -> Content:
    """Return the base with the changes made to it."""
    content = base()
    content["hazards"][0]["extensions"] = [dict(EXTENSION)]
    content["enterprise"]["suspensions"] = [{"from": dt.date(2026, 1, 1)}]
    content["enterprise"]["waivers"] = [{"quarter": "2024Q1"}]
    content["policy"] = {}
    for change in changes:
        change(content)
    return content


REQUIRED = [
    ("enterprise",),
    ("enterprise", "established_on"),
    ("enterprise", "responsible_bureau"),
    ("finding",),
    ("finding", "found_at"),
    ("finding", "visit"),
    ("finding", "major"),
    ("inspections", 1, "id"),
    ("inspections", 1, "held_on"),
    ("inspections", 1, "team"),
    ("reports", 1, "quarter"),
    ("reports", 1, "inspections"),
    ("reports", 1, "received_at"),
    ("hazards", 0, "id"),
    ("hazards", 0, "found_at"),
    ("hazards", 0, "registered_at"),
    ("hazards", 0, "extensions", 0, "asked_at"),
    ("hazards", 0, "extensions", 0, "due_on"),
    ("enterprise", "suspensions", 0, "from"),
    ("enterprise", "waivers", 0, "quarter"),
    ("enterprise", "principals", 0, "person"),
    ("enterprise", "principals", 0, "from"),
    ("finding", "match", "hazard"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_what_is_missing_is_named(path: tuple[str | int, ...], form: str) -> None:
    assert str(path[-1]) in refusal(changed(taken(*path)), form)


PLACES: list[tuple[str | int, ...]] = [
    (),
    ("policy",),
    ("enterprise",),
    ("enterprise", "suspensions", 0),
    ("enterprise", "waivers", 0),
    ("enterprise", "principals", 0),
    ("inspections", 0),
    ("reports", 0),
    ("hazards", 0),
    ("hazards", 0, "extensions", 0),
    ("finding",),
    ("finding", "match"),
    ("quarters", "2026Q2"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_an_unknown_key_is_named_wherever_it_stands(
    place: tuple[str | int, ...], form: str
) -> None:
    content = changed(set_at(*place, "sined_by", to="Zhang"))
    assert "sined_by" in refusal(content, form)


UNKNOWN_VALUES: list[tuple[tuple[str | int, ...], object]] = [
    (("policy", "cutoff"), "departure"),
    (("policy", "missing_quarter_effect"), "no_penalty"),
    (("policy", "principal_absence_effect"), "maybe"),
    (("policy", "relief_with_standing_flag"), "penalty"),
    (("policy", "overdue_effect"), "none"),
    (("policy", "first_quarter"), "2025-02"),
    (("policy", "filing_due_day"), 0),
    (("policy", "filing_due_day"), 29),
    (("policy", "flag_lookback_quarters"), 0),
    (("policy", "flag_lookback_quarters"), -1),
    (("enterprise", "waivers", 0, "quarter"), "2026Q5"),
    (("inspections", 0, "team"), "both"),
    (("reports", 0, "quarter"), "2026 Q1"),
    (("hazards", 0, "graded"), "minor"),
    (("hazards", 0, "report_state"), "draft"),
    (("hazards", 0, "plan"), ["goals", "hopes"]),
    (("finding", "visit"), "routine"),
    (("quarters", "2026Q5"), {}),
    (("quarters", "2026Q2", "first_quarter"), "soon"),
    (("finding", "regulator"), "fire"),
    (("finding", "match", "verdict"), "equal"),
    (("finding", "match", "verdict"), "Same"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("path", "value"), UNKNOWN_VALUES)
def test_a_value_that_there_is_not_is_named_with_its_key(
    path: tuple[str | int, ...], value: object, form: str
) -> None:
    assert str(path[-1]) in refusal(changed(set_at(*path, to=value)), form)


WRONG_TYPES: list[tuple[tuple[str | int, ...], object]] = [
    (("name",), 7),
    (("decided_on",), True),
    (("policy",), []),
    (("policy", "cutoff"), 1),
    (("policy", "prompt_report_hours"), True),
    (("policy", "prompt_report_hours"), "24"),
    (("policy", "prompt_report_hours"), 24.0),
    (("policy", "late_report_days"), 7.5),
    (("policy", "flag_lookback_quarters"), "4"),
    (("policy", "roll_due_date_over_holidays"), "true"),
    (("policy", "roll_due_date_over_holidays"), 1),
    (("policy", "regime_start"), 2025),
    (("policy", "first_quarter"), 2025),
    (("enterprise",), "B1"),
    (("enterprise", "established_on"), "the first of May"),
    (("enterprise", "established_on"), NOON),
    (("enterprise", "responsible_bureau"), 1),
    (("enterprise", "suspensions"), {}),
    (("enterprise", "suspensions", 0), "2026Q1"),
    (("enterprise", "suspensions", 0, "declared_at"), DAY),
    (("enterprise", "suspensions", 0, "confirmed"), "yes"),
    (("enterprise", "suspensions", 0, "to"), 5),
    (("enterprise", "waivers"), "2026Q1"),
    (("enterprise", "principals"), "Zhang"),
    (("enterprise", "principals", 0, "person"), ["Zhang"]),
    (("inspections",), {}),
    (("inspections", 0), "I1"),
    (("inspections", 0, "id"), 1),
    (("inspections", 0, "held_on"), 20260820),
    (("inspections", 0, "held_on"), NOON),
    (("inspections", 0, "took_part"), "Zhang"),
    (("inspections", 0, "took_part"), [1]),
    (("reports", 0, "inspections"), "I-2025Q2"),
    (("reports", 0, "received_at"), DAY),
    (("reports", 0, "signed_by"), False),
    (("hazards", 0, "found_at"), DAY),
    (("hazards", 0, "reported_at"), 0),
    (("hazards", 0, "reported_to"), ["B1"]),
    (("hazards", 0, "plan"), "goals"),
    (("hazards", 0, "interim_measures"), 1),
    (("hazards", 0, "due_on"), NOON),
    (("hazards", 0, "extensions", 0, "refused"), "no"),
    (("hazards", 0, "extensions", 0, "due_on"), "soon"),
    (("hazards", 0, "progress"), [DAY]),
    (("hazards", 0, "progress"), NOON),
    (("hazards", 0, "closed_at"), True),
    (("quarters",), []),
    (("quarters", "2026Q2"), DAY),
    (("quarters", "2026Q2", "due_on"), NOON),
    (("inspections", 0, "ended_on"), 1),
    (("finding", "found_at"), DAY),
    (("finding", "visit"), None),
    (("finding", "major"), "yes"),
    (("finding", "match"), "H1"),
    (("finding", "match", "hazard"), 1),
    (("finding", "measures_effective"), "true"),
    (("finding", "existed_at_last_inspection"), 0),
    (("finding", "falsified"), "false"),
    (("finding", "accident"), 1.0),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("path", "value"), WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_named_by_its_key(
    path: tuple[str | int, ...], value: object, form: str
) -> None:
    if value is None and form == "toml":
        pytest.skip("TOML has no null")
    keys = [step for step in path if isinstance(step, str)]
    assert keys[-1] in refusal(changed(set_at(*path, to=value)), form)


INSTANTS: list[tuple[str | int, ...]] = [
    ("enterprise", "suspensions", 0, "declared_at"),
    ("reports", 2, "received_at"),
    ("hazards", 0, "found_at"),
    ("hazards", 0, "registered_at"),
    ("hazards", 0, "reported_at"),
    ("hazards", 0, "planned_at"),
    ("hazards", 0, "accepted_at"),
    ("hazards", 0, "closed_at"),
    ("hazards", 0, "extensions", 0, "asked_at"),
    ("hazards", 0, "extensions", 0, "approved_at"),
    ("hazards", 0, "progress", 0),
    ("finding", "found_at"),
    ("finding", "arrival_at"),
    ("finding", "notice_at"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", INSTANTS, ids=lambda path: ".".join(map(str, path)))
def test_a_time_without_an_offset_is_named(
    path: tuple[str | int, ...], form: str
) -> None:
    nowhere = instant("2026-08-01T09:00:00")
    keys = [step for step in path if isinstance(step, str)]
    assert keys[-1] in refusal(changed(set_at(*path, to=nowhere)), form)


def after(*path: str | int, text: str) -> Change:
    """Set an instant."""
    return set_at(*path, to=instant(text))


EXTENDED = ("hazards", 0, "extensions", 0)
CONTRADICTIONS: dict[str, tuple[tuple[Change, ...], str]] = {
    "two inspections of one id": (
        (set_at("inspections", 1, "id", to="I-2025Q2"),),
        "I-2025Q2",
    ),
    "two hazards of one id": (
        (lambda content: content["hazards"].append(content["hazards"][0]),),
        "H1",
    ),
    "a match with a hazard that is not there": (
        (set_at("finding", "match", "hazard", to="H7"),),
        "H7",
    ),
    "a report of an inspection that is not there": (
        (set_at("reports", 0, "inspections", to=["I-2025Q2", "I-7"]),),
        "I-7",
    ),
    "a suspension that ends before it begins": (
        (set_at("enterprise", "suspensions", 0, "to", to=dt.date(2025, 12, 31)),),
        "to",
    ),
    "a principal who leaves before coming": (
        (set_at("enterprise", "principals", 0, "to", to=dt.date(2019, 2, 28)),),
        "to",
    ),
    "registered before it was found": (
        (
            after(
                "hazards", 0, "registered_at", text="2026-05-12T09:59:59.999999+08:00"
            ),
        ),
        "registered_at",
    ),
    "reported before it was registered": (
        (after("hazards", 0, "reported_at", text="2026-05-12T10:59:59.999999+08:00"),),
        "reported_at",
    ),
    "an arrival after the finding": (
        (after("finding", "arrival_at", text="2026-08-20T14:00:00.000001+08:00"),),
        "arrival_at",
    ),
    "a notice after the arrival": (
        (after("finding", "notice_at", text="2026-08-20T09:30:00.000001+08:00"),),
        "notice_at",
    ),
    "a notice after the finding, without an arrival": (
        (
            taken("finding", "arrival_at"),
            after("finding", "notice_at", text="2026-08-20T14:00:00.000001+08:00"),
        ),
        "notice_at",
    ),
    "an extension both refused and approved": (
        (
            set_at(*EXTENDED, "refused", to=True),
            set_at(*EXTENDED, "approved_at", to=NOON),
        ),
        "refused",
    ),
    "a quarter that was due before its end": (
        (set_at("quarters", "2026Q2", "due_on", to=dt.date(2026, 6, 30)),),
        "due_on",
    ),
    "decided before the day of the finding": (
        (set_at("decided_on", to=dt.date(2026, 8, 19)),),
        "decided_on",
    ),
    "decided on the day before, found after midnight in Shanghai": (
        (
            taken("finding", "arrival_at"),
            after("finding", "found_at", text="2026-08-20T16:00:00+00:00"),
            set_at("decided_on", to=dt.date(2026, 8, 20)),
        ),
        "decided_on",
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mistake", CONTRADICTIONS)
def test_a_contradiction_is_named(mistake: str, form: str) -> None:
    changes, named = CONTRADICTIONS[mistake]
    assert named in refusal(changed(*changes), form)


ODD: dict[str, tuple[Change, ...]] = {
    "nothing odd": (),
    "no policy, inspection, report or hazard at all": (
        taken("policy"),
        taken("inspections"),
        taken("reports"),
        taken("hazards"),
        taken("finding", "match"),
    ),
    "registered when it was found, reported when it was registered": (
        after("hazards", 0, "registered_at", text="2026-05-12T10:00:00+08:00"),
        after("hazards", 0, "reported_at", text="2026-05-12T10:00:00+08:00"),
    ),
    "notice, arrival and finding at one instant": (
        after("finding", "notice_at", text="2026-08-20T14:00:00+08:00"),
        after("finding", "arrival_at", text="2026-08-20T06:00:00+00:00"),
    ),
    "decided on the day of the finding": (set_at("decided_on", to=DAY),),
    "decided years later": (set_at("decided_on", to=dt.date(2031, 8, 20)),),
    "a suspension and a term of one day": (
        set_at("enterprise", "suspensions", 0, "to", to=dt.date(2026, 1, 1)),
        set_at("enterprise", "principals", 0, "to", to=dt.date(2019, 3, 1)),
    ),
    "a hazard found after the finding": (
        after("hazards", 0, "found_at", text="2026-09-01T10:00:00+08:00"),
        after("hazards", 0, "registered_at", text="2026-09-01T10:00:00+08:00"),
        after("hazards", 0, "reported_at", text="2026-09-01T10:00:00+08:00"),
    ),
    "planned before it was found": (
        after("hazards", 0, "planned_at", text="2026-05-01T10:00:00+08:00"),
    ),
    "closed before it was accepted, and both before it was reported": (
        after("hazards", 0, "closed_at", text="2026-01-01T10:00:00+08:00"),
        after("hazards", 0, "accepted_at", text="2026-01-02T10:00:00+08:00"),
    ),
    "a deadline before the plan": (
        set_at("hazards", 0, "due_on", to=dt.date(2020, 1, 1)),
    ),
    "an extension approved before it was asked for, to an earlier day": (
        after(*EXTENDED, "approved_at", text="2026-01-01T10:00:00+08:00"),
        set_at(*EXTENDED, "due_on", to=dt.date(2020, 1, 1)),
    ),
    "an extension approved and expressly not refused": (
        set_at(*EXTENDED, "approved_at", to=NOON),
        set_at(*EXTENDED, "refused", to=False),
    ),
    "progress before the plan, in no order": (
        set_at(
            "hazards",
            0,
            "progress",
            to=[NOON, instant("2020-01-01T10:00:00+08:00"), NOON],
        ),
    ),
    "a plan with an element twice": (
        set_at("hazards", 0, "plan", to=["goals", "goals"]),
    ),
    "an inspection held after its report was received": (
        set_at("inspections", 0, "held_on", to=dt.date(2027, 1, 1)),
    ),
    "two reports of one quarter, and an inspection listed twice": (
        set_at("reports", 1, "quarter", to="2025Q2"),
        set_at("reports", 0, "inspections", to=["I-2025Q2", "I-2025Q2"]),
    ),
    "an inspection and a hazard of one id": (
        set_at("inspections", 0, "id", to="H1"),
        set_at("reports", 0, "inspections", to=[]),
    ),
    "a report received after the finding": (
        after("reports", 4, "received_at", text="2030-01-01T10:00:00+08:00"),
    ),
    "a report received before its quarter": (
        after("reports", 4, "received_at", text="2020-01-01T10:00:00+08:00"),
    ),
    "principals who overlap, and one who comes back": (
        set_at(
            "enterprise",
            "principals",
            to=[
                {"person": "Zhang", "from": dt.date(2024, 1, 1)},
                {"person": "Wang", "from": dt.date(2020, 1, 1)},
                {"person": "Zhang", "from": dt.date(2020, 1, 1), "to": DAY},
            ],
        ),
    ),
    "a quarter waived twice, and one far off": (
        set_at(
            "enterprise",
            "waivers",
            to=[{"quarter": "2026Q1"}, {"quarter": "2026Q1"}, {"quarter": "0001Q1"}],
        ),
    ),
    "established after the finding": (
        set_at("enterprise", "established_on", to=dt.date(2030, 1, 1)),
    ),
    "somebody took part whom nothing else names, twice": (
        set_at("inspections", 0, "took_part", to=["Nobody", "Nobody"]),
    ),
    "a verdict other than same on a hazard that is not there": (
        set_at("finding", "match", to={"hazard": "H7", "verdict": "part"}),
    ),
    "a verdict other than same on nothing": (
        set_at("finding", "match", to={"verdict": "different"}),
    ),
    "a match on which nobody has said anything": (
        set_at("finding", "match", to={"hazard": "H1"}),
    ),
    "names of no letters": (
        set_at("enterprise", "responsible_bureau", to=""),
        set_at("hazards", 0, "reported_to", to=""),
        set_at("name", to=""),
    ),
    "a look-back of a hundred quarters": (
        set_at("policy", "flag_lookback_quarters", to=100),
    ),
    "no hours at all, and no days": (
        set_at("policy", "prompt_report_hours", to=0),
        set_at("policy", "late_report_days", to=0),
    ),
    "hours and days of many years": (
        set_at("policy", "prompt_report_hours", to=100_000),
        set_at("policy", "late_report_days", to=10_000),
    ),
    "a quarter of which nothing is on record": (set_at("quarters", "2026Q1", to={}),),
    "a regime that begins tomorrow": (
        set_at("policy", "regime_start", to=dt.date(2026, 8, 21)),
    ),
    "instants to the microsecond in other zones": (
        after("finding", "found_at", text="2026-08-20T23:59:59.999999-05:30"),
        after("finding", "arrival_at", text="2026-08-20T00:00:00+00:00"),
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("oddity", ODD)
def test_what_is_merely_odd_is_read_and_decided(oddity: str, form: str) -> None:
    facts = read(changed(*ODD[oddity]), form)
    assert determine(facts, ChineseCalendar()).decisive


@pytest.mark.parametrize("oddity", ODD)
def test_both_forms_read_alike(oddity: str) -> None:
    content = changed(*ODD[oddity])
    facts = read(content, "toml")
    assert read(content, "json") == facts
    plain = json.dumps(facts_files.plain(facts)).encode()
    written = facts_files.toml(facts).encode()
    assert facts_files.read(plain, name="another", is_json=True) == facts
    assert facts_files.read(written, name="another", is_json=False) == facts


def test_a_file_without_a_name_has_the_name_of_its_file() -> None:
    assert read(changed(), "toml").name == "a file"
    assert read(changed(set_at("name", to="mine")), "json").name == "mine"


def test_what_is_absent_has_the_value_that_is_written_down() -> None:
    bare = changed(taken("hazards", 0, "interim_measures"))
    said = changed(
        set_at("finding", "regulator", to="emergency"),
        set_at("finding", "falsified", to=False),
        set_at("finding", "stop_order_defied", to=False),
        set_at("finding", "accident", to=False),
        set_at("hazards", 0, "graded", to="major"),
        set_at("hazards", 0, "report_state", to="received"),
        set_at("hazards", 0, "interim_measures", to=False),
        set_at(*EXTENDED, "refused", to=False),
        set_at("enterprise", "suspensions", 0, "confirmed", to=False),
    )
    assert read(bare, "toml") == read(said, "toml")


def test_nobody_recorded_is_not_nobody() -> None:
    unknown = read(changed(taken("inspections", 0, "took_part")), "toml")
    nobody = read(changed(set_at("inspections", 0, "took_part", to=[])), "toml")
    assert unknown.inspections[0].took_part is None
    assert nobody.inspections[0].took_part == ()


# --- files that are hardly files

GOOD = as_toml(base())
NO_FILES: dict[str, tuple[bytes, bool]] = {
    "an empty file": (b"", False),
    "an empty file of JSON": (b"", True),
    "blanks": (b" \n\t ", True),
    "bytes that are no text": (b"\xff\xfe\x00name", False),
    "bytes that are no text, as JSON": (b'{"name": "\xff"}', True),
    "nul bytes": (b"\x00" * 100, False),
    "a list": (b"[]", True),
    "a word": (b'"enterprise"', True),
    "nothing": (b"null", True),
    "a number of five thousand digits": (b'{"name": ' + b"9" * 5000 + b"}", True),
    "the same in TOML": (b"name = " + b"9" * 5000, False),
    "a date that there is not": (b"decided_on = 2026-02-30", False),
    "an hour that there is not": (b"decided_on = 2026-02-28T25:00:00Z", False),
    "JSON cut off": (as_json(base())[:-20], True),
    "JSON called TOML": (as_json(base()), False),
    "TOML called JSON": (GOOD, True),
    "half a character": (b'{"name": "\\ud800"', True),
    "no number": (b'{"decided_on": NaN}', True),
    "an endless number": (b'{"decided_on": Infinity}', True),
}


def one_line(content: bytes, *, is_json: bool) -> str:
    """Return the line with which the bytes are refused."""
    with pytest.raises(FactsError) as refused:
        facts_files.read(content, name="a file", is_json=is_json)
    line = str(refused.value)
    assert len(line.splitlines()) == 1
    assert len(line) < 400
    return line


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_facts_file_gets_one_line(kind: str) -> None:
    content, is_json = NO_FILES[kind]
    assert one_line(content, is_json=is_json)


BROKEN = {
    "a string without its end": (b'name = "half\n\n', 1),
    "a list without its end": (b"[enterprise]\nprincipals = [\n", 2),
    "a key without a value": (b"# facts\nname =\n", 2),
    "a key twice": (b'name = "a"\nname = "b"\n', 2),
    "a table twice": (b"[policy]\n[policy]\n", 2),
    "a comma too many": (b"[enterprise]\n\nprincipals = [,]\n", 3),
    "words": (b'name = "a"\n\n\nthe enterprise is old\n', 4),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_in_toml_is_named_with_its_line(mistake: str) -> None:
    content, number = BROKEN[mistake]
    assert f"line {number}" in one_line(content, is_json=False)


def test_a_mistake_in_json_is_named_with_its_line() -> None:
    assert "line 3" in one_line(b'{\n"name": "a",\n"finding": }', is_json=True)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[{"])
def test_a_file_nested_without_end_gets_one_line(opening: bytes) -> None:
    deep = opening * 200_000
    assert one_line(b"name = " + deep, is_json=False)
    assert one_line(b'{"name": ' + deep, is_json=True)


def test_a_value_nested_deeply_gets_one_line() -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    assert one_line(b"inspections = " + deep, is_json=False)
    assert one_line(b'{"inspections": ' + deep + b"}", is_json=True)
    assert one_line(b"a." * 5_000 + b"b = 1", is_json=False)


@pytest.mark.parametrize("form", FORMS)
def test_a_value_of_a_million_letters_is_not_repeated(form: str) -> None:
    assert "visit" in refusal(changed(set_at("finding", "visit", to="x" * 10**6)), form)
    assert refusal(changed(set_at("x" * 10**6, to=1)), form)
    assert refusal(changed(set_at("finding", "visit", to="a\nb\r\u2028c")), form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00+00:00",
        "0001-12-31T00:00:00+00:00",
        "9999-12-31T23:59:59.999999-12:00",
        "9999-12-31T23:59:59+08:00",
        "9999-10-31T23:59:59+08:00",
    ],
)
def test_the_ends_of_time_get_an_answer_or_one_line(text: str, form: str) -> None:
    content = changed(
        after("finding", "found_at", text=text), taken("finding", "arrival_at")
    )
    for lookback in (4, 400):
        content["policy"] = {"flag_lookback_quarters": lookback}
        assert is_answered(content, form) or "found_at" in refusal(content, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_policy_beyond_all_measure_gets_an_answer_or_one_line(form: str) -> None:
    names = ("prompt_report_hours", "late_report_days", "flag_lookback_quarters")
    for name in names:
        for value in (10**9, 10**15, 10**18, -(10**18)):
            content = changed(set_at("policy", name, to=value))
            assert is_answered(content, form) or name in refusal(content, form)


@pytest.mark.parametrize("form", FORMS)
def test_ten_thousand_hazards_are_read_and_decided(form: str) -> None:
    content = changed()
    first = content["hazards"][0]
    others = {key: first[key] for key in ("found_at", "registered_at")}
    content["hazards"] += [others | {"id": f"H-{n}"} for n in range(9_999)]
    facts = read(content, form)
    assert len(facts.hazards) == 10_000
    assert determine(facts, ChineseCalendar()).decisive == "relief"


def test_fifty_megabytes_get_an_answer_or_one_line() -> None:
    size = 50 * 2**20
    as_comment = GOOD + b"\n# " + b"x" * size
    assert facts_files.read(as_comment, name="a file", is_json=False)
    as_visit = b'{"finding": {"visit": "' + b"x" * size + b'"}}'
    assert one_line(as_visit, is_json=True)
