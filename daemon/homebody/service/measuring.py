"""What is known of how fast the model in use is here, and how is it measured anew?

It is measured in a model process of its own, sealed like any other, and never beside one that is at work: each would
falsify what the other one shows.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError, NotRunningError
from homebody.model.computer import peak_of
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.loading import Loader, ModelReady
from homebody.model.measurement import Measurement
from homebody.model.memory import recall_measurement
from homebody.model.need import kv_bytes
from homebody.model.pin import sha256_of
from homebody.model.process import ModelProcess
from homebody.model.states import Happening
from homebody.paths import Home
from homebody.service.choosing import choice_of
from homebody.service.contexts import at_contexts
from homebody.service.control import Route, request
from homebody.service.daemon import Daemon
from homebody.service.lock import holder
from homebody.settings import Settings, load_settings

MEASURE_SECONDS = 90.0
"""How long may be measured for a person who asks for it; a load that others wait for takes less."""

AT_WORK = frozenset({"ready", "loading"})
"""States of a daemon's model in which another one must not be measured."""

Say = Callable[[Happening, str], None]


class BesideError(HomebodyError):
    """The running homebody has the model loaded, and two at once would falsify what both show."""

    exit_code = 75
    hint = "`homebody stop` ends it, `homebody start` starts it again afterwards."


class Progress:
    """Follows a load for a person (`model.watching.Watcher`)."""

    halted = False

    def __init__(self, say: Say) -> None:
        self._say = say
        self.process: ModelProcess | None = None

    def tell(self, happening: Happening, words: str = "") -> None:
        """Say a step."""
        self._say(happening, words or "its weights are read, and it shows that it can write")

    def began(self, process: ModelProcess) -> None:
        """Keep the process, so that it can be ended."""
        self.process = process


def measuring_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {("GET", "/v1/bench"): lambda _asked: of_daemon(daemon())}


def of_daemon(daemon: Daemon) -> dict[str, Any]:
    """Return what the loaded model was measured to do, under ``bench``; None there while none is loaded."""
    ready = daemon.model.ready
    return {"bench": None if ready is None else of_ready(daemon.settings.model_path(), ready, "daemon")}


def bench(home: Home, clock: Clock, say: Say, *, again: bool) -> dict[str, Any]:
    """Return what is known of the speed of the model in use, as `described` has it.

    It is measured now if nothing is known, or *again* if that is asked for; *say* is told how far that is. Raises
    BesideError when that would have to be done beside a model at work, and ModelError, SettingsError.
    """
    running = state_of_daemon(home)
    if running in AT_WORK and again:
        raise BesideError
    if running == "ready":
        found: dict[str, Any] | None = request(home.socket, "GET", "/v1/bench")["bench"]
        if found is not None:
            return found
    settings = load_settings(home)
    path = settings.model_path()
    info = inspect(path)
    if not again:
        sha256 = sha256_of(path)
        kept = recall_measurement(memory(home), sha256 + choice_of(settings).variant)
        if kept is not None and kept.plan:
            return described(path, info, sha256, kept, "kept")
    if running in AT_WORK:
        raise BesideError(
            "Nothing is known of this model yet, and the running homebody is just loading it.",
            hint="Ask again when it is loaded: `homebody status` says so.",
        )
    return measure(home, settings, clock, say, again=again)


def measure(home: Home, settings: Settings, clock: Clock, say: Say, *, again: bool) -> dict[str, Any]:
    """Load the model in a process of its own and return what it measured, which is kept. Raises ModelError."""
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    wishes = {"measure": MEASURE_SECONDS if again else None}
    path = settings.model_path()
    loader = Loader(
        path, clock=clock, choice=choice_of(settings), wishes=wishes, memory=memory(home), command=None
    )
    progress = Progress(say)
    try:
        process, ready = loader.load(progress)
        found = of_ready(path, ready, "measured now")
        if again:
            found["contexts"] = at_contexts(
                process, ready.context, lambda words: say(Happening.MEASURE, words)
            )
        return found
    finally:
        if progress.process is not None:
            progress.process.stop()


def state_of_daemon(home: Home) -> str | None:
    """Return how the model of the running daemon stands, "loading" for one that just starts; None for no daemon."""
    try:
        return str(request(home.socket, "GET", "/v1/status")["model"]["state"])
    except NotRunningError:
        return None if holder(home.lock) is None else "loading"


def memory(home: Home) -> Path:
    """Return the file that remembers what worked, and what was measured."""
    return home.state / "models.json"


def of_ready(path: Path, ready: ModelReady, source: str) -> dict[str, Any]:
    """Return what is known of a loaded model."""
    found = described(path, ready.info, ready.sha256, ready.measurement, source)
    if ready.fitted is not None:
        found["memory"] = {
            "reckoned": ready.fitted.need.total,
            "peak": peak_of(ready.pid) or ready.memory_bytes,
        }
    return found


def described(path: Path, info: ModelInfo, sha256: str, found: Measurement, source: str) -> dict[str, Any]:
    """Return what is known as JSON can say it; *source* says from where: "daemon", "kept" or "measured now"."""
    at = None if found.measured_at is None else found.measured_at.isoformat(timespec="seconds")
    return {
        "source": source,
        "model": {
            "path": str(path),
            "name": info.name,
            "quantization": info.quantization,
            "bytes": info.file_bytes,
            "sha256": sha256,
            "active_bytes": info.shape.active_bytes,
            "kv_bytes_per_token": kv_bytes(info, 1),
        },
        "cpu": found.cpu,
        "threads": found.threads,
        "settings": found.settings.to_dict(),
        "plan": dict(found.plan),
        "measured_at": at,
        "unmeasured": found.unmeasured,
        **tables(found.tuning),
    }


def tables(tuning: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the tables of *tuning*, empty ones for None: tokens a second by width and by chunk, the price of bets.

    A bet of so many tokens costs ``times`` what a step of one token does. Reading while others write in a common pool
    takes so many milliseconds in one step, or in two.
    """
    tuning = tuning or {}
    bets = _seconds(tuning, "bets")
    one = bets.get(1) or next(iter(bets.values()), 1.0)
    return {
        "writing": {
            layout: [
                {"runs": runs, "tokens_per_second": round(runs / took, 1)} for runs, took in found.items()
            ]
            for layout in ("lanes", "pool")
            if (found := _seconds(tuning, layout))
        },
        "reading": [
            {"tokens": count, "tokens_per_second": round(count / took, 1)}
            for count, took in _seconds(tuning, "read").items()
        ],
        "bets": [
            {"tokens": count, "milliseconds": round(took * 1000, 2), "times": round(took / one, 2)}
            for count, took in bets.items()
        ],
        "beside": [
            {"steps": steps, "milliseconds": round(took * 1000, 2)}
            for steps, took in _seconds(tuning, "beside").items()
        ],
    }


def _seconds(tuning: Mapping[str, Any], name: str) -> dict[int, float]:
    """Return one table of seconds by tokens; a damaged one is empty."""
    try:
        found = {int(key): float(took) for key, took in dict(tuning.get(name, {})).items()}
    except (TypeError, ValueError):
        return {}
    return {key: found[key] for key in sorted(found) if key > 0 and found[key] > 0}
