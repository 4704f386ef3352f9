"""The benchmarks work, as a person runs them; how fast they are is judged by hand."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal.stack.state import ROOT
from tests.portal.test_up import OURS, stack_command

# One after the other: they share a state folder, and what one made in it.
pytestmark = pytest.mark.servers
# Each side begins once.
TWICE = ("--small", "--rounds", "2", "--json")


def benchmark(state: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 (our own words)
        stack_command(state, "manage", "benchmark", *arguments),
        env={name: value for name, value in os.environ.items() if name not in OURS},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def outcome(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert {"processors", "PostgreSQL", "Python"} <= said["machine"].keys()
    for claim in said["claims"]:
        ours, other = claim["ours"], claim["other"]
        assert claim["ratio"] == ours["per_second"] / other["per_second"]
        assert ours["unit"] == other["unit"]
        assert ours["name"] != other["name"]
    return said


def test_pages_checks_what_it_shows_and_prints_both_sides(state_folder: Path) -> None:
    said = outcome(benchmark(state_folder, "pages", *TWICE))

    assert [claim["at_least"] for claim in said["claims"]] == [1 / 1.5, 1, 8, 0.25, 0.2]
    assert said["sizes"]["reports"] == 800
    assert {
        "a page is found by one comparison of rows in an index",
        "10 enterprises are as the services make them",
        "seals and chains of sampled enterprises stand",
    } <= set(said["checked"])


def test_sign_loses_nothing_and_verifies_all_of_it(state_folder: Path) -> None:
    said = outcome(benchmark(state_folder, "sign", "--small", "--json"))

    assert [claim["at_least"] for claim in said["claims"]] == [0.5, 1, 0.5]
    assert "288 seals of 72 chains verify" in said["checked"]
    assert any(what.startswith("nothing is lost") for what in said["checked"])


def test_the_clock_leaves_what_the_same_by_hand_leaves(state_folder: Path) -> None:
    said = outcome(benchmark(state_folder, "clock", *TWICE))

    bounds = [claim["at_least"] for claim in said["claims"]]
    assert bounds == [1 / 1.5, 1 / 5, 1 / 1.3, 1 / 1.3]
    assert said["sizes"]["that owe"] == 98
    assert {
        "ten enterprises are as the services and the clock make them",
        "nothing is due on either side",
        "by 2: 4,000 moved, 196 told",
    } <= set(said["checked"])
    assert any(what.startswith("both sides leave the same") for what in said["checked"])


def test_determine_answers_and_prints_both_sides(state_folder: Path) -> None:
    said = outcome(benchmark(state_folder, "determine", *TWICE))

    bounds = [claim["at_least"] for claim in said["claims"]]
    assert bounds == [0.1, 0.1, pytest.approx(2 / 3), 1 / 3]
    assert said["sizes"]["quarters"] == 8
    assert {
        "a hazard that was reported: relief, with its reasons",
        "an enterprise of each sort is as the services make it",
        "both sides say the same of 300 enterprises and 300 open hazards",
    } <= set(said["checked"])


def test_delivery_loses_no_mail_and_sends_none_twice(state_folder: Path) -> None:
    said = outcome(benchmark(state_folder, "delivery", *TWICE))

    assert [claim["at_least"] for claim in said["claims"]] == [0.5, 1]
    assert said["checked"] == ["540 mails: each arrived once and is marked as sent"]


def test_what_cannot_be_measured_is_refused_in_a_sentence(state_folder: Path) -> None:
    refused = benchmark(state_folder, "pages", "--size", "10")

    assert refused.returncode == 2
    assert "at least 800, so that" in refused.stderr
