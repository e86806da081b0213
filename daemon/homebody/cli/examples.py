"""How do the examples stand in a command's help?"""


def examples(*lines: str) -> str:
    """Return *lines*, each a whole command line, as the end of a command's help; click leaves them unwrapped."""
    return "\n".join(["\b", "Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)])
