"""
Setting documents as PDF. Text reaches a template as data and never as markup; a
template sees its own folder and no other file, and loads nothing from the network.
"""

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

FOLDER: Final = settings.BASE_DIR / "templates" / "documents"


def pdf(
    template: str,
    values: Mapping[str, Any],
    *,
    at: dt.datetime,
    drawings: Mapping[str, str] | None = None,
) -> bytes:
    """
    Set a document; the same arguments give the same bytes, whenever.

    :param template: the file in templates/documents, without its suffix
    :param values: plain JSON values
    :param at: the only time that the file bears
    :param drawings: further inputs of the template by name, as they are
    :raises ValueError: if the template's name is not one
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", template):
        msg = f"{template!r} is not the name of a document's template."
        raise ValueError(msg)
    made: bytes = typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "values": json.dumps(values, ensure_ascii=False),
            **(drawings or {}),
        },
        # Where packages would be looked for: nowhere.
        package_path=FOLDER / "none",
        package_cache_path=FOLDER / "none",
        timestamp=int(at.timestamp()),
        format="pdf",
    )
    return made


@functools.cache
def _fonts() -> typst.Fonts:
    """The fonts of the wheel, read once; those of the machine are left aside."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
    )
