"""How does the loaded model answer for a test of a recipe? Nothing of it is written down, and nothing is planned here.

Whoever tests a recipe has read the document, and plans with the answers: see `homebody.house.trial`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, UsageError
from homebody.house.model import InTurn, Turns, slots_of
from homebody.house.planner import file_values
from homebody.house.trial import answer_by
from homebody.model.cancellation import Cancellation
from homebody.recipe.load import read_recipe
from homebody.service.asking import LARGEST_BODY, Attended
from homebody.service.daemon import Daemon
from homebody.service.listener import answer, refused
from homebody.service.responding import Client, Endpoint


def trial_endpoints(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Endpoint]:
    """Return what answers; *daemon* gives the daemon at the time of the request."""

    def ask(body: Mapping[str, Any], client: Client) -> None:
        cancellation = Cancellation()
        try:
            with client.waiting(cancellation.cancel):
                said = answer(lambda asked: answered(daemon(), asked, cancellation), body)
        except HomebodyError as error:  # given up, for nobody waits any more
            said = refused(error)
        client.whole(*said)

    def refusal(_status: int, words: str) -> Any:
        return {"error": words}

    return {("POST", "/v1/try"): Endpoint(respond=ask, refusal=refusal, largest=LARGEST_BODY)}


def answered(daemon: Daemon, asked: Mapping[str, Any], cancellation: Cancellation) -> dict[str, Any]:
    """Return under ``answer`` what the model answers to the ``recipe`` (its long form) about ``text``.

    What its templates know is in ``values``, as ``on_the_wire`` has it. Raises HomebodyError.
    """
    recipe = read_recipe(str(asked.get("recipe", "")))
    model = daemon.model
    if model.ready is None:
        model.start()
    mine = InTurn(Attended(model), Turns(lambda: slots_of(model.ready)), cancellation)
    values = off_the_wire(asked.get("values", {}), dict(recipe.vars))
    return {"answer": answer_by(mine, recipe, str(asked.get("text", "")), values)}


def on_the_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what templates know, as JSON has it; ``vars`` is left out, for they are in the recipe."""
    said: dict[str, Any] = {name: value for name, value in values.items() if name != "vars"}
    said["run"] = {**values["run"], "date": values["run"]["date"].isoformat()}
    if (file := values.get("file")) is not None:
        said["file"] = {"path": file["path"], "size": file["size"], "modified": file["modified"].isoformat()}
    if "documents" in values:
        said["documents"] = [{**one, "modified": one["modified"].isoformat()} for one in values["documents"]]
    return said


def off_the_wire(known: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return what templates know, of what ``on_the_wire`` made of it. Raises UsageError."""
    try:
        run = {**known["run"], "date": date.fromisoformat(known["run"]["date"])}
        values = {**known, "vars": variables, "run": run}
        if (file := known.get("file")) is not None:
            modified = datetime.fromisoformat(file["modified"])
            values["file"] = file_values(Path(file["path"]), int(file["size"]), modified)
        if "documents" in known:
            values["documents"] = [
                {**one, "modified": datetime.fromisoformat(one["modified"])} for one in known["documents"]
            ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError("What the templates know is not there as it has to be.") from error
    return values
