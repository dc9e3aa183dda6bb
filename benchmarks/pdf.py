"""What one PDF costs, and what keeping fonts and cutting them beforehand saves.

    python benchmarks/pdf.py [--documents 20]

All in one run, so that the ratios count. The document has Chinese text, bold, and charts.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEBUG", "1")

NAMES = ["王喆", "陈玥", "李珺", "张镕", "刘洋", "赵敏", "孙悦", "周婷", "吴磊", "郑凯"]


def documents(count: int) -> list[str]:
    from kit.svg import Point, Row, interval_dots, trend

    rows = [Row(f"环节{n}", 90 + n, 80 + n, 104 + n, peers=range(70, 130, 3)) for n in range(6)]
    points = [Point(f"{n}周", 90 + n, 85 + n, 99 + n) for n in range(13)]
    charts = interval_dots(rows, title="得分") + trend(points, title="走势")
    words = "核对订单号与面单一致，逐件扫描，封箱前复核数量。" * 25
    return [
        f'<html lang="zh-hans"><title>{NAMES[n % 10]}</title><h1>{NAMES[n % 10]}的评分卡</h1>'
        f"{charts}<p><b>{words[:80]}</b></p><p>{words}</p><p>编号 {chr(0x5000 + n)}</p>"
        for n in range(count)
    ]


def each(count: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / count


@contextmanager
def no_harfbuzz_subset() -> Iterator[None]:
    import weasyprint.pdf.fonts as fonts
    import weasyprint.text.ffi as ffi

    kept = ffi.harfbuzz_subset
    fonts.harfbuzz_subset = ffi.harfbuzz_subset = None
    yield
    fonts.harfbuzz_subset = ffi.harfbuzz_subset = kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=20)
    count = parser.parse_args().documents
    import django

    django.setup()
    from kit import pdf

    made = documents(count)
    pdf.render_pdf(made[0])

    def one_by_one() -> None:
        for html in made:
            pdf.render_pdf(html)

    def with_fonts_read_anew() -> None:
        for html in made:
            pdf._faces.cache_clear()
            pdf.render_pdf(html)

    first = each(count, one_by_one)
    results = {
        "fonts kept": first,
        "fonts read for each": each(count, with_fonts_read_anew),
        "every core": each(count, lambda: list(pdf.render_all(made))),
    }
    with no_harfbuzz_subset():
        batch = each(count, lambda: list(pdf.render_all(made, processes=1)))
        results["no harfbuzz-subset, cut for the batch"] = batch
        grow, pdf._grow = pdf._grow, lambda _documents: str(pdf._vendored(400).parent)
        results["no harfbuzz-subset, whole font"] = each(count, one_by_one)
        pdf._grow = grow
    for name, took in results.items():
        print(f"  {name:<40}{took * 1000:7.0f} ms {took / first:7.1f} x")


if __name__ == "__main__":
    main()
