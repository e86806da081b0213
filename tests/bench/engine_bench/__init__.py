"""The rooms of `tests/bench/engine.py`: one for each thing that it makes, asks, measures or tells."""
