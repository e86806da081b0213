"""What the tests of the command line share."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
