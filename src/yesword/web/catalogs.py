"""Words out of the code and into the catalogues: `python -m yesword.web.catalogs`.

Extracts every word that goes through gettext from the Python files and templates of `yesword`, brings the `.po` file of
each language up to date (what translators wrote stays) and compiles the `.mo` files that are committed beside them.
With `--check` it writes nothing and fails when something is missing or not up to date. Needs Babel, which only
developers have.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from yesword.web.languages import CODES
from yesword.web.paths import LOCALE_FOLDER, WEB_FOLDER

_PACKAGE: Final = WEB_FOLDER.parent
_SOURCE_LANGUAGE: Final = "en"
_KEYWORDS: Final = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_COMMENT: Final = "Translators:"
_WIDTH: Final = 110
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|\{\w+\}")
# A date in the head would make every run a change.
_UNDATED: Final = datetime(2026, 1, 1, tzinfo=UTC)

Found = tuple[int, str | tuple[str, ...], list[str], str | None]


def extract_template(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """Babel's extractor for Django templates: Django turns the template into something like Python, Babel reads that."""
    source = templatize(file.read().decode("utf-8"))
    # What is left of the markup is names at odd depths, which Python would take for blocks.
    lines = "\n".join(line.lstrip() for line in source.splitlines())
    yield from extract_python(io.BytesIO(lines.encode("utf-8")), keywords, comment_tags, options)


def extract_all(package: Path = _PACKAGE) -> Catalog:
    """A template catalogue of all words, in a stable order."""
    words = Catalog(project="Yesword", creation_date=_UNDATED, charset="utf-8", fuzzy=False)
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html")]):
        method: Any = "python" if path.suffix == ".py" else extract_template
        with path.open("rb") as file:
            for _line, message, comments, context in extract(
                method, file, keywords=_KEYWORDS, comment_tags=[_COMMENT], options={"encoding": "utf-8"}
            ):
                words.add(message, None, auto_comments=comments, context=context)
    return words


def updated(language: str, words: Catalog, folder: Path = LOCALE_FOLDER) -> Catalog:
    """The catalogue of a language with exactly today's words; words that are gone are dropped."""
    path = po_path(language, folder)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        catalog = Catalog(locale=language)
    catalog.update(words, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.fuzzy = "Yesword", "1", False
    catalog.creation_date = catalog.revision_date = _UNDATED
    catalog.header_comment = (
        "# Words of Yesword in this language. Made by `python -m yesword.web.catalogs`; translate freely."
    )
    catalog.last_translator, catalog.language_team, catalog.msgid_bugs_address = (
        "Yesword",
        language,
        "Yesword",
    )
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """Words without a translation, or with one of a plural's forms missing."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.fuzzy or not all(forms):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def wrong(catalog: Catalog) -> list[str]:
    """Translations that name other placeholders than their original."""
    found = []
    for message in catalog:
        originals = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        allowed = [set(_PLACEHOLDER.findall(original)) for original in originals]
        if message.id and any(form and set(_PLACEHOLDER.findall(form)) not in allowed for form in forms):
            found.append(originals[0])
    return found


def po_path(language: str, folder: Path = LOCALE_FOLDER) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def as_po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=_WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Bring all catalogues up to date, or only look; the exit code is 1 when a translation is missing or wrong."""
    is_check = "--check" in arguments
    words = extract_all()
    complaints = []
    for language in CODES:
        catalog = updated(language, words)
        po, mo = as_po(catalog), as_mo(catalog)
        path = po_path(language)
        if is_check:
            is_fresh = (
                path.exists() and path.read_bytes() == po and path.with_suffix(".mo").read_bytes() == mo
            )
            if not is_fresh:
                complaints.append(f"{language}: not up to date. Run python -m yesword.web.catalogs")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
        complaints += [
            f"{language}: placeholders differ in the translation of {each!r}" for each in wrong(catalog)
        ]
        if language != _SOURCE_LANGUAGE:
            complaints += [f"{language}: no translation of {each!r}" for each in missing(catalog)]
    sys.stdout.write("".join(f"{each}\n" for each in complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
