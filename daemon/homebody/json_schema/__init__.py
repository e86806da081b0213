"""Answers in a form that a JSON schema describes: read it, hold the model to it, look whether it held.

What is not understood is refused by name; what is understood is held by a grammar, which is narrower than the schema
where the schema has no end.
"""

from homebody.json_schema.check import complaint
from homebody.json_schema.gbnf import grammar
from homebody.json_schema.nodes import ANY_OBJECT, Schema
from homebody.json_schema.read import read_schema

__all__ = ["ANY_OBJECT", "Schema", "complaint", "grammar", "read_schema"]
