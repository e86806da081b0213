"""What the tests of the service share."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from openly import ai, model, server  # noqa: F401 - fixtures
