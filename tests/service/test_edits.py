"""Recipes' files are edited in any order: what runs in the end is what a start would run."""

from pathlib import Path

from desk import EVERY, Desk
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from homebody import seal
from homebody.house.taking import NOTHING
from homebody.service.taking import BAD_NEWS_SECONDS, QUIET_SECONDS


class Edits(RuleBasedStateMachine):
    """A person writes, breaks, renames and removes files while the daemon looks now and then."""

    folder: Path
    count = 0
    names = Bundle("names")

    @initialize()
    def lay_out(self) -> None:
        """Begin with an empty desk."""
        Edits.count += 1
        folder = Edits.folder / str(Edits.count)
        folder.mkdir()
        self.desk = Desk(folder)

    @rule(
        target=names,
        name=st.sampled_from(["p", "q"]),
        word=st.sampled_from(["one", "two"]),
        out=st.sampled_from(["out", "out/below", "elsewhere"]),
        watch=st.sampled_from(["notes", "notes/gone"]),
    )
    def write(self, name: str, word: str, out: str, watch: str) -> str:
        """Save a recipe, within the seal or not."""
        self.desk.write(name, word, out=out, watch=watch)
        return name

    @rule(name=names, text=st.sampled_from(["", "name: p\n", "name: [", "- a list\n", "name: q\nx: y\n"]))
    def break_it(self, name: str, text: str) -> None:
        """Save something that is no recipe."""
        (self.desk.home.recipes / f"{name}.yaml").write_text(text, encoding="utf-8")

    @rule(name=names, other=st.sampled_from(["p", "q", "r"]))
    def rename(self, name: str, other: str) -> None:
        """Give a file another name."""
        path = self.desk.home.recipes / f"{name}.yaml"
        if path.exists():
            path.rename(path.with_name(f"{other}.yaml"))

    @rule(name=names)
    def remove(self, name: str) -> None:
        """Take a file away."""
        (self.desk.home.recipes / f"{name}.yaml").unlink(missing_ok=True)

    @rule(seconds=st.sampled_from([0.0, 0.1, QUIET_SECONDS, BAD_NEWS_SECONDS, EVERY]))
    def look(self, seconds: float) -> None:
        """Let the daemon look."""
        self.desk.pass_by(seconds)

    @invariant()
    def within_the_seal(self) -> None:
        """Nothing is in force that the kernel would refuse."""
        if hasattr(self, "desk"):
            for recipe in self.desk.recipes.values():
                needs = recipe.permissions()
                assert not seal.beyond(self.desk.policy, read=needs.reads, write=needs.writes)

    def teardown(self) -> None:
        """When all has lain still: what runs is what a start with the same seal would run, and last good versions."""
        if not hasattr(self, "desk"):
            return
        self.desk.taker.look()
        self.desk.pass_by(BAD_NEWS_SECONDS)
        fresh = self.desk.evaluate(NOTHING)
        now = self.desk.recipes.standing
        assert fresh.recipes == {name: now.recipes[name] for name in fresh.recipes}
        assert fresh.problems == now.problems
        for name in now.recipes.keys() - fresh.recipes.keys():
            assert now.waits[name].goes_on
            assert (self.desk.home.recipes / now.files[name]).exists()
        assert not (self.desk.notes.parent / "elsewhere").exists(), (
            "nothing is made that the seal would refuse"
        )


def test_any_order_of_edits_leaves_what_a_start_would_run(tmp_path: Path):
    """Whatever was written, broken, renamed and removed, however often the daemon looked in between."""
    Edits.folder = tmp_path
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
