"""The browser's modules of a room, which its page and the door before it load ahead."""

from pathlib import Path

from django.conf import settings

EMBED_NEEDS = ["admitting", "clock", "embed", "fullscreen", "memory", "page", "panels", "reach", "shortcuts", "socket"]
OF_EMBEDS = {"embed.js", "frame.js"}
FOUND = sorted(path.name for path in Path(settings.BASE_DIR, "static/js/room").glob("*.js"))
ROOM_MODULES = [f"js/room/{name}" for name in FOUND if name not in OF_EMBEDS]
EMBED_MODULES = [f"js/room/{name}.js" for name in EMBED_NEEDS]
