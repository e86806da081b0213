"""What probes aim at is there whole, or not at all."""

import tempfile
from pathlib import Path

import pytest

from homebody.errors import UsageError
from homebody.seal import Targets


def test_a_folder_for_temporary_files_with_too_long_a_path_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """No socket fits in it: the cure is named, and nothing is left behind."""
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pytest.raises(UsageError, match="too long a path") as told, Targets():
        pass
    assert "Set TMPDIR" in str(told.value.hint)
    assert [] == list(folder.iterdir())
