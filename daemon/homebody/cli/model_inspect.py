"""``homebody model inspect``: what is in a model's file, in words."""

import json
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, quoted, visible
from homebody.paths import Home
from homebody.quantities import rounded

ROLES = {
    "token_embd": "looks words up",
    "output": "chooses the next word",
    "attn_q": "what a word looks for",
    "attn_k": "by what it is found",
    "attn_v": "what it tells",
    "attn_qkv": "all three in one",
    "attn_output": "gathers what was told",
    "ffn_gate": "what it knows, in three parts",
    "ffn_up": "",
    "ffn_down": "",
}
BETTER = (
    "Where a role has two types, the makers gave more bits to what suffers most from fewer: the words' own matrices,"
    " what attention tells (attn_v) and what the layers add (ffn_down), most of all in the first and the last layers."
)
POOLED = {
    "mean": "the mean over its tokens",
    "first token": "those of its first token",
    "last token": "those of its last token",
}
"""What numbers an embedding model gives for a text, by how it pools."""
TOKENIZERS = {
    "llama": "pieces of words as SentencePiece cuts them",
    "gpt2": "pairs of bytes joined again and again (BPE)",
    "bert": "WordPiece",
    "t5": "unigrams",
    "rwkv": "RWKV's own",
    "gemma4": "Gemma's own",
}


@click.command(
    "inspect",
    epilog=examples("homebody model inspect", "homebody model inspect ~/models/mine.gguf --template"),
)
@click.argument("name", required=False)
@click.option("--template", "with_template", is_flag=True, help="Show the chat template, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def inspect_command(home: Home, name: str | None, *, with_template: bool, as_json: bool) -> None:
    """Say what is in the model NAME (of `homebody model list`, or a path; the one in use if none), in words.

    Only the head of the file is read, and nothing in it is trusted: of a file that is damaged, or made to do harm,
    the reason is told.
    """
    from homebody.model.portrait import portrait
    from homebody.service.shelving import named_of_any
    from homebody.settings import load_settings

    settings = load_settings(home)
    one = named_of_any(settings, name if name is not None else str(settings.model_path()))
    found = portrait(one.path).to_dict()
    if as_json:
        click.echo(json.dumps({"path": str(one.path), **found}, ensure_ascii=False))
        return
    echo_fitted(inspect_lines(found))
    if with_template and found["template"]:
        click.echo("\nIts chat template:")
        for line in quoted(found["template"]):
            click.echo(line)


def inspect_lines(found: dict[str, Any]) -> list[str]:
    """Return what is in a file, what matters first."""
    info = found["info"]
    lines = [
        visible(f"{info['name']}: a {info['architecture']} model, GGUF version {found['version']}"),
        f"  {weights_words(info)}",
        f"  {info['quantization']}: {info['quantization_words']}; really {info['bits_per_weight']} bits a weight,"
        f" {rounded(info['file_bytes'])} in all",
        f"  {context_words(found)}",
        *([f"  {pooling_words(info)}"] if info["pooling"] else []),
        *(f"  {line}" for line in memory_lines(info["shape"]) if info["reads_on"]),
        "",
        "How its weights are stored:",
        f"  {'type':<9}{'tensors':>8}{'weights':>16}{'size':>11}{'bits each':>11}",
    ]
    lines += [
        f"  {row['type']:<9}{row['tensors']:>8}{row['weights']:>16,}{rounded(row['bytes']):>11}"
        f"{row['bits_per_weight']:>11.2f}"
        for row in found["types"]
    ]
    lines += ["", "What is stored how:", *(role_line(row, info["layers"]) for row in found["roles"])]
    if any(len(row["types"]) > 1 for row in found["roles"]):
        lines.append(f"  {BETTER}")
    return [*lines, "", *text_lines(found)]


def weights_words(info: dict[str, Any]) -> str:
    """Return how many weights there are, what that means, and how they are ordered."""
    count = info["parameters"]
    billions = (
        f"{count / 1e9:.1f}B"
        if count >= 1e9
        else f"{count / 1e6:.0f}M"
        if count >= 1e7
        else f"{count / 1e6:.1f}M"
    )
    active = info["shape"]["active_bytes"]
    words = (
        f"{billions} parameters: {count:,} numbers that it learned, in {info['layers']} layers {info['width']} wide."
        f" For each word {rounded(active)} of them are read"
    )
    return words + (": of its experts only a few are asked" if active < 0.6 * info["file_bytes"] else "")


def context_words(found: dict[str, Any]) -> str:
    """Return how long a text it was made for."""
    tokens = found["info"]["context_length"]
    words = f"context: up to {tokens} tokens, some {tokens * 3 // 4} English words"
    return visible(
        words
        + (f" (stretched: {found['rope_scaling']})" if found["rope_scaling"] not in ("", "none") else "")
    )


def pooling_words(info: dict[str, Any]) -> str:
    """Return what an embedding model gives."""
    return (
        f"it writes nothing: it turns a text into {info['width']} numbers for searching,"
        f" {POOLED[info['pooling']]}"
    )


def memory_lines(shape: dict[str, Any]) -> list[str]:
    """Return how it remembers what it reads."""
    lines = []
    if shape["attending"]:
        heads = f"{shape['heads']} heads"
        if 0 < shape["key_heads"] < shape["heads"]:
            heads += f" that share {shape['key_heads']} keys (grouped: less memory)"
        size = rounded(2 * (shape["keys"] + shape["values"]))
        lines.append(f"attention: {shape['attending']} layers with {heads}; {size} of memory for each token")
    if shape["window"]:
        lines.append(f"some of them look back only {shape['window']} tokens")
    if shape["recurrent"]:
        lines.append(
            f"{shape['recurrent']} recurrent layers: {rounded(shape['state_bytes'])} for a text, however long it is"
        )
    return lines


def role_line(row: dict[str, Any], layers: int) -> str:
    """Return how the tensors of one role are stored."""
    kinds = sorted(row["types"].items(), key=lambda kind: -len(kind[1]))
    if len(kinds) == 1:
        words = kinds[0][0]
    else:
        words = "; ".join(
            f"{kind} in {len(places)} layers" + (f" ({ranges(places)})" if number else "")
            for number, (kind, places) in enumerate(kinds)
        )
    meaning = ROLES.get(row["role"], "")
    of_all = len(kinds[0][1]) if len(kinds) == 1 else 0
    some = f", in {of_all} of {layers} layers" if 0 < of_all < layers and kinds[0][1][0] >= 0 else ""
    return visible(f"  {row['role'][:24]:<16}{words}{some}" + (f": {meaning}" if meaning else ""))


def ranges(places: list[int]) -> str:
    """Return numbers as ranges: 0-3, 7, 28-31; no more than eight of them."""
    parts: list[list[int]] = []
    for place in places:
        if parts and place == parts[-1][1] + 1:
            parts[-1][1] = place
        else:
            parts.append([place, place])
    said = [str(first) if first == last else f"{first}-{last}" for first, last in parts]
    return ", ".join(said[:8]) + (", ..." if len(said) > 8 else "")


def text_lines(found: dict[str, Any]) -> list[str]:
    """Return what concerns texts: tokenizer, special tokens, template, and what the maker says."""
    from homebody.model.portrait import SPECIAL

    name = found["tokenizer"]
    pieces = found["info"]["shape"]["vocabulary"]
    lines = [visible(f"tokenizer: {TOKENIZERS.get(name, name or 'not named')}, {pieces:,} pieces")]
    special = [
        f"{one['text'] or '?'} ({one['id']}) {SPECIAL[kind]}" for kind, one in found["special"].items()
    ]
    if special:
        lines.append(visible(f"special tokens: {', '.join(special)}"))
    template = found["template"]
    if template:
        thinks = "; it speaks of thinking" if "think" in template else ""
        lines.append(f"chat template: {len(template):,} characters{thinks} (`--template` shows it)")
    elif not found["info"]["pooling"]:
        lines.append(
            "chat template: none; it may be a base model, which goes on with a text instead of answering"
        )
    lines += [visible(f"{words}: {text}") for words, text in found["said"].items()]
    if "licence" not in found["said"]:
        lines.append("licence: the file does not say; look where it came from")
    return lines
