"""What the tests of triggers share."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
