"""Versions of the rulebook: dated, never edited, the milder one for each respondent."""

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hazards.rules import questions
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.outcomes import ACCOUNTABILITY, NO_PENALTY, PENALTY, REVIEW, Outcome
from hazards.rules.rulebook import RULEBOOKS, Rulebook, load, rulebook_on
from tests.hazards.rules.good_facts import CALENDAR, facts
from tests.repository.sources import ROOT

LAW = ROOT / "hazards" / "rules" / "law"
ENTRY = (
    '{{ code = "{code}", stage = "{stage}", enterprise = "{e}", '
    'principal = "{p}", team = "{t}" }}'
)


def entry(code: str, stage: str, e: str, p: str, t: str) -> str:
    return ENTRY.format(code=code, stage=stage, e=e, p=p, t=t)


def version(since: str, *entries: str) -> str:
    listed = ",\n".join((*entries, entry("undetermined", "any", *("review",) * 3)))
    return (
        f'[[versions]]\nversion = "of {since}"\nsince = {since}\nsource = "test"\n'
        f"first_year = 2025\nquestions = [\n{listed}\n]\n"
    )


def books(*versions: str) -> tuple[Rulebook, ...]:
    return load("\n".join(versions))


RELIEF = entry("relief", "reported", "no_penalty", "review>penalty", "none")
HARSH = entry("relief", "reported", "penalty", "no_penalty", "accountability")


def decided(on: str) -> Facts:
    return facts({"decided_on": on})


class TestTwoDates:
    OLD = version("2025-01-01", RELIEF)
    NEW = version("2026-08-25", HARSH)

    def test_each_respondent_has_the_milder_law(self) -> None:
        said = determine(decided("2026-08-25"), CALENDAR, books(self.OLD, self.NEW))
        assert said.enterprise == Outcome(NO_PENALTY)
        assert said.principal == Outcome(NO_PENALTY)
        assert said.team == Outcome("none")
        assert (said.rulebook, said.rulebook_decided) == (
            "of 2025-01-01",
            "of 2026-08-25",
        )
        assert said.milder == ("principal",)
        assert said.plain()["milder"] == ["principal"]

    def test_the_day_before_the_new_law_the_old_one_holds_alone(self) -> None:
        said = determine(decided("2026-08-24"), CALENDAR, books(self.OLD, self.NEW))
        assert said.principal == Outcome(REVIEW, PENALTY)
        assert (said.rulebook_decided, said.milder) == ("", ())
        assert "milder" not in said.plain()

    def test_a_tie_keeps_the_outcome_and_leaning_of_the_finding(self) -> None:
        old = version(
            "2025-01-01",
            entry("relief", "reported", "review>penalty", "penalty", "accountability"),
        )
        new = version(
            "2026-08-25",
            entry("relief", "reported", "review>no_penalty", "penalty", "review"),
        )
        said = determine(decided("2026-08-25"), CALENDAR, books(old, new))
        assert said.enterprise == Outcome(REVIEW, PENALTY)
        assert said.team == Outcome(REVIEW)
        assert said.milder == ("team",)

    def test_decisive_and_answers_are_those_of_the_finding(self) -> None:
        new = version("2026-08-25", entry("not-major", "any", *("none",) * 3))
        said = determine(decided("2026-08-25"), CALENDAR, books(self.OLD, new))
        assert said.decisive == "relief"
        assert [answer.code for answer in said.answers] == ["relief", "undetermined"]
        assert said.digest == books(self.OLD)[0].digest

    def test_without_a_day_of_decision_the_law_of_the_finding_holds(self) -> None:
        said = determine(
            facts({"decided_on": None}), CALENDAR, books(self.OLD, self.NEW)
        )
        assert said.rulebook_decided == ""

    def test_a_later_version_changes_nothing_that_was_decided(self) -> None:
        before = determine(decided("2026-09-01"), CALENDAR, books(self.OLD))
        after = determine(
            decided("2026-09-01"),
            CALENDAR,
            books(self.OLD, version("2026-09-02", HARSH)),
        )
        assert before.plain() == after.plain()


class TestVersions:
    def test_the_first_answers_for_days_before_it(self) -> None:
        first, second = books(version("2025-01-01"), version("2026-01-01"))
        assert rulebook_on(dt.date(2020, 1, 1), (first, second)) is first
        assert rulebook_on(dt.date(2025, 12, 31), (first, second)) is first
        assert rulebook_on(dt.date(2026, 1, 1), (first, second)) is second

    @pytest.mark.parametrize(
        "versions",
        [
            ["versions = []"],
            [version("2026-01-01"), version("2025-01-01")],
            [version("2026-01-01"), version("2026-01-01")],
        ],
    )
    def test_out_of_order_or_missing_are_refused(self, versions: list[str]) -> None:
        with pytest.raises(ValueError, match="each later than the one before"):
            books(*versions)

    def test_an_unknown_stage_is_refused(self) -> None:
        with pytest.raises(ValueError, match="relief has no stage"):
            books(version("2025-01-01", RELIEF.replace("reported", "soon")))

    def test_a_rulebook_that_answers_nothing_is_no_answer(self) -> None:
        text = version("2025-01-01").replace('"undetermined"', '"accident"')
        with pytest.raises(ValueError, match="leaves a finding without an answer"):
            determine(facts({}), CALENDAR, load(text))

    def test_the_digest_is_of_the_entry_and_its_words(self) -> None:
        one = version("2025-01-01", RELIEF)
        assert books(one)[0].digest == books(one)[0].digest
        changed = one.replace("review>penalty", "review>no_penalty")
        assert books(one)[0].digest != books(changed)[0].digest
        law = (LAW / "questions.toml").read_text("utf-8")
        texts, _ = questions.load(law.replace("No penalty is proposed.", "None."))
        assert load(one, texts)[0].digest != books(one)[0].digest

    def test_a_version_may_name_another_check_and_another_text(self) -> None:
        new = RELIEF.replace("{ code", '{ check = "accident", text = "accident", code')
        rulebook = books(version("2025-01-01", new))[0]
        said = determine(facts({"finding.accident": True}), CALENDAR, (rulebook,))
        assert said.decisive == "accident"


class TestTheProductsOwn:
    def test_the_digest_of_a_version_that_was_used_stays(self) -> None:
        # Never edit a version: where this fails, add one with a later day instead.
        assert {book.version: book.digest for book in RULEBOOKS} == DIGESTS

    def test_every_check_is_asked(self) -> None:
        asked = {one.ask.__module__ for book in RULEBOOKS for one in book.questions}
        folder = ROOT / "hazards" / "rules" / "checks"
        there = {f"hazards.rules.checks.{path.stem}" for path in folder.glob("*.py")}
        assert asked == there - {"hazards.rules.checks.__init__"}

    def test_every_text_speaks_both_languages_and_calls_nobody_guilty(self) -> None:
        said = list(questions.WORDS.values())
        for text in questions.QUESTIONS.values():
            said += [text.question, *text.sentences.values()]
        for one in said:
            assert set(one) == {"zh", "en"}
            assert "违法" not in one["zh"]
            assert not re.search("illegal|unlawful|guilty", one["en"], re.I)

    def test_both_languages_use_the_same_parameters(self) -> None:
        for text in questions.QUESTIONS.values():
            for one in text.sentences.values():
                used = {lang: set(re.findall(r"{(\w+)}", one[lang])) for lang in one}
                assert used["zh"] == used["en"]

    def test_penalties_are_proposed_with_their_articles(self) -> None:
        for question in RULEBOOKS[-1].questions:
            effects = (question.enterprise, question.principal)
            harsh = {PENALTY, ACCOUNTABILITY}
            if harsh & {effect.outcome for effect in effects}:
                laws = "".join(question.text.provisions)
                assert "work-safety-law" in laws


DIGESTS = {
    "2025-02-27": ("19b80316337d25c29efff9692c04b462749d12709227b042583ad482488e10d6"),
}


class TestThePage:
    def test_is_current(self) -> None:
        call_command("rulebook", "--check", stdout=StringIO())

    def test_that_is_old_is_noticed_and_written_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "docs").mkdir()
        monkeypatch.setattr("django.conf.settings.BASE_DIR", tmp_path)
        call_command("rulebook")
        page = tmp_path / "docs" / "rulebook.md"
        text = page.read_text("utf-8")
        assert "`missing_quarter_effect`" in text
        spoils: list[Any] = [page.unlink, lambda: page.write_text("old")]
        for spoil in spoils:
            spoil()
            with pytest.raises(CommandError, match="is not current"):
                call_command("rulebook", "--check")
        call_command("rulebook")
        assert page.read_text("utf-8") == text
