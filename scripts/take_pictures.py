"""Takes the pictures of the READMEs from a running service that has the sample city: docs/pictures.

    make run                             in one terminal
    python scripts/take_pictures.py      in another; the address of the service, when it is another one

Look at them before you commit. It needs Chromium: apt-get install chromium fonts-noto-cjk
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)
WIDTH, HEIGHT = 1440, 900
SERVICE = "http://127.0.0.1:8000"

# A market beside the border of two sub-districts, as in the tour.
ASKED = "/?lon=120.6014&lat=31.31085"
# Name of the picture: address, and what is on the page when it is complete.
SHOWN = {
    "answer.png": (f"{ASKED}&lang=en", ".card .verdict"),
    "answer.zh.png": (f"{ASKED}&lang=zh", ".card .verdict"),
    "heat.png": ("/maps/heat?lang=en", ".leaflet-cells-pane canvas"),
    "heat.zh.png": ("/maps/heat?lang=zh", ".leaflet-cells-pane canvas"),
}


def main(service: str) -> None:
    """Nothing; the pictures are in docs/pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else list(ARGUMENTS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for name, (address, sign) in SHOWN.items():
            take(chromium, service + address, sign, PICTURES / name)
        chromium.close()


def take(browser: Browser, address: str, sign: str, picture: Path) -> None:
    """Nothing; the picture shows what a visitor sees first at the address."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
    page.goto(address, wait_until="networkidle")
    page.locator(sign).first.wait_for()
    page.screenshot(path=picture, animations="disabled")
    page.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or [SERVICE]))
