"""Which open-weight models, that a person can fetch, fit this computer?"""

from pathlib import Path
from typing import Any

import yaml

from homebody.model import fit
from homebody.paths import Home
from homebody.service.shelving import here, shelf_here
from homebody.settings import load_settings

LIST = Path(fit.__file__).with_name("suggested.yaml")

BESIDE = 1.15
"""A model takes about so many times its weights, beside ROOM: keys and values, buffers."""
ROOM = 600_000_000


def suggested(home: Home) -> dict[str, Any]:
    """Return the list with its date: what each takes, whether that fits, how fast it would be, how it is fetched."""
    data = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    settings = load_settings(home)
    place = here(home, settings.threads)
    most = place.memory.usable - fit.kept_free(place.memory)
    there = {one.path.name.casefold() for one in shelf_here(settings).found if one.info is not None}
    rows = []
    for one in data["models"]:
        size = round(float(one["weights"]) * one["bits"] / 8)
        need = round(size * BESIDE) + ROOM
        rows.append(
            {
                "name": one["name"],
                "words": one["words"],
                "for": one.get("for", "chores"),
                "repository": one["repository"],
                "file": one["file"],
                "about_bytes": size,
                "need_bytes": need,
                "fits": need <= most,
                "tokens_per_second": round(
                    place.weights_a_second / (float(one["active"]) * one["bits"] / 8), 1
                ),
                "command": f"hf download {one['repository']} {one['file']}",
                "here": one["file"].casefold() in there,
            }
        )
    return {"as_of": str(data["as_of"]), "usable": place.memory.usable, "models": rows}
