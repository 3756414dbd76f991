"""How fast messages go out on one channel: one budget for all of them, worked out from moments that it is given.

Moments are seconds on any clock that only goes forward. What the messenger counts in a second is when it *sees* a
message, which lies between the beginning of a request and its answer. So a message begins only when of the thirty
before it the first was answered a whole second ago: whatever the network does in between, the messenger never sees
more than thirty in any second.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

LIMIT = 30
"""Messages that the messenger takes in any second."""
SECOND = 1.002
GAP = 1.0
"""Seconds between two messages to one chat."""
LONGEST_ANSWER_WAIT = 0.1
# A message that is late by no more than this keeps the schedule; after a longer pause it begins anew, without a burst.
SLACK = 0.1
UNTIL_ONE_ENDS = float("inf")
"""A wait whose length nobody knows: until a message that is on its way has been answered."""
PATIENCE = 3
LONGEST_PAUSE = 60.0
# So much of the quickest way there and back is taken for certain, which makes up for a messenger that is far away.
CERTAIN = 0.9
CLOSEST = 0.25


@dataclass(slots=True, eq=False)
class Ticket:
    """One message on its way: `began` when its request went out, `ended` when that was answered."""

    chat: Hashable
    paced: bool
    began: float
    ended: float | None = None


class Pace:
    """The budget of one channel. Answers go first and are not held back, but what they use is not there for notices."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._step = 1 / limit
        self._window: deque[Ticket] = deque()
        self._paced = 0
        self._next = 0.0
        self._closed_until = 0.0
        self._paused_until = 0.0
        self._failures = 0
        # The shortest way to the messenger and back so far, in seconds, and of how many.
        self._quickest, self._trips = float("inf"), 0
        self._chats: dict[Hashable, float] = {}

    def close(self, now: float, seconds: float) -> None:
        """Nothing at all goes out for so long."""
        self._closed_until = max(self._closed_until, now + seconds)

    def closed_for(self, now: float) -> float:
        """Seconds until the channel is open; 0 when it is."""
        return max(0.0, self._closed_until - now)

    def failed(self, now: float, part: float) -> None:
        """A message did not get through; after a few in a row notices pause, longer each time (`part` 0.5 to 1)."""
        self._failures += 1
        if self._failures >= PATIENCE:
            longest = min(LONGEST_PAUSE, 2.0 ** (self._failures - PATIENCE))
            self._paused_until = max(self._paused_until, now + longest * part)

    def went(self, ticket: Ticket) -> None:
        """This message got through, and has ended."""
        self._failures = 0
        if ticket.ended is not None:
            self._trips += 1
            self._quickest = min(self._quickest, ticket.ended - ticket.began)

    def wait(self, now: float) -> float:
        """Seconds until the next notice may begin, or UNTIL_ONE_ENDS; 0: now. To be asked again after waiting."""
        first = max(self._next, self._paused_until, self._closed_until)
        return first - now if first > now else self._room_in(now)

    def answer_wait(self, now: float) -> float:
        """Seconds that an answer waits: the end of one notice's turn while notices fill the second, else none."""
        if not self._paced:
            return 0.0
        return min(LONGEST_ANSWER_WAIT, self._room_in(now))

    def chat_wait(self, now: float, chat: Hashable) -> float:
        """Seconds until a notice may go to this chat, or UNTIL_ONE_ENDS; 0 when it may."""
        return max(0.0, self._chats.get(chat, 0.0) - now)

    def turn(self, now: float) -> None:
        """A turn is taken: the next comes a thirtieth of a second after this one was to come."""
        self._next = self._next + self._step if now - self._next <= SLACK else now + self._step

    def begin(self, now: float, chat: Hashable, *, paced: bool) -> Ticket:
        """A message is on its way; `paced` for those that wait for their turn."""
        self._forget(now)
        ticket = Ticket(chat, paced, now)
        self._window.append(ticket)
        self._paced += paced
        if self._paced and not paced:
            # An answer takes the turn of the next notice.
            self.turn(now)
        self._chats[chat] = UNTIL_ONE_ENDS
        return ticket

    def end(self, ticket: Ticket, now: float) -> None:
        """The messenger has answered, or it will not any more."""
        ticket.ended = now
        self._chats[ticket.chat] = now + GAP

    def _forget(self, now: float) -> None:
        window = self._window
        while window and window[0].ended is not None and window[0].ended <= now - SECOND:
            self._paced -= window.popleft().paced
        if len(self._chats) > 4 * len(window) + 1000:
            self._chats = {chat: free for chat, free in self._chats.items() if free > now}

    def _room_in(self, now: float) -> float:
        """Seconds until fewer than `limit` messages can lie within one second of the messenger's."""
        self._forget(now)
        apart = max(CLOSEST, SECOND - CERTAIN * self._quickest) if self._trips >= self._limit else SECOND
        frees = [t.ended + apart if t.ended is not None else None for t in self._window]
        near = [free for free in frees if free is None or free > now]
        if len(near) < self._limit:
            return 0.0
        known = sorted(free for free in near if free is not None)
        too_many = len(near) - self._limit
        return known[too_many] - now if too_many < len(known) else UNTIL_ONE_ENDS
