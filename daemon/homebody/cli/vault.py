"""``homebody vault``: what is kept so that things can be undone, and how it is thrown away."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.errors import HomebodyError, NotRunningError, UsageError
from homebody.house.purge import in_days
from homebody.journal.images import images_in
from homebody.paths import Home
from homebody.quantities import ago, parse_duration, rounded, say_size
from homebody.secrets import IN_KEYRING, read_file
from homebody.service.control import request


@click.group("vault", epilog=examples("homebody vault"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def vault_command(ctx: click.Context, *, as_json: bool) -> None:
    """Show what the vault keeps so that runs can be undone: how much, how old, the limits, and its key's place.

    The limits stand in the settings: `vault: {keep: 30d, size: 1 GB}`.
    """
    if ctx.invoked_subcommand is not None:
        return
    found = vault_facts(ctx.obj)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(vault_lines(found, datetime.now(UTC)))


def vault_facts(home: Home) -> dict[str, Any]:
    """Return what is known of the vault, read from its folder, whether a daemon runs or not."""
    from homebody.settings import load_settings  # takes longer to load than all else

    limits = load_settings(home).vault
    images = images_in(home.vault)
    return {
        "folder": str(home.vault),
        "images": len(images),
        "bytes": sum(image.size for image in images),
        "oldest": images[0].kept_at.isoformat() if images else None,
        "keep_seconds": limits.keep.total_seconds(),
        "limit_bytes": limits.size,
        "key": key_place(home),
        "key_file": str(home.key),
    }


def key_place(home: Home) -> str:
    """Return where the vault's key lies: ``keyring``, ``file``, ``none`` before the first start, or ``unreadable``."""
    try:
        kept = read_file(home.key)
    except HomebodyError:
        return "unreadable"
    if kept is None:
        return "none"
    return "keyring" if kept.startswith(IN_KEYRING) else "file"


def vault_lines(found: dict[str, Any], now: datetime) -> list[str]:
    """Return *found* in words."""
    keys = {
        "keyring": "in this computer's keyring",
        "file": f"in a file that only you can read: {found['key_file']}",
        "none": "there is none yet; the first start makes it",
        "unreadable": f"in {found['key_file']}, which cannot be used; `homebody serve` says why",
    }
    lines = [
        f"the vault in {found['folder']} keeps {found['images']} old contents: {rounded(found['bytes'])}"
    ]
    if found["oldest"]:
        oldest = datetime.fromisoformat(found["oldest"])
        lines.append(f"the oldest is from {oldest.astimezone():%Y-%m-%d %H:%M} ({ago(now - oldest)})")
    keep = in_days(timedelta(seconds=found["keep_seconds"]))
    lines.append(f"limits: kept for {keep}, at most {say_size(found['limit_bytes'])}; purged once a day")
    lines.append(f"its key: {keys[found['key']]}")
    return lines


@vault_command.command("purge", epilog=examples("homebody vault purge --older-than 7d --dry-run"))
@click.option("--older-than", metavar="TIME", help="Throw away what is older, as in 7d.")
@click.option("--all", "everything", is_flag=True, help="Throw everything away that no run needs just now.")
@click.option("--dry-run", is_flag=True, help="Only say what would be thrown away.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def purge_command(
    home: Home, older_than: str | None, *, everything: bool, dry_run: bool, as_json: bool
) -> None:
    """Throw old contents away now; without an option, what is beyond the limits. It cannot be taken back.

    Runs whose old contents go can no longer be undone; the history stays. What an unfinished run needs stays.
    """
    if everything and older_than is not None:
        raise UsageError("`--older-than` and `--all` exclude each other: take one of them.")
    asked: dict[str, Any] = {"all": everything, "dry_run": dry_run, "older_than_seconds": None}
    if older_than is not None:
        try:
            asked["older_than_seconds"] = parse_duration(older_than).total_seconds()
        except ValueError as error:
            raise UsageError(f"`--older-than` {error}.") from error
    try:
        purged = request(home.socket, "POST", "/v1/vault/purge", asked)
    except NotRunningError:
        from homebody.service.vaulting import purge_alone  # takes longer to load than the daemon to answer

        purged = purge_alone(home, asked)
    if as_json:
        click.echo(json.dumps(purged))
        return
    click.echo(purged_words(purged, dry=dry_run))
    if purged["spared"]:
        click.echo(f"{purged['spared']} stay: a run that is not over needs them.")


def purged_words(purged: dict[str, Any], *, dry: bool) -> str:
    """Return what went, or would go."""
    words = "Would throw away" if dry else "Threw away"
    return f"{words} {purged['images']} old contents: {rounded(purged['size'])}."
