"""HR's quarter: people in, operations in, scores, the lead's reviews, published, PDFs out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pypdfium2
import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from kit import pdf
from tests.browser import DESK, PHONE, Visit, Visitor
from tests.cast import Cast
from tests.scoring.operations import COLUMNS, MAPPING

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(pdf.available() is not None, reason=str(pdf.available())),
]

NAMES = ["王喆", "陈玥", "李珺", "张镕", "刘洋", "赵敏", "Sam Okoro", "周婷"]
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)


def people_file(folder: Path, *, team: str = "拣货组") -> Path:
    rows = [["工号", "姓名", "班组", "岗位", "入职日期", "语言", "WMS 工牌"]]
    for n, name in enumerate(NAMES):
        language = "中文" if name[0] > "z" else "English"
        rows.append([f"P10{n}", name, team, "拣货员", "2026-01-05", language, f"W{n:03}"])
    return written(folder / "员工.csv", rows, "gb18030")


def operations_file(folder: Path) -> Path:
    """Each picks six orders a working day; W001 is quick but careless, W002 slow, W000 new."""
    rng = np.random.default_rng(3)
    rows = [COLUMNS]
    zone = ZoneInfo("Asia/Shanghai")
    days = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    number = 0
    for day in days:
        if day.weekday() >= 5:
            continue
        for worker in range(len(NAMES)):
            if worker == 0 and day < dt.date(2026, 9, 28):
                continue
            minutes = {1: 22, 2: 42}.get(worker, 30)
            for slot in range(6):
                number += 1
                start = dt.datetime.combine(day, dt.time(8 + slot), zone)
                end = start + dt.timedelta(minutes=minutes + int(rng.integers(-3, 4)))
                bad = rng.random() < {1: 0.12}.get(worker, 0.02)
                rows.append(
                    [
                        f"{20260700000000000 + number}", f"W{worker:03}", "拣",
                        f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}",
                        str(int(rng.integers(10, 15))), "", "1" if bad else "", "",
                    ]
                )  # fmt: skip
    rows.append(
        ["202607009999", "W001", "拣", "2026-13-01 09:00", "2026-07-01 09:30", "5", "", "", ""]
    )
    return written(folder / "出库明细.csv", rows, "utf-8-sig")


def written(path: Path, rows: list[list[str]], encoding: str) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def work(page: Page) -> None:
    """The worker does what waits; the page asks for it again by itself."""
    call_command("run_jobs", batch=True)
    page.reload()


def clean(visited: Visit) -> None:
    assert visited.faults() == [], visited.page.url


def main(visited: Visit) -> Locator:
    return visited.page.locator("main")


def press(visited: Visit, name: str) -> None:
    visited.page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_a_quarter(cast: Cast, visit: Visitor, tmp_path: Path) -> None:
    hr = visit("/people/import/", person=cast.hua, width=DESK)
    base = hr.page.url.split("/people")[0]
    import_people(hr, tmp_path)
    hr.page.goto(base + "/scores/operations/new/")
    import_operations(hr, tmp_path)
    hr.page.goto(base + "/scores/new-period/")
    score(hr)

    lead = visit("/scores/reviews/", person=cast.lena, width=PHONE)
    review_all(lead)

    hr.page.reload()
    hr.page.on("dialog", lambda dialog: dialog.accept())
    press(hr, "Publish")
    expect(main(hr).get_by_text("published").first).to_be_visible()
    clean(hr)
    press(hr, "Make PDFs of all")
    work(hr.page)
    with hr.page.expect_download() as download:
        main(hr).get_by_role("link", name="Scorecards as zip").click()
    check_archive(Path(download.value.path()))


def import_people(hr: Visit, folder: Path) -> None:
    hr.page.locator("[type=file]").set_input_files(people_file(folder, team="捡货组"))
    press(hr, "Check the file")
    work(hr.page)
    expect(main(hr).get_by_text("捡货组").first).to_be_visible()
    clean(hr)
    main(hr).get_by_role("link", name="Hand in another file").click()
    hr.page.locator("[type=file]").set_input_files(people_file(folder))
    press(hr, "Check the file")
    work(hr.page)
    clean(hr)
    press(hr, "Import now")
    work(hr.page)
    expect(main(hr).get_by_text("All of it is taken.")).to_be_visible()


def import_operations(hr: Visit, folder: Path) -> None:
    mapping = folder / "wms.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    clean(hr)
    hr.page.get_by_label("File", exact=True).set_input_files(operations_file(folder))
    hr.page.get_by_label("Code of the new source").fill("wms")
    hr.page.get_by_label("Mapping file").set_input_files(mapping)
    press(hr, "Check the file")
    work(hr.page)
    expect(main(hr).get_by_text("2026-13-01 09:00")).to_be_visible()
    clean(hr)
    press(hr, "Import the right rows")
    work(hr.page)
    expect(main(hr).get_by_text("These events are in the ledger.")).to_be_visible()
    clean(hr)


def score(hr: Visit) -> None:
    hr.page.get_by_label("Name").fill("2026-Q3")
    hr.page.get_by_label("First day").fill(str(FIRST))
    hr.page.get_by_label("Last day").fill(str(LAST))
    clean(hr)
    press(hr, "Open the period")
    press(hr, "Calculate")
    work(hr.page)
    expect(main(hr).get_by_role("link", name="陈玥")).to_be_visible()
    clean(hr)
    press(hr, "Start the review")


def review_all(lead: Visit) -> None:
    reviews = main(lead).locator("[aria-labelledby=waiting] li a")
    assert reviews.count() == len(NAMES)
    for n in range(len(NAMES)):
        reviews.first.click()
        if n < 2:
            clean(lead)
        main(lead).get_by_label("What went well, what to work on").fill("谈过了，按步骤扫码。")
        reason = main(lead).get_by_label("Why the result is below expectations")
        if reason.count():
            reason.fill("Slow on every kind of order, talked about it.")
        press(lead, "Save and sign")
        lead.page.goto(lead.page.url.split("/scores")[0] + "/scores/reviews/")
    clean(lead)


def check_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        documents = {name: archive.read(name) for name in names if name.endswith(".pdf")}
        index = openpyxl.load_workbook(io.BytesIO(archive.read("index.xlsx"))).active
    assert len(documents) == len(NAMES)
    assert index.max_row == len(NAMES) + 1
    text = text_of(documents["P100-王喆-2026-Q3.pdf"])
    assert "王喆" in text
    assert "数据不足" in text
    assert "Sam Okoro" in text_of(documents["P106-Sam_Okoro-2026-Q3.pdf"])


def text_of(document: bytes) -> str:
    opened = pypdfium2.PdfDocument(document)
    return "".join(page.get_textpage().get_text_bounded() for page in opened)
