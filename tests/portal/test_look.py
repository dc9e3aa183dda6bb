"""The visual base: tokens that agree and can be read, components that draw what they are given."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory

STATIC = Path(finders.find("portal/tokens.css")).parent
TEMPLATES = STATIC.parent.parent / "templates"


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/list/?team=pickers&page=2")
    return Template(source).render(RequestContext(request, context))


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block))


def token_sets() -> dict[str, dict[str, str]]:
    css = (STATIC / "tokens.css").read_text()
    light = css[css.index(":root {") : css.index("}", css.index(":root {"))]
    system = css[
        css.index(':root:not([data-theme="light"])') : css.index(':root[data-theme="dark"]')
    ]
    chosen = css[css.index(':root[data-theme="dark"]') :]
    return {"light": colours(light), "system": colours(system), "dark": colours(chosen)}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Ratio by WCAG 2.2, from 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_dark_by_wish_is_dark_by_device() -> None:
    sets = token_sets()
    assert sets["dark"] == sets["system"]
    assert sets["dark"].keys() == sets["light"].keys()


TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong")
    for ground in ("paper", "sheet")
] + [
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"), ("ink-2", "sunk"), ("ink-3", "sunk"), ("bad", "sheet"),
    ("bad", "paper"), ("chart-ink", "sheet"), ("chart-muted", "sheet"),
] + [(tone, f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")] + [
    ("ink", f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")
]  # fmt: skip
SHAPES = [("line-strong", "sheet"), ("line-strong", "paper"), ("chart-ref", "sheet")] + [
    (f"chart-{n}", "sheet") for n in (1, 2, 3, 4, 5, 6, "warn")
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"), [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in SHAPES]
)
def test_colours_can_be_told_apart(theme: str, front: str, back: str, least: float) -> None:
    tokens = token_sets()[theme]
    assert contrast(tokens[f"--{front}"], tokens[f"--{back}"]) >= least


def test_every_token_that_is_used_exists() -> None:
    css = {path.name: path.read_text() for path in STATIC.glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+):", "".join(css.values())))
    for name, text in css.items():
        assert set(re.findall(r"var\((--[\w-]+)", text)) <= defined, name


def test_styles_and_scripts_are_small_as_sent() -> None:
    """Compressed, as WhiteNoise sends them: a warehouse's network is slow."""

    def sent(*paths: Path) -> int:
        return sum(len(gzip.compress(path.read_bytes())) for path in paths)

    assert sent(*STATIC.glob("*.css")) < 12_000
    assert sent(STATIC / "portal.js", STATIC.parent / "vendor/htmx/htmx.min.js") < 20_000


def test_icons_that_templates_name_exist() -> None:
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    pattern = re.compile(r'components/icon\.html" with name="([\w-]+)"')
    used = {n for path in TEMPLATES.rglob("*.html") for n in pattern.findall(path.read_text())}
    assert used
    assert used <= symbols


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_need_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=\"|<script(?![^>]*\ssrc=)", source)


class Leave(forms.Form):
    reason = forms.CharField(help_text="One line.")
    note = forms.CharField(required=False)
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Sick"), ("b", "Training")])
    sure = forms.BooleanField(label="I am sure")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        raise forms.ValidationError("Nobody is left to pick.")


def test_form_draws_each_field_with_label_help_and_errors() -> None:
    html = render(
        '{% include "components/form.html" with form=form submit="Send" cancel_url="/back/" %}',
        form=Leave({"reason": "", "kind": "c"}),
    )
    assert 'for="id_reason"' in html
    assert 'id="id_reason_helptext"' in html
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in html
    assert 'id="id_reason_error"' in html
    assert html.count("(optional)") == 1
    assert "Nobody is left to pick." in html
    assert "<legend>Kind</legend>" in html
    assert 'type="hidden" name="token"' in html
    assert 'href="/back/"' in html
    assert "Send" in html
    assert html.count("This field is required.") == 2
    assert "multipart" not in html


def test_form_with_a_file_is_multipart() -> None:
    class Upload(forms.Form):
        file = forms.FileField()

    html = render('{% include "components/form.html" with form=form %}', form=Upload())
    assert 'enctype="multipart/form-data"' in html
    assert "Save" in html


def test_pagination_keeps_the_filters() -> None:
    html = render(
        '{% include "components/pagination.html" with page=page %}',
        page=Paginator(range(30), 10).page(2),
    )
    assert "?team=pickers&amp;page=1" in html
    assert "?team=pickers&amp;page=3" in html
    assert "Page 2 of 3, 30 rows" in html


def test_one_page_needs_no_pagination() -> None:
    page = Paginator(range(5), 10).page(1)
    assert not render(
        '{% include "components/pagination.html" with page=page %}', page=page
    ).strip()


def test_figure_has_its_numbers_in_a_table() -> None:
    html = render(
        '{% include "components/figure.html" with heading=heading columns=columns rows=rows %}',
        heading="Errors",
        svg="<svg></svg>",
        columns=["Process", "Rate"],
        rows=[["Picking", "1.2"]],
    )
    assert "<svg></svg>" in html
    assert '<th scope="col">Process</th><th scope="col" class="num">Rate</th>' in html
    assert '<th scope="row">Picking</th><td class="num">1.2</td>' in html


def test_values_from_people_are_escaped() -> None:
    for component, names in {
        "page_header": "heading=x lead=x",
        "badge": "text=x",
        "empty": "heading=x text=x action_url=x action_label=x",
        "notice": "text=x tone='bad'",
        "progress": "value=1 max=2 label=x",
    }.items():
        html = render(f'{{% include "components/{component}.html" with {names} %}}', x="<b>&\"'")
        assert "<b>" not in html, component
        assert "&lt;b&gt;" in html, component


def test_page_header_shows_the_way_back() -> None:
    html = render(
        '{% include "components/page_header.html" with heading="PK-03" crumbs=crumbs %}',
        crumbs=[("Procedures", "/sop/"), ("PK-03", None)],
    )
    assert '<a href="/sop/">Procedures</a>' in html
    assert '<span aria-current="page">PK-03</span>' in html
    assert html.count("<h1>") == 1


def test_progress_is_machine_readable_whatever_the_language() -> None:
    html = render(
        '{% include "components/progress.html" with value=v max=1500 label="Rows" %}', v=1200
    )
    assert '<progress value="1200" max="1500"' in html
