"""The parts of pages: what they say, by word and shape."""

import datetime as dt
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Acting, Bureau, Enterprise, Membership, Role, User
from accounts.permissions import ALLOWED, denied
from portal.navigation import navigation
from portal.templatetags.components import BADGE_ICONS


def show(source: str, *, language: str = "en", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load components %}" + source).render(Context(context))


@dataclass
class Act:
    label: str
    at: dt.datetime
    by: object = None
    membership: object = None
    note: str = ""


class TestStatusBadge:
    @pytest.mark.parametrize("kind", BADGE_ICONS)
    def test_says_its_state_by_word_and_by_a_shape_of_its_own(self, kind: str) -> None:
        shown = show("{% status_badge kind 'Accepted' %}", kind=kind)

        assert "Accepted" in shown
        assert f"bi-{BADGE_ICONS[kind]}" in shown

    def test_no_two_states_share_a_shape(self) -> None:
        assert len(set(BADGE_ICONS.values())) == len(BADGE_ICONS)

    def test_refuses_a_state_it_does_not_know(self) -> None:
        with pytest.raises(ValueError, match="not 'green'"):
            show("{% status_badge 'green' 'Accepted' %}")

    def test_writes_a_readers_text_as_text(self) -> None:
        assert "&lt;b&gt;" in show("{% status_badge 'good' label %}", label="<b>")


class TestDecisionButton:
    BUTTON = (
        "{% decision_button decision url='/send/' label='Send' "
        "tells='Tells the principal.' revision=7 %}"
    )

    def test_posts_with_the_forgery_token_and_the_fields_given(self) -> None:
        shown = show(self.BUTTON, decision=ALLOWED, csrf_token="forged-never")

        assert '<form method="post" action="/send/">' in shown
        assert 'name="csrfmiddlewaretoken" value="forged-never"' in shown
        assert 'name="revision" value="7"' in shown

    def test_says_what_it_does_and_whom_it_tells(self) -> None:
        assert "Tells the principal." in show(self.BUTTON, decision=ALLOWED)

    def test_gives_the_reason_in_words_where_it_is_refused(self) -> None:
        shown = show(self.BUTTON, decision=denied("The quarter is not over."))

        assert "The quarter is not over." in shown
        assert 'aria-disabled="true"' in shown
        assert "<form" not in shown

    def test_ties_button_and_explanation_together(self) -> None:
        seen = _attributes(show(self.BUTTON, decision=denied("Not yet.")))

        assert seen["aria-describedby"] == seen["id"]

    def test_refuses_a_style_it_does_not_know(self) -> None:
        with pytest.raises(ValueError, match="not 'huge'"):
            show(
                "{% decision_button decision url='/' label='Go' style='huge' %}",
                decision=ALLOWED,
            )


class TestWhen:
    MOMENT = dt.datetime(2026, 9, 30, 16, 0, 59, tzinfo=dt.UTC)

    def test_shows_the_minute_in_shanghai(self) -> None:
        assert "1 Oct 2026 00:00<" in show("{% when moment %}", moment=self.MOMENT)

    def test_writes_the_day_as_chinese_readers_do(self) -> None:
        shown = show("{% when moment %}", moment=self.MOMENT, language="zh-hans")

        assert "2026年10月1日 00:00<" in shown

    def test_keeps_the_offset_for_machines(self) -> None:
        seen = _attributes(show("{% when moment %}", moment=self.MOMENT))

        moment = dt.datetime.fromisoformat(str(seen["datetime"]))
        assert moment == self.MOMENT
        assert moment.utcoffset() == dt.timedelta(hours=8)

    def test_does_not_depend_on_the_moments_own_zone(self) -> None:
        elsewhere = self.MOMENT.astimezone(ZoneInfo("America/New_York"))

        assert show("{% when m %}", m=elsewhere) == show("{% when m %}", m=self.MOMENT)

    def test_shows_a_day_without_a_time(self) -> None:
        assert ">15 Oct 2026<" in show("{% when day %}", day=dt.date(2026, 10, 15))

    def test_shows_a_dash_for_nothing(self) -> None:
        assert "—" in show("{% when moment %}", moment=None)


class TestTimeline:
    AT = dt.datetime(2026, 10, 1, 2, 30, tzinfo=dt.UTC)

    def test_names_who_acted_under_which_role_for_whom(self) -> None:
        membership = Membership(role=Role.CLERK, enterprise=Enterprise(name="Plant"))
        act = Act("Sent", self.AT, User(full_name="Li Na"), membership, "Done.")

        shown = " ".join(show("{% timeline acts %}", acts=[act]).split())

        assert "Sent" in shown
        assert "Li Na · clerk · Plant" in shown
        assert "Done." in shown

    def test_says_so_when_the_portal_itself_acted(self) -> None:
        shown = show("{% timeline acts %}", acts=[Act("Fell due", self.AT)])

        assert "the portal itself" in shown

    def test_writes_a_note_as_text(self) -> None:
        act = Act("Sent", self.AT, note="<script>1\n2")

        shown = show("{% timeline acts %}", acts=[act])

        assert "&lt;script&gt;1<br>2" in shown


class TestSmallParts:
    def test_a_page_has_one_heading_and_its_state_beside_it(self) -> None:
        shown = show(
            "{% page_header 'Report' over='2026Q3' badge_kind='good' "
            "badge_label='Accepted' %}"
        )

        assert shown.count("<h1>") == 1
        assert "2026Q3" in shown
        assert "Accepted" in shown

    def test_a_figure_leads_to_the_things_it_counts(self) -> None:
        shown = show("{% key_figure 3 'Overdue' url='/x/' note='since May' %}")

        assert '<a href="/x/">Overdue</a>' in shown
        assert "since May" in shown

    def test_an_empty_list_says_what_to_do(self) -> None:
        shown = show("{% empty_state 'Nothing yet' 'Begin.' url='/n/' label='New' %}")

        assert "Nothing yet" in shown
        assert '<a class="btn btn-secondary" href="/n/">New</a>' in shown

    def test_a_pager_offers_only_the_pages_there_are(self) -> None:
        shown = show("{% pager older='?before=5' %}")

        assert "?before=5" in shown
        assert "Newer" not in shown
        assert show("{% pager %}").strip() == ""

    def test_a_fact_without_value_is_a_dash_and_nought_is_a_value(self) -> None:
        shown = show("{% data_list pairs %}", pairs=[("Code", ""), ("Found", 0)])

        assert "<dd>—</dd>" in shown
        assert "<dd>0</dd>" in shown

    def test_the_place_for_autosave_is_announced(self) -> None:
        assert 'aria-live="polite"' in show("{% autosave_status %}")

    def test_an_unknown_icon_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="no icon named 'nothing'"):
            show("{% icon 'nothing' %}")


def acting(role: Role) -> Acting:
    membership = Membership(role=role, user=User(full_name="Li Na"))
    if role in (Role.CLERK, Role.PRINCIPAL):
        membership.enterprise = Enterprise(name="Plant")
    elif role != Role.OPERATOR:
        membership.bureau = Bureau(name="Bureau")
    return Acting(membership=membership, on=dt.date(2026, 10, 1))


class TestNavigation:
    def test_a_stranger_has_none(self) -> None:
        assert show("{% site_navigation %}", acting=None).strip() == ""

    @pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.OPERATOR])
    def test_leads_only_to_addresses_that_exist(self, role: Role) -> None:
        items = navigation(acting(role), path="/elsewhere/")

        assert all(item.url.startswith("/") for item in items)
        assert not any(item.current for item in items)

    def test_marks_where_the_reader_is(self) -> None:
        first = navigation(acting(Role.CLERK), path="/")[:1]
        for item in first:
            request = RequestFactory().get(item.url)
            shown = show(
                "{% site_navigation %}", request=request, acting=acting(Role.CLERK)
            )
            assert f'href="{item.url}" aria-current="page"' in shown


def _attributes(shown: str) -> dict[str, str | None]:
    """All attributes in the order met; a later one wins."""
    seen: dict[str, str | None] = {}

    class Reader(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            seen.update(attrs)

    Reader().feed(shown)
    return seen


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "Site (north)"), ("zh-hans", "Site（north）")]
)
def test_brackets_are_those_of_the_readers_language(language: str, shown: str) -> None:
    assert show("Site{% bracketed 'north' %}", language=language) == shown


def test_account_pages_say_two_factor_in_our_words() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Two-Factor Authentication") == "双重验证"
        assert translation.gettext("Sign Out") == "退出登录"
