"""Where messengers post, and what they show; what it is served with is in `bot/channels/door.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messengers post: `public_url` leads, through whatever does HTTPS, to `port` on this machine.

    `secret` is what a messenger shows with every post: 8 to 256 letters, digits, _ and -.
    """

    public_url: str
    port: int
    secret: str

    def at(self, path: str) -> str:
        """What a messenger is told."""
        return self.public_url.rstrip("/") + path
