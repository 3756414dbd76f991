"""One budget a channel, on a clock of the test's own: never over thirty in any second as the messenger sees it."""

import heapq
import random
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pace import LONGEST_ANSWER_WAIT, UNTIL_ONE_ENDS, Pace, Ticket
from tests.fakes.telegram_tally import busiest


@dataclass
class Wire:
    """A messenger at the end of a line: each message is seen somewhere on its way there and back, both in seconds."""

    pace: Pace = field(default_factory=Pace)
    now: float = 1000.0
    seen: list[float] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    down: bool = False
    _back: list[tuple[float, int, Ticket]] = field(default_factory=list)

    def send(self, chat: object, there: float, back: float, *, paced: bool = True) -> None:
        ticket = self.pace.begin(self.now, chat, paced=paced)
        if paced:
            self.pace.turn(self.now)
            self.began.append(self.now)
        self.seen.append(self.now + there)
        heapq.heappush(self._back, (self.now + there + back, len(self.seen), ticket))

    def passes(self, until: float) -> None:
        """Time goes on; answers come in meanwhile."""
        while self._back and self._back[0][0] <= until:
            at, _, ticket = heapq.heappop(self._back)
            self.pace.end(ticket, at)
            if self.down:
                self.pace.failed(at, 0.75)
            else:
                self.pace.went(ticket)
        self.now = until

    def turn(self) -> None:
        """Waits until a notice may go."""
        while wait := self.pace.wait(self.now):
            self.passes(self._back[0][0] if wait == UNTIL_ONE_ENDS else self.now + wait)


WAYS = st.floats(0.0, 0.4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WAYS, WAYS, st.floats(0.0, 0.02)), min_size=100, max_size=300))
def test_the_messenger_never_sees_more_than_thirty_in_any_second(trips: list[tuple[float, float, float]]) -> None:
    wire = Wire()
    # Once the way is as short as it can be; all others take longer by what the network likes.
    for number, (there, back, late) in enumerate([(0.0, 0.0, 0.0), *trips]):
        wire.turn()
        wire.passes(wire.now + late)
        wire.send(number, 0.05 + there, 0.05 + back)
    assert busiest(sorted(wire.seen)) <= 30


def test_twenty_nine_go_out_every_second() -> None:
    wire, chance = Wire(), random.Random(1)
    for number in range(3000):
        wire.turn()
        wire.passes(wire.now + chance.uniform(0.0, 0.004))
        wire.send(number, chance.uniform(0.001, 0.01), chance.uniform(0.001, 0.01))
    assert 2999 / (wire.seen[-1] - wire.seen[0]) >= 29.0
    assert busiest(sorted(wire.seen)) <= 30


def test_a_far_messenger_does_not_slow_them_down() -> None:
    wire = Wire()
    for number in range(900):
        wire.turn()
        wire.send(number, 0.1, 0.1)
    assert 899 / (wire.seen[-1] - wire.seen[0]) >= 28.0


def test_after_a_pause_they_come_evenly_and_not_all_at_once() -> None:
    wire = Wire()
    for number in range(40):
        wire.turn()
        wire.send(number, 0.001, 0.001)
    wire.pace.close(wire.now, 7.5)
    closed = wire.now
    for number in range(40, 80):
        wire.turn()
        wire.send(number, 0.001, 0.001)
    after = wire.began[40:]
    assert after[0] >= closed + 7.5
    assert min(later - earlier for earlier, later in pairwise(after)) > 0.03


def test_one_chat_gets_one_a_second() -> None:
    wire = Wire()
    wire.send("lan", 0.1, 0.1)
    assert wire.pace.chat_wait(wire.now, "lan") == UNTIL_ONE_ENDS
    wire.passes(wire.now + 0.2)
    assert 0.99 < wire.pace.chat_wait(wire.now, "lan") <= 1.0
    assert wire.pace.chat_wait(wire.now, "hoa") == 0
    wire.passes(wire.now + 1.0)
    assert wire.pace.chat_wait(wire.now, "lan") == 0


def test_answers_are_not_held_back_where_no_notices_go_out() -> None:
    wire = Wire()
    for number in range(200):
        assert wire.pace.answer_wait(wire.now) == 0
        wire.send(number, 0.01, 0.01, paced=False)
        wire.passes(wire.now + 0.001)


def test_answers_take_the_place_of_notices_and_wait_a_turn_at_most() -> None:
    wire, answers = Wire(), 0
    for number in range(300):
        wire.turn()
        wire.send(number, 0.002, 0.002)
        if number % 6 == 0:
            wait = wire.pace.answer_wait(wire.now)
            assert wait <= LONGEST_ANSWER_WAIT
            wire.passes(wire.now + wait)
            wire.send(f"answer {number}", 0.002, 0.002, paced=False)
            answers += 1
    assert busiest(sorted(wire.seen)) <= 30
    assert (300 + answers) / (wire.seen[-1] - wire.seen[0]) >= 28.5


def test_a_line_that_is_down_is_not_tried_thirty_times_a_second() -> None:
    wire, tries = Wire(down=True), 0
    while wire.now < 1060.0:
        wire.turn()
        wire.send(tries, 0.001, 0.001)
        wire.passes(wire.now + 0.002)
        tries += 1
    assert tries < 15
    wire.passes(wire.now + 60)
    assert wire.pace.wait(wire.now) == 0
