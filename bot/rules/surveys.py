"""What a survey of sources finds, in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """How many sources were found how ripe within a quarter."""

    ready: int = 0
    developing: int = 0
    unlikely: int = 0

    @property
    def looked(self) -> int:
        """How many have been looked at."""
        return self.ready + self.developing + self.unlikely
