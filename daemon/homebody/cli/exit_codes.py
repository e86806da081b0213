"""What does the command line end with? The table that the help shows, and that a test holds to be true."""

EXIT_CODES: dict[int, str] = {
    0: "It was done, or there was nothing to do.",
    1: "It was not done, or `doctor` or `demo` found something wrong.",
    2: "The command line itself is not understood.",
    3: "`prove`: something got out.",
    4: "`prove`: it could not be shown whole.",
    64: "What was asked for does not make sense.",
    65: "A recipe has a mistake.",
    69: "Nobody to ask: homebody, its model or the service manager.",
    73: "Another homebody serves this state folder already.",
    74: "The journal, the vault or its key cannot be used.",
    75: "Not as things are now; the message says what would help.",
    77: "The seal could not be put on.",
    78: "The settings cannot be used as they are written.",
}
"""Each exit code, with what it means; those from 64 on are sysexits.h's."""
