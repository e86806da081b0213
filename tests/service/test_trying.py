"""The daemon tries its folders once at a time."""

import threading
from types import SimpleNamespace

import pytest

from homebody.errors import UsageError
from homebody.service.trying import folders


def test_a_second_trial_is_refused_while_one_waits(tmp_path):
    """So that no threads pile up at a folder that does not answer; afterwards it is free again."""
    daemon = SimpleNamespace(recipes={}, home=SimpleNamespace(state=tmp_path))
    busy = threading.Lock()
    with busy, pytest.raises(UsageError, match="just now"):
        folders(daemon, busy)
    expected = {"folders": [{"folder": str(tmp_path), "purpose": "write", "problem": None}]}
    assert expected == folders(daemon, busy)
    assert not busy.locked()
