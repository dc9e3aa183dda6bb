"""PDF: real glyphs on any machine, our own files only, and no harm where Pango is missing."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import subprocess
import sys
import textwrap

import numpy as np
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from kit import pdf
from kit.svg import Row, interval_dots

NOT_IN_FONT = "\ue000"  # private use: no font has it
SQUARE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
    b"<rect width='9' height='9'/></svg>"
)
PIXEL = base64.b64encode(SQUARE).decode()

needs_pango = pytest.mark.skipif(pdf.available() is not None, reason=str(pdf.available()))


def page(body, style=""):
    return f'<!doctype html><html lang="zh-hans"><title>t</title><style>{style}</style>{body}'


def raster(document, number=0):
    """One page as a grey image, 0 black to 255 white."""
    return pypdfium2.PdfDocument(document)[number].render(scale=2, grayscale=True).to_numpy()


def ink(image):
    return (255 - image.astype(int)).sum()


GLYPHS = textwrap.dedent(
    """
    import base64, json, sys
    import django
    django.setup()
    from kit.pdf import render_pdf
    if len(sys.argv) > 1:  # as on a machine without libharfbuzz-subset0
        import weasyprint.pdf.fonts, weasyprint.text.ffi
        weasyprint.pdf.fonts.harfbuzz_subset = weasyprint.text.ffi.harfbuzz_subset = None
    style = "@page { size: 60mm 60mm; margin: 5mm } body { font-size: 120px; margin: 0 }"
    out = {}
    for weight in (400, 700):
        for c in "喆玥珺镕陳王A\\ue000\\ue001":
            html = f"<html lang='zh-hans'><title>t</title><style>{style}</style>"
            html += f"<p style='margin:0;font-weight:{weight}'>{c}</p>"
            out[f"{c}{weight}"] = base64.b64encode(render_pdf(html)).decode()
    json.dump(out, sys.stdout)
    """
)


@needs_pango
@pytest.mark.parametrize(
    "missing", [[], ["harfbuzz-subset"]], ids=["all", "without harfbuzz-subset"]
)
def test_chinese_is_drawn_regular_and_bold_on_a_machine_without_any_font(tmp_path, missing):
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    environment = {"FONTCONFIG_FILE": str(config), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", GLYPHS, *missing],
        env=os.environ | environment | {"HANDRAIL_DATA_DIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    pages = {k: raster(base64.b64decode(v)) for k, v in json.loads(done.stdout).items()}
    for weight in (400, 700):
        box = pages[f"{NOT_IN_FONT}{weight}"]
        assert (box == pages[f"\ue001{weight}"]).all()
        drawn = [pages[f"{c}{weight}"] for c in "喆玥珺镕陳王A"]
        for n, image in enumerate(drawn):
            assert ink(image) > 0
            assert (image != box).any()
            assert all((image != other).any() for other in drawn[:n])
    for c in "喆玥珺镕陳王A":
        assert ink(pages[f"{c}700"]) > 1.15 * ink(pages[f"{c}400"])


@needs_pango
def test_a_chart_is_printed_in_its_colours_and_not_as_black_boxes():
    svg = interval_dots([Row("拣货 喆", 50, 40, 60, peers=[10, 90])], title="t")
    image = pypdfium2.PdfDocument(pdf.render_pdf(page(svg)))[0].render(scale=2).to_numpy()
    colours = {tuple(bgr[::-1].tolist()) for bgr in np.unique(image.reshape(-1, 3), axis=0)}
    assert (0x0D, 0x5C, 0x63) in colours
    assert (0xD8, 0xD3, 0xC5) in colours


@needs_pango
def test_the_document_is_tagged_and_names_its_language_and_title():
    document = pypdfium2.PdfDocument(pdf.render_pdf(page("<h1>王喆</h1>")))
    assert document.is_tagged()
    assert document.get_metadata_dict()["Title"] == "t"
    assert "王喆" in document[0].get_textpage().get_text_bounded()


@needs_pango
def test_our_own_static_and_media_files_are_shown(settings):
    plain = ink(raster(pdf.render_pdf(page(""))))
    name = default_storage.save("kit/dot.svg", ContentFile(SQUARE))
    for source in (
        "/static/portal/mark.svg",
        f"{settings.MEDIA_URL}{name}",
        f"data:image/svg+xml;base64,{PIXEL}",
    ):
        shown = pdf.render_pdf(page(f'<img src="{source}" alt="x" width="90" height="90">'))
        assert ink(raster(shown)) > plain, source


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x.png",
        "https://handrail.invalid.example.com/static/portal/mark.svg",
        "https://handrail.invalid/static/../portal/settings.py",
        "https://handrail.invalid/static/%2e%2e/settings.py",
        "https://handrail.invalid/static/portal/missing.svg",
        "https://handrail.invalid/media/../db.sqlite3",
        "https://handrail.invalid/media/%2e%2e/%2e%2e/etc/passwd",
        "https://handrail.invalid/media//etc/passwd",
        "https://handrail.invalid/scores/1/",
        "file:///etc/passwd",
        "ftp://example.com/x",
    ],
)
def test_no_other_file_is_opened(url):
    with pytest.raises(PermissionError):
        pdf.open_own(url)


@needs_pango
def test_a_document_that_asks_for_other_files_is_made_without_them(tmp_path, caplog):
    secret = tmp_path / "secret.svg"
    secret.write_bytes(SQUARE)
    style = f"body {{ background: url(file://{secret}) }} @import url(http://127.0.0.1:1/x.css);"
    with caplog.at_level(logging.ERROR, "weasyprint"):
        made = pdf.render_pdf(page(f'<img src="file://{secret}" alt="">', style))
    assert ink(raster(made)) == 0
    assert "may not refer to" in caplog.text
    linked = page(f'<link rel="attachment" href="file://{secret}">')
    assert b"/EmbeddedFile" not in pdf.render_pdf(linked)


@needs_pango
def test_style_sheets_are_taken_by_name_and_read_again_when_they_change(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    sheet = tmp_path / "sheet.css"
    sheet.write_text("body { background: #000 }")
    dark = ink(raster(pdf.render_pdf(page("x"), stylesheets=["sheet.css"])))
    sheet.write_text("body { background: #fff }")
    os.utime(sheet, (1, 1))
    light = ink(raster(pdf.render_pdf(page("x"), stylesheets=["sheet.css"])))
    finders.get_finder.cache_clear()
    assert dark > light * 10


@needs_pango
def test_a_missing_character_is_logged(caplog):
    pdf.render_pdf(page(f"王{NOT_IN_FONT}鿿"))
    assert "lacks 鿿" in caplog.text


@needs_pango
def test_many_documents_come_in_order_whatever_the_number_of_processes():
    documents = [page(f"第{n}页") for n in range(pdf.WORTH_PROCESSES)]
    for processes in (1, 2):
        made = list(pdf.render_all(documents, processes=processes))
        found = [pypdfium2.PdfDocument(d)[0].get_textpage().get_text_bounded() for d in made]
        assert found == [f"第{n}页" for n in range(pdf.WORTH_PROCESSES)]


@pytest.fixture
def no_pango(monkeypatch):
    def refuse():
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "_weasyprint", refuse)


def test_without_pango_the_package_line_is_given(no_pango):
    line = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert line in pdf.available()
    with pytest.raises(pdf.NotAvailable, match=line):
        pdf.render_pdf(page("x"))
    with pytest.raises(pdf.NotAvailable, match=line):
        list(pdf.render_all([page("x")]))
    said = io.StringIO()
    call_command("check_pdf", stderr=said)
    assert line in said.getvalue()


def test_the_site_starts_where_the_libraries_cannot_be_loaded(tmp_path):
    script = textwrap.dedent(
        """
        import cffi
        def dlopen(self, name, *args):
            raise OSError(f"cannot load library {name!r}")
        cffi.FFI.dlopen = dlopen
        import django
        django.setup()
        import portal.urls
        from django.core.management import call_command
        call_command("check_pdf")
        """
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "portal.settings", "HANDRAIL_DATA_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert pdf.APT_LINE in done.stderr
    assert done.stdout == ""
