"""The daemon with one rule of its filter deleted: what `homebody prove` must find. Test double of `homebody`."""

import sys

from homebody.cli.main import cli
from homebody.seal import rules

missing = sys.argv.pop(1)
assert missing in rules.DAEMON_REFUSED
rules.DAEMON_REFUSED = tuple(name for name in rules.DAEMON_REFUSED if name != missing)
cli(sys.argv[1:], prog_name="homebody")
