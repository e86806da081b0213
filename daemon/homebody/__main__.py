"""``python -m homebody`` is the command line."""

from homebody.cli.main import main

main()
