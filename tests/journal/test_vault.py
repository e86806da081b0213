"""Is what is kept there, whole, unreadable to others, and gone when it is too old?"""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import DiskFullError, HomebodyError
from homebody.journal.vault import Vault, VaultError

KEY = bytes(range(32))


def images(folder: Path) -> list[Path]:
    """Return the files in the vault."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.binary(max_size=2000))
def test_what_is_put_comes_back(vault: Vault, data: bytes) -> None:
    """Byte for byte, an empty content too."""
    assert data == vault.get(vault.put(data))


def test_the_same_content_is_kept_once(vault: Vault, tmp_path: Path) -> None:
    """And under the same name, also by the next process with the same key."""
    names = {vault.put(b"note"), vault.put(b"note"), Vault(tmp_path / "state" / "vault", KEY).put(b"note")}
    assert 1 == len(names) == len(images(tmp_path))


def test_others_can_read_neither_content_nor_name(vault: Vault, tmp_path: Path) -> None:
    """The file is 0600 in folders of 0700, has no word of the content in it, and each key names it otherwise."""
    secret = b"the wedding is off"
    name = vault.put(secret)
    (image,) = images(tmp_path)
    found = [stat.S_IMODE(path.stat().st_mode) for path in (image, image.parent, image.parent.parent)]
    assert [0o600, 0o700, 0o700] == found
    assert secret not in image.read_bytes()
    assert name != Vault(tmp_path / "other", bytes(32)).put(secret)


def test_the_same_content_is_encrypted_anew_each_time(vault: Vault, tmp_path: Path) -> None:
    """No nonce is used twice, so that nothing can be learned from two images."""
    vault.put(b"note")
    first = images(tmp_path)[0].read_bytes()
    vault.put(b"note")
    assert first != images(tmp_path)[0].read_bytes()


def test_a_lost_key_is_told_from_a_damaged_image(vault: Vault, tmp_path: Path) -> None:
    """The message says what is to blame and what it costs."""
    name = vault.put(b"note")
    with pytest.raises(VaultError, match="key is not the one") as caught:
        Vault(tmp_path / "state" / "vault", bytes(32)).get(name)
    assert "the history stays" in (caught.value.hint or "")


@pytest.mark.parametrize("keep", [0, 3, 4, 12, 15, 24, 30])
def test_a_shortened_image_is_damaged(vault: Vault, tmp_path: Path, keep: int) -> None:
    """Wherever it ends, the error is ours."""
    name = vault.put(b"note")
    (image,) = images(tmp_path)
    image.write_bytes(image.read_bytes()[:keep])
    with pytest.raises(VaultError):
        vault.get(name)


def test_a_changed_image_is_damaged(vault: Vault, tmp_path: Path) -> None:
    """Every byte of it counts, the header's too, and an image under another's name is noticed."""
    name, other = vault.put(b"note"), vault.put(b"other")
    image = next(path for path in images(tmp_path) if path.name == name)
    whole = image.read_bytes()
    for place in range(len(whole)):
        image.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(VaultError):
            vault.get(name)
    image.write_bytes(next(path for path in images(tmp_path) if path.name == other).read_bytes())
    with pytest.raises(VaultError):
        vault.get(name)


def test_an_image_that_was_damaged_is_kept_again(vault: Vault, tmp_path: Path) -> None:
    """Putting the same content once more makes it whole."""
    name = vault.put(b"note")
    images(tmp_path)[0].write_bytes(b"")
    vault.put(b"note")
    assert vault.get(name) == b"note"


def test_what_is_not_there_is_told(vault: Vault) -> None:
    """A purged image costs the undo, and says so."""
    with pytest.raises(VaultError, match="purged"):
        vault.get("0" * 40)


def aged(folder: Path, name: str, day: int) -> None:
    """Make an image as old as if it had been kept on that day."""
    moment = datetime(2026, 3, day, tzinfo=UTC).timestamp()
    os.utime(folder / "state" / "vault" / name[:2] / name, (moment, moment))


def test_purging_takes_what_is_too_old_but_what_is_in_use(vault: Vault, tmp_path: Path) -> None:
    """The age limit spares what a run under way may still ask for."""
    old, used, young = (vault.put(word) for word in (b"old", b"used", b"young"))
    for name, day in ((old, 1), (used, 1), (young, 9)):
        aged(tmp_path, name, day)
    assert 1 == vault.purge(before=datetime(2026, 3, 5, tzinfo=UTC), spare={used})
    assert [b"used", b"young"] == [vault.get(used), vault.get(young)]
    with pytest.raises(VaultError):
        vault.get(old)


def test_purging_takes_the_oldest_until_the_rest_fits(vault: Vault, tmp_path: Path) -> None:
    """The size limit is kept, and the youngest image is the last to go."""
    names = [vault.put(bytes([day]) * 1000) for day in range(1, 6)]
    for day, name in enumerate(names, start=1):
        aged(tmp_path, name, day)
    assert 3 == vault.purge(bytes_at_most=2500)
    assert vault.size() <= 2500
    assert [bytes([4]) * 1000, bytes([5]) * 1000] == [vault.get(name) for name in names[3:]]


def test_an_image_that_is_kept_again_is_young_again(vault: Vault, tmp_path: Path) -> None:
    """A purge by age must not take what the newest run needs."""
    name = vault.put(b"note")
    aged(tmp_path, name, 1)
    vault.put(b"note")
    assert 0 == vault.purge(before=datetime(2026, 3, 5, tzinfo=UTC))


def test_a_crash_leaves_nothing_but_what_a_sweep_removes(vault: Vault, tmp_path: Path) -> None:
    """An unfinished image is neither counted nor found, and the next start removes it."""
    name = vault.put(b"note")
    (tmp_path / "state" / "vault" / name[:2] / "tmp-0123").write_bytes(b"half")
    assert 1 == vault.sweep()
    assert [name] == [path.name for path in images(tmp_path)]


def test_a_full_disk_is_told_and_leaves_nothing_behind(tiny_disk: Path) -> None:
    """Before anything is changed we know that it could not be undone."""
    vault = Vault(tiny_disk / "vault", KEY)
    name = vault.put(b"note")
    with pytest.raises(DiskFullError, match="nothing was changed"):
        vault.put(os.urandom(100_000))
    assert [name] == [path.name for path in images(tiny_disk)]
    assert vault.get(name) == b"note"


def test_a_vault_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file in its place is an error of ours."""
    (tmp_path / "vault").write_bytes(b"")
    with pytest.raises(HomebodyError, match="vault cannot be written"):
        Vault(tmp_path / "vault", KEY).put(b"note")
