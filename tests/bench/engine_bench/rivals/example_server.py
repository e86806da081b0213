"""llama-cpp-python's own `examples/server/server.py`, as it stands, with the two things it has no switch for.

    python tests/bench/engine_bench/rivals/example_server.py SERVER_PY EXTRA_BUFFERS -C CONFIG

It takes no grammar but one that it makes from a JSON schema; a schema ``{"x-gbnf": TEXT}`` is TEXT here, so that all
that are compared write under the same grammar.
"""

import importlib.util
import json
import sys
from typing import Any

from settings import use_extra_buffers


def main() -> None:
    """Be that server."""
    path, extra = sys.argv[1:3]
    use_extra_buffers(extra == "1")
    spec = importlib.util.spec_from_file_location("example_server_of_llama_cpp_python", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    converter: Any = module.JsonSchemaConverter
    convert = converter.to_gbnf

    def to_gbnf(schema: str, *rest: Any) -> str:
        given: str | None = json.loads(schema).get("x-gbnf")
        return given if given is not None else convert(schema, *rest)

    converter.to_gbnf = staticmethod(to_gbnf)
    sys.argv[1:] = sys.argv[3:]
    module.main()


if __name__ == "__main__":
    main()
