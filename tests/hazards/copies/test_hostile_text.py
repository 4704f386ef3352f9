"""Promise S21: text is literal in PDFs, and setting them reads and calls nothing."""

import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typst

from hazards.services import copies, typesetting
from tests.hazards.copies.conftest import AT, MakeSeal
from tests.pdf_text import text_of

HOSTILE = [
    '#read("/etc/passwd")',
    "$x^2$ *bold* _low_ `raw` ```typ #panic()```",
    "<img src=file:///etc/passwd>",
    "<link rel=attachment href=file:///etc/passwd>",
    "@import url(http://127.0.0.1/x.css);",
    '#import "@preview/cetz:0.2.0": *',
    '#include "/etc/hostname" // no comment /* none */',
    "= no heading\n- no list\n+ none\n/ no: term",
    "<label> @label #label ~ -- --- ... \\ \\u{41} \"q\" 'q'",
    "{{ settings.SECRET_KEY }} {% load x %} %(name)s ${jndi:x}",
    "]#panic()[ }} )) \\",
]


def bare(text: str) -> str:
    return "".join(text.split())


# S21
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_comes_out_as_it_was_written(
    sealed: MakeSeal, text: str
) -> None:
    def everywhere(content: dict[str, Any]) -> None:
        content["enterprise"]["name"] = text
        content["bureau"]["name"] = text
        content["statement"]["scope"] = text
        content["inspections"][0]["people"][0]["name"] = text
        content["hazards"][0]["description"] = text
        content["hazards"][0]["plan"]["goals"] = text
        content["checklist"][-1]["reason"] = text

    said = text_of(copies.made(sealed(changed=everywhere, statement=text)))

    # In seven places, one of which may go over to the next page.
    assert said.count(bare(text)) >= 6
    assert "root:" not in said


# S21
def test_signs_without_a_shape_are_named_and_not_obeyed(sealed: MakeSeal) -> None:
    def reversed_name(content: dict[str, Any]) -> None:
        content["enterprise"]["name"] = "甲\u202eexe.txt\u2066\u200b\u0007乙\U00020bb7"

    said = text_of(copies.made(sealed(changed=reversed_name)))

    assert "甲〔U+202E〕exe.txt〔U+2066〕〔U+200B〕〔U+0007〕乙" in said
    assert "〔U+20BB7〕" in said


# S21
@pytest.mark.parametrize("sign", ["A", "安", "é", "-"])
def test_ten_thousand_signs_without_a_break_are_all_there(
    sealed: MakeSeal, sign: str
) -> None:
    def long(content: dict[str, Any]) -> None:
        content["statement"]["scope"] = sign * 10_000

    said = text_of(copies.made(sealed(changed=long)))

    assert said.count(sign) >= 10_000


# S21
@pytest.mark.parametrize(
    "markup",
    ['#read("/etc/passwd")', '#read("../../manage.py")', '#include "/etc/hostname"'],
)
def test_even_a_template_reads_nothing_outside_its_folder(
    markup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (tmp_path / "manage.py").write_text("secret")
    (folder / "bad.typ").write_text(markup)
    monkeypatch.setattr(typesetting, "FOLDER", folder)

    with pytest.raises(typst.TypstError):
        typesetting.pdf("bad", {}, at=AT)


def test_the_templates_ask_for_no_file_but_each_other_and_evaluate_nothing() -> None:
    templates = list(typesetting.FOLDER.glob("*.typ"))
    own = {template.name for template in templates}

    assert templates
    for template in templates:
        text = template.read_text()
        found = re.findall(
            r"\b(?:read|eval|include|plugin|csv|yaml|toml|xml|cbor)\b\s*[(\"]", text
        )
        assert found == [], template
        imported = re.findall(r"\bimport\b\s*(.*)", text)
        named = re.findall(r'\bimport "([^"]*)":', text)
        assert len(imported) == len(named), template
        assert set(named) <= own - {template.name}, template


@contextmanager
def _proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A place to which every call outward would go."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    calls.append(caller.recv(200))

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)


def _set_behind(proxy: str, markup: str, folder: Path) -> str:
    """Set the markup in a process of its own that has only the proxy to go through."""
    (folder / "one.typ").write_text(markup)
    program = textwrap.dedent(
        """
        import datetime as dt, pathlib, sys
        from django.conf import settings
        settings.configure(BASE_DIR=pathlib.Path("."))
        from hazards.services import typesetting
        typesetting.FOLDER = pathlib.Path(sys.argv[1])
        at = dt.datetime(2026, 7, 6, tzinfo=dt.UTC)
        typesetting.pdf("one", {"text": sys.argv[2]}, at=at)
        """
    )
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    proxies = {n: proxy for name in names for n in (name, name.lower())}
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(folder), "\n".join(HOSTILE)],
        env={**os.environ, **proxies, "NO_PROXY": "", "no_proxy": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stderr


# S21
def test_hostile_text_opens_no_connection_which_a_package_would(
    tmp_path: Path,
) -> None:
    text = "#let values = json(bytes(sys.inputs.values))\n#values.text"
    package = '#import "@preview/cetz:0.2.0": *'

    with _proxy() as (address, calls):
        assert _set_behind(address, text, tmp_path) == ""
        assert calls == []
        assert "TypstError" in _set_behind(address, package, tmp_path)
        assert len(calls) > 0
