"""What browser tests pass around: replies of the tiny server, and visits to a page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tiny server says to a GET of one path."""

    content: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """A page being looked at, every address it asked for, and everything that went wrong on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        """The hosts asked, without what is inside the page (data:) or the file itself (file:)."""
        return {urlsplit(url).netloc for url in self.requests if urlsplit(url).scheme not in ("data", "file", "blob")}

    def screenshot(self, name: str) -> None:
        """Nothing; the page's picture is in build/screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


Open = Callable[..., Visit]
Serve = Callable[..., str]
