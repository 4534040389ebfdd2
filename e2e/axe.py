"""Whether a page is usable by everybody, as far as a machine can tell: axe-core, WCAG 2.0 to 2.2 A and AA."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands now; the debugger runs it, so that the strict policy holds."""
    page.evaluate(SOURCE)
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)
    return [f"{rule['id']}: {node['target']}" for rule in found["violations"] for node in rule["nodes"]]


def is_for_everybody(page: Page) -> None:
    """No barriers, and nothing to scroll sideways."""
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
