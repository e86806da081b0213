"""Who killed the model process, decided for every order of arrivals, answers and deaths."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from homebody.model.suspects import Call, Docket, remembered


def crowd(*keys: str) -> tuple[Docket, list[Call]]:
    """Return a docket in which calls of these *keys* have gone into the process 1, and the calls."""
    docket, calls = Docket(), [Call(number, key) for number, key in enumerate(keys)]
    for call in calls:
        docket = docket.arrive(call).enter(call, 1)
    return docket, calls


def test_a_death_makes_suspects_of_all_and_guilty_of_none() -> None:
    """After the first death everybody waits again in the order of arrival, and only the first may go, alone."""
    docket, calls = crowd("a", "b", "c")

    docket = docket.died(1, "SIGSEGV")

    assert (tuple(calls), {}, frozenset("abc"), {}) == (
        docket.waiting, docket.inside, docket.suspects, docket.guilty,
    )  # fmt: skip
    assert [True, False, False] == [docket.may_enter(call) for call in calls]


def test_the_second_death_alone_is_a_verdict_and_an_answer_clears() -> None:
    """The one that kills again is guilty with the words of that death; those who are answered are cleared."""
    docket, (a, b, c) = crowd("a", "b", "c")
    docket = docket.died(1, "first")

    docket = docket.enter(a, 2).leave(a, answered=True)
    docket = docket.enter(b, 2).died(2, "second")

    assert {"b": "second"} == docket.guilty
    assert frozenset("c") == docket.suspects
    assert docket.may_enter(c)
    docket = docket.leave(b, answered=False).enter(c, 3).leave(c, answered=True)
    assert frozenset() == docket.suspects


def test_the_same_death_told_by_everybody() -> None:
    """Each of those who waited tells of the death; only the first telling counts."""
    docket, _ = crowd("a", "b")
    once = docket.died(1, "first")

    assert once == once.died(1, "again")


def test_the_end_of_an_older_process_hits_nobody_in_the_next() -> None:
    """A death that is told late does not touch those who are in another process already."""
    docket, _ = crowd("a")
    late = Call(9, "late")
    docket = docket.arrive(late).enter(late, 2)

    docket = docket.died(1, "first")

    assert {late: 2} == docket.inside
    assert "late" not in docket.suspects
    assert not docket.may_enter(docket.waiting[0])


def test_a_death_that_tells_nothing() -> None:
    """A process that somebody ended makes suspects, and finds even a suspect alone not guilty."""
    docket, (a,) = crowd("a")
    for place in (1, 2, 3):
        docket = docket.died(place, "SIGTERM", telling=False)
        assert ({}, frozenset("a")) == (docket.guilty, docket.suspects)
        docket = docket.enter(a, place + 1)


def test_newcomers_wait_behind_suspects() -> None:
    """Whoever comes while suspects wait goes after them, so that nobody is passed for ever."""
    docket, (a, b) = crowd("a", "b")
    new = Call(9, "new")
    docket = docket.died(1, "first").arrive(new)

    assert not docket.may_enter(new)
    docket = docket.enter(a, 2).leave(a, answered=True).enter(b, 2)
    assert not docket.may_enter(new)
    assert docket.leave(b, answered=True).may_enter(new)


def test_what_a_former_daemon_knew() -> None:
    """Suspects of a former daemon are tried alone at once, and the guilty are no suspects."""
    docket = remembered(["a", "b"], {"b": "words"})
    a, c = Call(1, "a"), Call(2, "c")

    assert frozenset("a") == docket.suspects
    assert docket.arrive(c).enter(c, 1).arrive(a).may_enter(a) is False
    assert docket.arrive(a).may_enter(a)


@dataclass
class Client:
    """A run that asks until it gets an answer or is told that it is guilty."""

    call: Call
    ends: list[str] = field(default_factory=list)


@settings(max_examples=120, stateful_step_count=40)
class House(RuleBasedStateMachine):
    """Any number of runs, some of them poisonous, and a process that dies of those, or of nothing, at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.docket, self.clients, self.place, self.number = Docket(), {}, 0, 0
        self.hits: dict[str, int] = {}
        self.accidents = 0

    def running(self) -> list[Call]:
        """Return the calls in the process."""
        return list(self.docket.inside)

    def ready(self) -> list[Call]:
        """Return the calls that may go in."""
        return [
            call
            for call in self.docket.waiting
            if call.key not in self.docket.guilty and self.docket.may_enter(call)
        ]

    @rule(poison=st.booleans(), twin=st.booleans())
    def arrive(self, poison: bool, twin: bool) -> None:
        """A run comes, perhaps with a document that came before."""
        self.number += 1
        name = self.number - 1 if twin and self.number > 1 else self.number
        call = Call(self.number, f"{'poison' if poison else 'note'} {name}")
        self.clients[call] = Client(call)
        self.docket = self.docket.arrive(call)

    @precondition(lambda self: self.ready())
    @rule(data=st.data())
    def enter(self, data: st.DataObject) -> None:
        """One that may goes in."""
        self.docket = self.docket.enter(data.draw(st.sampled_from(self.ready())), self.place)

    @precondition(lambda self: any("note" in call.key for call in self.running()))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """A harmless one is answered."""
        call = data.draw(st.sampled_from([call for call in self.running() if "note" in call.key]))
        self.clients[call].ends.append("answer")
        self.docket = self.docket.leave(call, answered=True)

    @precondition(lambda self: any("poison" in call.key for call in self.running()))
    @rule()
    def die_of_poison(self) -> None:
        """The process dies of one of its documents, and everybody in it tells of that."""
        self.die()

    @precondition(lambda self: len(self.running()) > 1)
    @rule()
    def die_by_accident(self) -> None:
        """The process dies of nothing that is in it, while several are in it."""
        self.die()

    def die(self) -> None:
        """Let the process die."""
        for call in self.running():
            self.hits[call.key] = self.hits.get(call.key, 0) + 1
        for _ in range(2):
            self.docket = self.docket.died(self.place, "words")
        self.place += 1

    @precondition(lambda self: self.docket.guilty)
    @rule()
    def tell_the_guilty(self) -> None:
        """Those who wait with a guilty document are told so and go."""
        for call in [call for call in self.docket.waiting if call.key in self.docket.guilty]:
            self.clients[call].ends.append("guilty")
            self.docket = self.docket.leave(call, answered=False)

    @invariant()
    def only_poison_is_guilty_and_only_after_two_deaths(self) -> None:
        """Nobody harmless is found guilty, and nobody at the first death."""
        for key in self.docket.guilty:
            assert "poison" in key
            assert self.hits[key] >= 2

    @invariant()
    def a_suspect_is_alone(self) -> None:
        """While a suspect is in the process, nobody else is."""
        running = self.running()
        if any(call.key in self.docket.suspects for call in running):
            assert 1 == len(running)

    @invariant()
    def somebody_can_always_go_on(self) -> None:
        """As long as somebody waits, either somebody is in the process, or may go in, or is guilty."""
        waiting = self.docket.waiting
        if waiting:
            assert self.running() or self.ready() or any(call.key in self.docket.guilty for call in waiting)

    @invariant()
    def nobody_is_lost_or_told_twice(self) -> None:
        """Every run waits, is in the process, or has got exactly one end."""
        for call, client in self.clients.items():
            places = (call in self.docket.waiting) + (call in self.docket.inside)
            assert 1 == places + len(client.ends)

    def teardown(self) -> None:
        """From wherever things stand, going on brings everybody to the right end."""
        for _ in range(20 * len(self.clients) + 20):
            if self.docket.guilty:
                self.tell_the_guilty()
            for call in self.ready()[:1]:
                self.docket = self.docket.enter(call, self.place)
            if any("poison" in call.key for call in self.running()):
                self.die()
            for call in self.running():
                self.clients[call].ends.append("answer")
                self.docket = self.docket.leave(call, answered=True)
        for call, client in self.clients.items():
            assert client.ends == ["guilty" if "poison" in call.key else "answer"]


TestHouse = House.TestCase


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.sets(st.sampled_from("abc")))
def test_order_of_arrival_holds_after_a_death(keys: list[str], inside: set[str]) -> None:
    """Whoever was in the process and whoever waited wait together in the order in which they came."""
    docket = Docket()
    for number, key in enumerate(keys):
        docket = docket.arrive(Call(number, key))
    for call in docket.waiting:
        if call.key in inside:
            docket = docket.enter(call, 1)

    docket = docket.died(1, "words")

    assert [*range(len(keys))] == [call.number for call in docket.waiting]
