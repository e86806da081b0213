"""The library's defaults with another setting for extra buffers, for code that offers no switch for it."""

from typing import Any

import llama_cpp.llama_cpp as native


def use_extra_buffers(wanted: bool) -> None:
    """Let every model that is loaded in this process from now on have extra buffers or not.

    `Llama` and the example server ask for the defaults by this name and do not touch this field.
    """
    defaults = native.llama_model_default_params

    def ours() -> Any:
        params = defaults()
        params.use_extra_bufts = wanted
        return params

    native.llama_model_default_params = ours
