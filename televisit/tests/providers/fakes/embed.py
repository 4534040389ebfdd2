"""The classic OpenTok embed: a page."""

from televisit.providers.embed import OpenTokEmbed

from .server import FakeService, NoEntry, Refusal, route


class FakeEmbed(FakeService):
    provider = OpenTokEmbed
    credentials = {"embed_id": "0f2a-4b"}
    has_calls = lists_rooms = False

    @route("GET", "/embed/embed/ot-embed.js")
    def page(self, call):
        if call.query.get("embedId") != self.credentials["embed_id"] or not call.query.get("room"):
            raise Refusal(404)
        return "<!doctype html><html lang=en><title>OpenTok</title><p>The room of the embed</p>"

    def admit(self, entry, room):
        raise NoEntry("nobody is asked anything")
