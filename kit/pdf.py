"""HTML to PDF with WeasyPrint: our Chinese font, our own files, nothing from elsewhere.

WeasyPrint needs system libraries (Pango); it is imported when first used, so that everything else
works without them. `available()` says what is missing.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import mimetypes
import multiprocessing
import os
import re
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.utils._os import safe_join
from django.utils.translation import gettext as _

from kit.fonts import covers, subset_font

logger = logging.getLogger(__name__)

APT_LINE = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# A name of our own: a font of the same name installed on the machine would win over ours.
FAMILY = "Handrail Sans"
WEIGHTS = {400: "NotoSansSC-Regular.ttf", 700: "NotoSansSC-Bold.ttf"}
FONTS = "vendor/fonts/noto-sans-sc"  # below /static/
# Where relative links of a document lead; the top-level domain .invalid never resolves.
BASE = "https://handrail.invalid/"
# What style sheets and entities may add to the characters of a document.
ALWAYS = frozenset(
    chr(code)
    for first, last in ((0x20, 0x17F), (0x2000, 0x27BF), (0x3000, 0x303F), (0xFF00, 0xFFEF))
    for code in range(first, last + 1)
)
MOST_CHARACTERS = 5000  # beyond it a grown subset starts anew
# A worker process takes about a second to start.
WORTH_PROCESSES = 12
CHUNK = 64
# WeasyPrint leaves var() in the attributes of an SVG unresolved, and paints black.
# Pango and fontconfig are not made for several threads at one configuration.
_one_at_a_time = threading.Lock()
SVG_VARIABLE = re.compile(r'\b(fill|stroke|font-family)="var\(--[\w-]+, ?([^")]+)\)"')


class NotAvailable(RuntimeError):
    """PDFs can't be made on this machine; the text names the missing packages."""


def available() -> str | None:
    """None where PDFs can be made, else what to install, in the active language."""
    try:
        _weasyprint()
    except (ImportError, OSError):
        return _("PDFs need the Pango library. On Debian and Ubuntu: %(command)s") % {
            "command": APT_LINE
        }
    return None


def render_pdf(html: str, *, stylesheets: Sequence[str] = ()) -> bytes:
    """Return the document `html` as PDF.

    `stylesheets` are paths below /static/, read once a process. Links to other files may lead to
    our own static and media files only; whatever else a document refers to is left out and
    logged. The text is set in `FAMILY` unless a style says otherwise. Raises `NotAvailable`.
    """
    if missing := available():
        raise NotAvailable(missing)
    return _render(html, tuple(stylesheets), folder=None)


def render_all(
    documents: Sequence[str], *, stylesheets: Sequence[str] = (), processes: int | None = None
) -> Iterator[bytes]:
    """Yield each of `documents` as PDF, in order, on every core (`processes` at most)."""
    if missing := available():
        raise NotAvailable(missing)
    sheets = tuple(stylesheets)
    processes = processes or os.cpu_count() or 1
    if processes == 1 or len(documents) < WORTH_PROCESSES:
        _grow(documents)
        for html in documents:
            yield _render(html, sheets, folder=None)
        return
    # Not forked: a heartbeat thread or a database connection may be open here.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_set_up) as pool:
        for at in range(0, len(documents), CHUNK):
            chunk = documents[at : at + CHUNK]
            folder = _grow(chunk)
            yield from pool.map(
                _render, chunk, [sheets] * len(chunk), [folder] * len(chunk), chunksize=2
            )


def _set_up() -> None:
    django.setup(set_prefix=False)
    _weasyprint()


@functools.cache
def _weasyprint() -> Any:
    """The library; ImportError or OSError where it can't be loaded."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        # It warns of a missing libharfbuzz-subset0, which `_subset_folder` makes up for.
        warnings.simplefilter("ignore", DeprecationWarning)
        import weasyprint
        import weasyprint.text.fonts
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    return weasyprint


def _render(html: str, stylesheets: tuple[str, ...], folder: str | None) -> bytes:
    with _one_at_a_time:
        return _render_one(html, stylesheets, folder)


def _render_one(html: str, stylesheets: tuple[str, ...], folder: str | None) -> bytes:
    weasyprint = _weasyprint()
    _warn_of_missing(html)
    faces = _faces(folder or _grow([html]))
    sheets = [faces.css, *(_stylesheet(path, _changed(path), faces) for path in stylesheets)]
    document = weasyprint.HTML(
        string=SVG_VARIABLE.sub(r'\1="\2"', html), base_url=BASE, url_fetcher=_fetcher()
    )
    pdf: bytes = document.write_pdf(stylesheets=sheets, font_config=faces.config, pdf_tags=True)
    return pdf


# --- Fonts ----------------------------------------------------------------------------------


class _Faces:
    """The font files of one folder, loaded once a process."""

    def __init__(self, folder: str) -> None:
        weasyprint = _weasyprint()
        self.config = weasyprint.text.fonts.FontConfiguration()
        rules = [
            f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; '
            f'src: url("{Path(folder, name).as_uri()}") }}'
            for weight, name in WEIGHTS.items()
        ]
        rules.append(f'html {{ font-family: "{FAMILY}", sans-serif }}')
        # Only this style sheet, which is ours, may read files by their path.
        self.css = weasyprint.CSS(string="\n".join(rules), font_config=self.config)


@functools.lru_cache(maxsize=4)
def _faces(folder: str) -> _Faces:
    return _Faces(folder)


_grown: frozenset[str] = frozenset()


def _grow(documents: Sequence[str]) -> str:
    """The folder of font files that hold the characters of `documents`.

    With libharfbuzz-subset0 that is the vendored fonts. Without it WeasyPrint cuts each font with
    fontTools for each document, four times slower: then fonts that are cut once for a whole batch
    give most of that time back.
    """
    if _weasyprint().text.ffi.harfbuzz_subset is not None:
        return str(_vendored(400).parent)
    global _grown
    wanted = frozenset().union(*documents)
    if not wanted <= _grown:
        _grown = wanted | ALWAYS | (_grown if len(_grown) < MOST_CHARACTERS else frozenset())
    return _subset_folder(_grown)


def _vendored(weight: int) -> Path:
    return _static_path(f"{FONTS}/{WEIGHTS[weight]}")


@functools.lru_cache(maxsize=8)
def _subset_folder(characters: frozenset[str]) -> str:
    folder = tempfile.mkdtemp(dir=_workshop().name)
    for weight, name in WEIGHTS.items():
        Path(folder, name).write_bytes(subset_font(_vendored(weight), characters))
    return folder


@functools.cache
def _workshop() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="handrail-fonts-")


@functools.cache
def _drawable() -> frozenset[str]:
    return covers(_vendored(400))


def _warn_of_missing(html: str) -> None:
    missing = {c for c in set(html) - _drawable() if c.isprintable() and not c.isspace()}
    if missing:
        logger.warning("The PDF's font lacks %s", " ".join(sorted(missing)))


# --- Files ----------------------------------------------------------------------------------


@functools.lru_cache(maxsize=32)
def _stylesheet(path: str, _changed: float, faces: _Faces) -> Any:
    return _weasyprint().CSS(
        url=urljoin(urljoin(BASE, settings.STATIC_URL), path),
        font_config=faces.config,
        url_fetcher=_fetcher(),
    )


def _changed(path: str) -> float:
    return _static_path(path).stat().st_mtime


def _static_path(path: str) -> Path:
    """The static file of that name, collected or not yet; FileNotFoundError if there is none."""
    if settings.STATIC_ROOT and not settings.DEBUG:
        collected = Path(safe_join(settings.STATIC_ROOT, path))
        if collected.is_file():
            return collected
    found = finders.find(path)
    if isinstance(found, str) and Path(found).is_file():
        return Path(found)
    raise FileNotFoundError(f"No static file {path}")


def open_own(url: str) -> bytes:
    """The content of `url` if it is one of our static or media files, else PermissionError."""
    address = url.split("?")[0].split("#")[0]
    readers: list[tuple[str, Callable[[str], bytes]]] = [
        (settings.STATIC_URL, _read_static),
        (settings.MEDIA_URL, _read_media),
    ]
    for prefix, read in readers:
        start = urljoin(BASE, prefix)
        if address.startswith(start):
            with contextlib.suppress(SuspiciousFileOperation, OSError):
                return read(unquote(address.removeprefix(start)))
    raise PermissionError(f"A document may not refer to {url}")


def _read_static(path: str) -> bytes:
    return _static_path(path).read_bytes()


def _read_media(path: str) -> bytes:
    with default_storage.open(path) as file:
        content: bytes = file.read()
    return content


@functools.cache
def _fetcher() -> Any:
    """What WeasyPrint asks for every file that a document refers to."""
    urls = _weasyprint().urls

    class OwnFiles(urls.URLFetcher):  # type: ignore[name-defined]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            kind = mimetypes.guess_type(url)[0] or "application/octet-stream"
            return urls.URLFetcherResponse(url, open_own(url), {"Content-Type": kind})

    return OwnFiles(allowed_protocols=("data",), allow_redirects=False)
