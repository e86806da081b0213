"""The ladder of safer settings."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.model.attempts import Settings, next_settings

ANY = st.builds(
    Settings,
    extra_buffers=st.booleans(),
    gpu_layers=st.integers(-1, 100),
    mmap=st.booleans(),
    attempt=st.integers(1, 9),
)


def test_the_ladder() -> None:
    """Extra buffers go first, then the GPU, then the mapping of the file, and then there is nothing left."""
    steps = [Settings()]
    while (step := next_settings(steps[-1])) is not None:
        steps.append(step)

    assert [(True, -1, True), (False, -1, True), (False, 0, True), (False, 0, False)] == [
        (step.extra_buffers, step.gpu_layers, step.mmap) for step in steps
    ]
    assert [1, 2, 3, 4] == [step.attempt for step in steps]


@given(ANY)
def test_every_ladder_ends(settings: Settings) -> None:
    """From any settings the ladder ends after at most three steps, and no step switches anything on."""
    for _ in range(4):
        following = next_settings(settings)
        if following is None:
            return
        assert following.extra_buffers <= settings.extra_buffers
        assert following.mmap <= settings.mmap
        assert following.gpu_layers in (settings.gpu_layers, 0)
        settings = following
    raise AssertionError("the ladder has no end")


@given(ANY)
def test_round_trip(settings: Settings) -> None:
    """Settings survive being written down."""
    assert settings == Settings.from_dict(settings.to_dict())


@given(
    st.none() | st.text() | st.dictionaries(st.sampled_from(["extra_buffers", "mmap", "attempt"]), st.text())
)
def test_anything_else_is_no_settings(values: object) -> None:
    """What is not settings is taken for none."""
    assert Settings.from_dict(values) is None
