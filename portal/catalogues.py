"""
The words of the pages and their translations, without gettext's tools: extraction
from code and templates (Babel, Django's own `templatize`), and the `.po` catalogues
(polib).
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

CODE: Final = ("accounts", "hazards", "portal")
TEMPLATES: Final = ("templates",)
SKIPPED: Final = frozenset({"migrations", "stack"})
COMMENT: Final = "Translators"
# Function name: which argument is the message, its plural, its context ("c").
KEYWORDS: Final = {
    name + lazy: arguments
    for name, arguments in {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for lazy in ("", "_lazy")
} | {"gettext_noop": None}
PLACEHOLDER: Final = re.compile(
    r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrs]|%[dsr]|\{\w*\}"
)
METADATA: Final = {
    "Project-Id-Version": "portal",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
# Chinese counts everything with one form.
PLURALS: Final = {"zh_Hans": "nplurals=1; plural=0;"}

# What names a message in a catalogue: its context, if any, and its text.
Key = tuple[str | None, str]


@dataclass
class Message:
    """One text that a reader may see, and the files in which it stands."""

    text: str
    context: str | None = None
    plural: str = ""
    files: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """What names it in a catalogue."""
        return self.context, self.text


def extracted(root: Path) -> dict[Key, Message]:
    """Every message of the code and the templates under the root."""
    found: dict[Key, Message] = {}
    for path in _sources(root):
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        if path.suffix != ".py":
            source = _as_python(source, name)
        for message in _messages(source):
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            kept.comments |= message.comments
            kept.files.add(name)
    return found


def _sources(root: Path) -> Iterator[Path]:
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            if not SKIPPED & set(path.relative_to(root).parts):
                yield path
    for folder in TEMPLATES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".html", ".txt"):
                yield path


def _as_python(source: str, name: str) -> str:
    """A template's messages as calls, line by line, without its indentation."""
    return "\n".join(
        line.lstrip() for line in templatize(source, origin=name).splitlines()
    )


def _messages(source: str) -> Iterator[Message]:
    found = extract(
        "python",
        io.BytesIO(source.encode()),
        keywords=KEYWORDS,
        comment_tags=(COMMENT,),
        strip_comment_tags=False,
    )
    for _line, text, comments, context in found:
        singular, plural = text if isinstance(text, tuple) else (text, "")
        # The empty text is the catalogue's own header.
        if singular:
            yield Message(singular, context, plural, comments=set(comments))


def updated(
    old: polib.POFile, found: dict[Key, Message], *, locale: str
) -> polib.POFile:
    """
    A catalogue of exactly what was found, sorted by text, with the translations that
    the old one has. No line numbers and no dates, so that it changes only with words.
    """
    known: dict[Key, polib.POEntry] = {
        (entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete
    }
    new = polib.POFile(wrapwidth=78)
    new.metadata = METADATA | {"Language": locale}
    if locale in PLURALS:
        new.metadata["Plural-Forms"] = PLURALS[locale]
    for message in sorted(found.values(), key=lambda m: (m.text, m.context or "")):
        new.append(_entry(message, known.get(message.key)))
    return new


def _entry(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context,
        occurrences=[(name, "") for name in sorted(message.files)],
        comment="\n".join(sorted(message.comments)),
    )
    if PLACEHOLDER.search(message.text + message.plural):
        brace = not re.search(r"%[(dsr]", message.text + message.plural)
        entry.flags.append("python-brace-format" if brace else "python-format")
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    translation = old.msgstr or old.msgstr_plural.get(0, "") if old else ""
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: translation}
    else:
        entry.msgstr = translation
    if old:
        entry.tcomment = old.tcomment
    return entry


def faults(catalogue: polib.POFile, found: dict[Key, Message]) -> list[str]:
    """What keeps a catalogue from being complete, one sentence a message."""
    entries = {(e.msgctxt, e.msgid): e for e in catalogue if not e.obsolete}
    return [
        *(f"missing: {key[1]!r}" for key in sorted_keys(found.keys() - entries.keys())),
        *(f"unused: {key[1]!r}" for key in sorted_keys(entries.keys() - found.keys())),
        *(f"unused: {entry.msgid!r}" for entry in catalogue.obsolete_entries()),
        *(fault for entry in entries.values() for fault in _faults_of(entry)),
    ]


def sorted_keys(keys: Iterable[Key]) -> Sequence[Key]:
    """Keys by text."""
    return sorted(keys, key=lambda key: (key[1], key[0] or ""))


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    translations = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(translations):
        yield f"untranslated: {entry.msgid!r}"
        return
    asked = placeholders(entry.msgid_plural or entry.msgid)
    for translation in translations:
        if placeholders(translation) != asked:
            yield f"other placeholders: {entry.msgid!r} → {translation!r}"
        if entry.msgid.endswith("\n") != translation.endswith("\n"):
            yield f"other line end: {entry.msgid!r}"


def placeholders(text: str) -> set[str]:
    """The places in a text that are filled in later."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))
