"""Which grammar holds the whole numbers from one to another, and no others?"""


def padded(low: str, high: str) -> str:
    """Return GBNF for the numbers from *low* to *high*, all written with as many digits as those two have."""
    if len(low) == 1:
        return f"[{low}-{high}]" if low != high else f'"{low}"'
    rest = len(low) - 1
    if low[0] == high[0]:
        return f'"{low[0]}" {padded(low[1:], high[1:])}'
    ways = []
    first, last = int(low[0]), int(high[0])
    if low[1:] != "0" * rest:
        ways.append(f'"{first}" {padded(low[1:], "9" * rest)}')
        first += 1
    at_end = []
    if high[1:] != "9" * rest:
        at_end.append(f'"{last}" {padded("0" * rest, high[1:])}')
        last -= 1
    if first <= last:
        ways.append(f"[{first}-{last}] {_any(rest, rest)}")
    return "(" + " | ".join(ways + at_end) + ")"


def between(low: int, high: int) -> str:
    """Return GBNF for the whole numbers from *low* to *high*, written without needless zeros; -0 is not one."""
    ways = []
    if low < 0:
        ways.append(f'"-" {_natural(max(1, -high), -low)}')
    if high >= 0:
        ways.append(_natural(max(0, low), high))
    return "(" + " | ".join(ways) + ")"


def _natural(low: int, high: int) -> str:
    """Return GBNF for the numbers from *low* to *high*, neither of them negative."""
    if low == 0 and high >= 10:
        return f'("0" | {_natural(1, high)})'
    if len(str(low)) == len(str(high)):
        return padded(str(low), str(high))
    ways = []
    shortest, longest = len(str(low)), len(str(high))
    if low != 10 ** (shortest - 1):
        ways.append(padded(str(low), "9" * shortest))
        shortest += 1
    at_end = []
    if high != 10**longest - 1:
        at_end.append(padded(str(10 ** (longest - 1)), str(high)))
        longest -= 1
    if shortest <= longest:
        ways.append(f"[1-9] {_any(shortest - 1, longest - 1)}" if longest > 1 else "[1-9]")
    return "(" + " | ".join(ways + at_end) + ")"


def _any(least: int, most: int) -> str:
    """Return GBNF for *least* to *most* digits."""
    return f"[0-9]{{{least}}}" if least == most else f"[0-9]{{{least},{most}}}"
