"""What the tests of the command line share."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "service")]  # the service's `listening` serves here, too
