"""homebody does people's text chores on their own computer, with one local model and no way to the network."""

__version__ = "0.1.0"
