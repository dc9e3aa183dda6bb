"""Draw the demo's pictures anew: every `content/pictures/src/NAME.svg` to `.../NAME.png`.

Only needed after a change of a drawing; the PNG files are kept in the repository.
Run `python -m portal.demo.render_pictures`; needs Chromium on the path.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).parent / "content" / "pictures"
SIZE = (800, 500)


def render(source: Path, target: Path, chromium: str) -> None:
    """Rasterise one drawing to a palette PNG of SIZE pixels."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        style = "<style>*{margin:0}svg{display:block;width:800px}</style>"
        page.write_text(style + source.read_text())
        shot = Path(folder) / "shot.png"
        subprocess.run(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--hide-scrollbars", f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={shot}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        image = Image.open(shot).convert("RGB").crop((0, 0, *SIZE))
        image.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            target, optimize=True
        )


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not installed; install it to draw the pictures anew.")
    for source in sorted((PICTURES / "src").glob("*.svg")):
        render(source, PICTURES / f"{source.stem}.png", chromium)


if __name__ == "__main__":
    main()
