"""What static/ and templates/ promise: small pages, files that exist, and nothing that our policy forbids."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template.loader import render_to_string

from clinic.templatetags.portal import STATUS_LOOKS

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle="),
    "style element": re.compile(r"<style"),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+="),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "htmx code": re.compile(r"hx-on|hx-vals=.js:|hx-trigger=\"[^\"]*\["),
    "data image": re.compile(r"src=.data:"),
    "other site": re.compile(r"(?:src|href)=.(?:https?:)?//"),
}


def templates() -> list[Path]:
    """Those of pages; mail programs know no policy of ours."""
    return sorted(path for path in TEMPLATES.rglob("*.html") if not {"mail", "email"} & set(path.parts))


def compressed_kb(*files: Path) -> float:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1000


def with_imports(module: Path) -> Iterator[Path]:
    yield module
    for name in re.findall(r'import[^"]*"(\./[^"]+)"', module.read_text()):
        yield from with_imports(module.parent / name)


@pytest.mark.parametrize("own", ["room", "device-check", "doctor"])
def test_the_styles_of_a_page_weigh_10_kb_at_most(own):
    assert compressed_kb(*(STATIC / f"css/{name}.css" for name in ("tokens", "portal", own))) <= 10


def test_a_page_has_one_style_of_its_own_at_most():
    owned = re.compile(r"css/(?!tokens|portal)[\w-]+\.css")

    assert {len(owned.findall(page.read_text())) for page in templates()} == {0, 1}


def test_the_scripts_of_a_page_weigh_25_kb_at_most():
    (htmx,) = STATIC.glob("vendor/htmx/*/htmx.min.js")

    assert compressed_kb(htmx, *with_imports(STATIC / "js/portal.js")) <= 25


def test_the_scripts_of_the_room_weigh_60_kb_at_most():
    (htmx,) = STATIC.glob("vendor/htmx/*/htmx.min.js")
    modules = {*with_imports(STATIC / "js/portal.js"), *with_imports(STATIC / "js/room/room.js")}

    assert compressed_kb(htmx, *modules) <= 60


def test_the_fonts_weigh_55_kb_at_most():
    assert sum(font.stat().st_size for font in STATIC.rglob("*.woff2")) <= 55_000


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_that_the_policy_forbids(template):
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(template.read_text())]

    assert found == []


def test_every_icon_that_is_named_exists():
    drawn = set(re.findall(r'id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text()))
    text = "\n".join(template.read_text() for template in templates())
    named = set(re.findall(r'{% icon "([^"]+)"', text)) | set(re.findall(r'{% badge "[^"]*" "([^"]+)"', text))

    assert (named | {icon for _kind, icon in STATUS_LOOKS.values()}) - drawn == set()


def test_colours_come_from_the_tokens():
    assert re.findall(r"#[0-9a-fA-F]{6}\b", (STATIC / "css/portal.css").read_text()) == []


def test_both_ways_to_the_dark_theme_say_the_same():
    tokens = (STATIC / "css/tokens.css").read_text()
    blocks = re.findall(r'(?:not\(\[data-theme="light"\]\)|\[data-theme="dark"\]) {(.*?)}', tokens, re.DOTALL)

    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_files_are_collected_under_hashed_names_and_refer_to_each_other_by_them(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "clinic.staticfiles.PortalStaticFilesStorage"}}

    call_command("collectstatic", interactive=False, verbosity=0)

    script = (tmp_path / staticfiles_storage.stored_name("js/portal.js")).read_text()
    font = "vendor/atkinson-hyperlegible-next/5.3.0/latin.woff2"
    style = (tmp_path / staticfiles_storage.stored_name("css/portal.css")).read_text()
    assert Path(staticfiles_storage.stored_name("js/zone.js")).name in script
    assert Path(staticfiles_storage.stored_name(font)).name in style


def test_a_file_is_sent_whole_once(client, settings):
    settings.DEBUG = True

    first = client.get("/static/icons.svg")
    again = client.get("/static/icons.svg", headers={"If-Modified-Since": first["Last-Modified"]})

    assert not first.streaming
    assert first.content == (STATIC / "icons.svg").read_bytes()
    assert first["Content-Type"] == "image/svg+xml"
    assert (again.status_code, again.content) == (304, b"")


def test_the_500_page_needs_nothing_from_the_request():
    assert "Something went wrong" in render_to_string("500.html")
