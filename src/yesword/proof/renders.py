"""Pages as everybody was shown them: published under their own digest, and pictured by a browser where there is one.

A picture is made when a page is published, so that nobody has to believe later how it looked. Chromium is optional:
without it the page alone is kept, which says the same to whoever opens it. Evidence of one person is in `proof.evidence`.
"""

import html as markup
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Final

from yesword.domain import composing
from yesword.domain.errors import YeswordError
from yesword.domain.evidence import EvidenceKind
from yesword.domain.evidence.media import MediaError, MediaType, accept
from yesword.domain.programs import Program, UnknownLanguageError
from yesword.store import shown_pages
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest

# A telephone and a desk, in CSS pixels: width → height.
WINDOWS: Final[Mapping[int, int]] = MappingProxyType({390: 844, 1280: 900})
TIMEOUT_S: Final = 20.0
_LINES_OF_ONE_COLOUR: Final = 3  # the first one, those that repeat it, and one more way to write that
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

# What it shows is in the page itself: it runs nothing, fetches nothing and leaves nothing behind.
_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",  # the discard port: addresses in numbers need no resolver
    "--proxy-bypass-list=<-loopback>",
)
# What the outer page forbids, its frame inherits: the page is drawn as it is, and can neither run nor load anything. An
# attribute `sandbox` would add nothing, and puts the frame into a process of its own, which is often pictured too early.
_FRAME: Final = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'\"><style>html,body{{margin:0;overflow:hidden}}"
    'iframe{{border:0;display:block;width:100vw;height:100vh}}</style><iframe srcdoc="{page}"></iframe>'
)


class NoChromiumError(YeswordError):
    """There is no Chromium on the PATH (looked for: {names}), so no picture is made; the page itself is kept. Install it and run `yesword evidence render`."""

    code = "render_without_chromium"


class RenderError(YeswordError):
    """Chromium made no picture of the page: {reason}. The page itself is kept; `yesword evidence render` tries again."""

    code = "render_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A page of one wording, as it was published."""

    language: str
    page: str  # digest
    pictures: Mapping[int, str]  # width → digest; those that there are
    trouble: YeswordError | None = None  # why there are not all of them


def publish_program(
    store: Store, program: Program, at: datetime, *, with_pictures: bool = True
) -> tuple[Shown, ...]:
    """Publish the wording of this version in each of its languages, as a page. Doing it again adds nothing."""
    return tuple(
        _published(store, program, language, at, with_pictures=with_pictures)
        for language in program.languages
    )


def shown(store: Store, program: Program, language: str) -> Shown | None:
    """What was published of this version in a language, if it was. Raises UnknownLanguageError."""
    page = shown_pages.digest_of(page_of_program(program, language).encode())
    with store.database.read() as session:
        if shown_pages.read(session, page) is None:
            return None
        return Shown(language=language, page=page, pictures=_pictures(session, page))


def page_of_program(program: Program, language: str) -> str:
    """The wording with program, brand and language, as a page that needs nothing else. Raises UnknownLanguageError."""
    if language not in program.languages:
        known = ", ".join(program.languages)
        raise UnknownLanguageError(program=program.key, language=language, known=known)
    wording = composing.disclosure(program, language)
    values = {
        "language": language,
        "brand": program.brand_name,
        "program": program.name,
        "wording": wording,
        "key": program.key,
        "version": str(program.version),
        "digest": disclosure_digest(wording),
    }
    template = (resources.files(__package__) / "wording.html").read_text(encoding="utf-8")
    return Template(template).substitute({name: markup.escape(value) for name, value in values.items()})


def _published(store: Store, program: Program, language: str, at: datetime, *, with_pictures: bool) -> Shown:
    page = page_of_program(program, language)
    with store.database.write() as session:
        digest = shown_pages.publish_page(session, program.brand, page, at)
        known = _pictures(session, digest)
    trouble: YeswordError | None = None
    if with_pictures and known.keys() != WINDOWS.keys():
        try:
            made = render(page)  # takes seconds: nobody waits for it with a lock
        except (NoChromiumError, RenderError) as error:
            trouble = error
        else:
            with store.database.write() as session:
                for width, png in made.items():
                    if width not in known:
                        shown_pages.add_picture(session, program.brand, digest, width, png, at)
                known = _pictures(session, digest)
    return Shown(language=language, page=digest, pictures=known, trouble=trouble)


def _pictures(session: Session, page: str) -> Mapping[int, str]:
    """The oldest of each width."""
    found: dict[int, str] = {}
    for each in shown_pages.pictures(session, page):
        if each.width is not None:
            found.setdefault(each.width, each.digest)
    return found


# --- the browser ---------------------------------------------------------------------------------------------


def chromium() -> str:
    """Where it is. Raises NoChromiumError."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoChromiumError(names=", ".join(_NAMES))
    return found


def render(html: str, *, timeout_s: float = TIMEOUT_S) -> dict[int, bytes]:
    """Pictures (PNG) of what a page shows first, on a telephone and on a desk: width → picture.

    `timeout_s` is for each of them. Raises NoChromiumError, RenderError.
    """
    program = chromium()
    with tempfile.TemporaryDirectory(prefix="yesword-render-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = folder / "page.html"
        page.write_text(_FRAME.format(page=markup.escape(html)), encoding="utf-8")
        return {width: _picture(program, folder, page, width, timeout_s) for width in WINDOWS}


def _picture(program: str, folder: Path, page: Path, width: int, timeout_s: float) -> bytes:
    picture, height = folder / f"{width}.png", WINDOWS[width]
    command = [
        program,
        *_FLAGS,
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # it does not start as root with its sandbox
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},{height}",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    _run(command, folder, timeout_s)
    try:
        data = picture.read_bytes()
    except FileNotFoundError as error:
        raise RenderError(reason="it ended without one") from error
    try:
        accept(data, MediaType.PNG.value, EvidenceKind.PAGE_RENDER)
    except MediaError as error:
        raise RenderError(reason=error.message) from error
    size = struct.unpack(">II", data[16:24])
    if size != (width, height):
        raise RenderError(reason=f"it is {size[0]} by {size[1]} instead of {width} by {height}")
    if _is_blank(data, height):
        raise RenderError(reason="it shows nothing")
    return data


def _is_blank(png: bytes, height: int) -> bool:
    """Whether all of it is of one colour: then its lines differ by how they are written, and by nothing else."""
    found, place = b"", 8
    while place < len(png):
        length, name = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        if name == b"IDAT":
            found += png[place + 8 : place + 8 + length]
        place += 12 + length
    lines = zlib.decompress(found)
    step = len(lines) // height
    return len({lines[start : start + step] for start in range(0, len(lines), step)}) <= _LINES_OF_ONE_COLOUR


def _run(command: list[str], folder: Path, timeout_s: float) -> None:
    """In a group of its own, so that all its processes end with it."""
    process = subprocess.Popen(  # noqa: S603 - a program from the PATH, with our own arguments
        command,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout_s)
    except BaseException as error:
        # It has not been waited for, so its id is still its own, and that of the group.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise RenderError(reason=f"it took longer than {timeout_s:g} seconds") from error
        raise
    if code:
        raise RenderError(reason=f"it ended with code {code}")
