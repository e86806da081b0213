"""Serve on a computer whose power supplies are those of a folder: the first word of the command line."""

import sys
from pathlib import Path

from homebody import power
from homebody.cli.main import main

power.SUPPLIES = Path(sys.argv[1])
sys.argv = ["homebody", *sys.argv[2:]]
main()
