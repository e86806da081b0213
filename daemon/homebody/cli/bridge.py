"""``homebody bridge``: a way over TCP to the loaded model, for programs that know no other, while a person wants it."""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.errors import AlreadyRunningError, HomebodyError, UsageError
from homebody.paths import Home
from homebody.secrets import bridge_token, forget_bridge_token
from homebody.service.bridge import USUAL_PORT, Bridge
from homebody.service.bridge_open import opened
from homebody.service.ending import end
from homebody.service.lock import Lock


@click.command(
    "bridge",
    epilog=examples("homebody bridge", "homebody bridge --show-token", "homebody bridge --stop"),
)
@click.option("--port", type=click.IntRange(0, 65535), default=USUAL_PORT, show_default=True,
              help="The port on 127.0.0.1; 0 takes any that is free.")  # fmt: skip
@click.option("--show-token", is_flag=True, help="Only print what programs need as their API key.")
@click.option(
    "--new-token", is_flag=True, help="Make another token first; the old one opens nothing any more."
)
@click.option("--stop", is_flag=True, help="Close the bridge that is open.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def bridge_command(
    home: Home, port: int, *, show_token: bool, new_token: bool, stop: bool, as_json: bool
) -> None:
    """Let programs that can speak only TCP ask the loaded model, until Ctrl+C.

    This is a process of its own, outside the seal: the daemon still opens no port. It listens on this computer's own
    address only, wants its token with every request, and passes on questions to the model, nothing else. It never
    starts by itself, and `homebody status` says as long as it is open.
    """
    if stop and (show_token or new_token):
        raise UsageError("--stop goes alone.")
    if stop:
        pid = end(home.bridge_lock)
        words = "No bridge was open." if pid is None else f"The bridge is closed (it was process {pid})."
        tell({"pid": pid, "stopped": pid is not None}, as_json=as_json, words=words)
        return
    if (there := opened(home)) is not None and (new_token or not show_token):
        raise AlreadyRunningError(
            f"A bridge is open already: process {there.pid}, {there.address}.",
            hint="`homebody bridge --stop` closes it.",
        )
    if new_token:
        forget_bridge_token(home)
    token = bridge_token(home).data.hex()
    if show_token:
        tell({"token": token}, as_json=as_json, words=token)
        return
    with crossing(home, port, token) as bridge:
        tell(
            {"pid": os.getpid(), "address": bridge.address},
            as_json=as_json,
            words=bridge_words(bridge.address),
        )
        until_the_end(bridge)


@contextlib.contextmanager
def crossing(home: Home, port: int, token: str) -> Iterator[Bridge]:
    """Yield a bridge that listens, and that others can see (`service.bridge.opened`). Raises HomebodyError."""
    lock = Lock(home.bridge_lock)
    lock.take()
    try:
        bridge = Bridge(port, home.socket, token)
    except OSError as error:
        lock.release()
        raise HomebodyError(
            f"Port {port} cannot be listened on: {error.strerror}.",
            hint="Another program has it; `--port 0` takes any that is free.",
        ) from error
    try:
        home.bridge_address.write_text(bridge.address, encoding="ascii")
        yield bridge
    finally:
        bridge.server_close()
        home.bridge_address.unlink(missing_ok=True)
        lock.release()


def until_the_end(bridge: Bridge) -> None:
    """Let the bridge serve until a signal ends it."""

    def leave(_number: int, _frame: object) -> None:
        threading.Thread(target=bridge.shutdown).start()  # it waits for the loop that the signal interrupts

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    bridge.serve_forever()


def bridge_words(address: str) -> str:
    """Return what a person who opens a bridge is told."""
    return (
        f"The bridge is open, outside the seal: programs on this computer reach the model at {address}\n"
        "They need the token as their API key: `homebody bridge --show-token`. Ctrl+C closes the bridge."
    )


def tell(said: dict[str, object], *, as_json: bool, words: str) -> None:
    """Print *said* or *words*, at once."""
    if as_json:
        click.echo(json.dumps(said))
    else:
        echo_fitted(words.split("\n"))
