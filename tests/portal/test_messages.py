"""The translations stay true to the words of the pages."""

from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from portal import catalogues


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one page, one module and an empty catalogue."""
    for folder in ("portal", "templates", "locale/zh_Hans/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    catalogue(tmp_path).write_text("", encoding="utf-8")
    return tmp_path


def catalogue(project: Path) -> Path:
    return project / "locale/zh_Hans/LC_MESSAGES/django.po"


def page(project: Path, source: str) -> None:
    (project / "templates/page.html").write_text(source, encoding="utf-8")


def module(project: Path, source: str) -> None:
    (project / "portal/words.py").write_text(source, encoding="utf-8")


def entries(project: Path) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(catalogue(project)))}


def translate(
    project: Path, text: str, translation: str, *, fuzzy: bool = False
) -> None:
    words = polib.pofile(str(catalogue(project)))
    entry = words.find(text)
    assert entry is not None
    if entry.msgid_plural:
        entry.msgstr_plural = {0: translation}
    else:
        entry.msgstr = translation
    if fuzzy:
        entry.flags.append("fuzzy")
    words.save()


def messages(project: Path, *arguments: str) -> str:
    out = StringIO()
    call_command("messages", *arguments, root=project, stdout=out, stderr=StringIO())
    return out.getvalue()


class TestFinding:
    def test_finds_the_words_of_code(self, project: Path) -> None:
        module(
            project,
            'a = _("Sign")\nb = gettext_lazy("Two " "parts")\nc = f"{x} no"\n'
            'd = pgettext("verb", "Open")\ne = ngettext("%(n)s day", "%(n)s days", n)\n'
            'f = npgettext_lazy("age", "%d year", "%d years")\n',
        )

        found = catalogues.extracted(project)

        assert set(found) == {
            (None, "Sign"),
            (None, "Two parts"),
            ("verb", "Open"),
            (None, "%(n)s day"),
            ("age", "%d year"),
        }
        assert found[None, "%(n)s day"].plural == "%(n)s days"

    def test_finds_the_words_of_templates(self, project: Path) -> None:
        page(
            project,
            """{% load i18n %}
              {% translate "Sign" %} {% translate "Open" context "verb" as x %}
              <a title='{% translate "It's due" %}'>{{ _("Constant") }}</a>
              {{ value|default:_("None yet") }}
              {% component kind label=_("Keyword") %}
              {# {% translate "Commented out" %} #}
              {% comment %}{% translate "Left out" %}{% endcomment %}
              100 % 'text' "that (is no code""",
        )

        found = catalogues.extracted(project)

        assert set(found) == {
            (None, "Sign"),
            ("verb", "Open"),
            (None, "It's due"),
            (None, "Constant"),
            (None, "None yet"),
            (None, "Keyword"),
        }

    def test_joins_the_lines_of_a_trimmed_block(self, project: Path) -> None:
        page(
            project,
            """{% blocktranslate trimmed with name=user.name %}
                 Signed by
                 {{ name }}, 100% sure
               {% endblocktranslate %}""",
        )

        assert set(catalogues.extracted(project)) == {
            (None, "Signed by %(name)s, 100%% sure")
        }

    def test_finds_plural_and_context_of_a_block(self, project: Path) -> None:
        page(
            project,
            """{% blocktranslate count n=days context "left" trimmed %}
                 {{ n }} day
               {% plural %}
                 {{ n }} days
               {% endblocktranslate %}""",
        )

        message = catalogues.extracted(project)["left", "%(n)s day"]

        assert message.plural == "%(n)s days"

    def test_carries_what_is_said_to_translators(self, project: Path) -> None:
        page(project, '{# Translators: on paper #}\n{% translate "Seal" %}\n')
        module(project, '# Translators: the animal\nx = _("Bear")\n')

        found = catalogues.extracted(project)

        assert found[None, "Seal"].comments == {"Translators: on paper"}
        assert found[None, "Bear"].comments == {"Translators: the animal"}

    def test_leaves_migrations_alone(self, project: Path) -> None:
        (project / "portal/migrations").mkdir()
        (project / "portal/migrations/0001.py").write_text('x = _("Old")\n')

        assert catalogues.extracted(project) == {}


class TestUpdating:
    def test_keeps_what_was_translated(self, project: Path) -> None:
        module(project, 'x = _("Sign")\n')
        messages(project)
        translate(project, "Sign", "签字")
        module(project, 'x = _("Sign")\ny = _("Accept")\n')

        messages(project)

        assert entries(project)["Sign"].msgstr == "签字"
        assert list(entries(project)) == ["Accept", "Sign"]

    def test_drops_what_is_no_longer_said(self, project: Path) -> None:
        module(project, 'x = _("Sign")\n')
        messages(project)
        module(project, "")

        messages(project)

        assert entries(project) == {}

    def test_does_not_change_when_lines_move(self, project: Path) -> None:
        module(project, 'x = _("Sign")\n')
        messages(project)
        before = catalogue(project).read_bytes()
        module(project, '\n\n\nx = _("Sign")\n')

        messages(project)

        assert catalogue(project).read_bytes() == before
        assert b"#: portal/words.py\n" in before

    def test_keeps_the_words_when_a_message_gains_a_plural(self, project: Path) -> None:
        module(project, 'x = _("%(n)s day")\n')
        messages(project)
        translate(project, "%(n)s day", "%(n)s 天")
        module(project, 'x = ngettext("%(n)s day", "%(n)s days", n)\n')

        messages(project)

        assert entries(project)["%(n)s day"].msgstr_plural == {0: "%(n)s 天"}

    def test_chinese_has_one_plural_form(self, project: Path) -> None:
        messages(project)

        assert "nplurals=1" in catalogue(project).read_text()

    def test_says_so_where_there_is_no_catalogue(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="no catalogue"):
            messages(tmp_path)


class TestChecking:
    def complete(self, project: Path) -> None:
        module(project, 'x = _("%(n)s days left")\n')
        messages(project)
        translate(project, "%(n)s days left", "还有 %(n)s 天")
        messages(project)

    def test_passes_when_complete(self, project: Path) -> None:
        self.complete(project)

        assert "0 faults" in messages(project, "--check")

    def test_changes_nothing(self, project: Path) -> None:
        self.complete(project)
        module(project, 'x = _("New")\n')
        before = catalogue(project).read_bytes()

        with pytest.raises(CommandError):
            messages(project, "--check")

        assert catalogue(project).read_bytes() == before

    def test_names_what_is_missing_and_what_is_unused(self, project: Path) -> None:
        self.complete(project)
        module(project, 'x = _("New")\n')

        with pytest.raises(CommandError) as refused:
            messages(project, "--check")

        assert "missing: 'New'" in str(refused.value)
        assert "unused: '%(n)s days left'" in str(refused.value)

    @pytest.mark.parametrize(
        ("translation", "fuzzy", "fault"),
        [
            ("", False, "untranslated"),
            ("还有 %(n)s 天", True, "fuzzy"),
            ("还有几天", False, "other placeholders"),
            ("还有 %(m)s 天", False, "other placeholders"),
            ("还有 %(n)s 天\n", False, "other line end"),
        ],
    )
    def test_names_a_bad_translation(
        self, project: Path, translation: str, *, fuzzy: bool, fault: str
    ) -> None:
        self.complete(project)
        translate(project, "%(n)s days left", translation, fuzzy=fuzzy)

        with pytest.raises(CommandError, match=fault):
            messages(project, "--check")

    def test_names_a_block_whose_plural_is_untranslated(self, project: Path) -> None:
        module(project, 'x = ngettext("%(n)s day", "%(n)s days", n)\n')
        messages(project)

        with pytest.raises(CommandError, match="untranslated"):
            messages(project, "--check")

    def test_refuses_a_catalogue_that_extraction_would_not_write(
        self, project: Path
    ) -> None:
        self.complete(project)
        text = catalogue(project).read_text().replace("words.py", "words.py:7")
        catalogue(project).write_text(text)

        with pytest.raises(CommandError, match="not as extraction writes it"):
            messages(project, "--check")


class TestCompiling:
    def test_writes_what_gettext_reads(self, project: Path) -> None:
        module(project, 'x = _("Sign")\n')
        messages(project)
        translate(project, "Sign", "签字")

        messages(project, "--compile")

        compiled = polib.mofile(str(catalogue(project).with_suffix(".mo")))
        assert [entry.msgstr for entry in compiled] == ["签字"]
