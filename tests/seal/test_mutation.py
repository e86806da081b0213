"""Do the expectations have teeth? Every rule, check and value is taken away once, and something must go red."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from homebody.seal.bpf import ALLOW, Rule, compile_filter, simulate
from homebody.seal.rules import DEFAULTS, rules_for
from homebody.seal.syscalls import TABLE, Machine, number
from homebody.seal.tier import Tier

PID = 4321
Surprises = Callable[[bytes, Tier, Machine], list[tuple[str, tuple[int, ...]]]]


def mutants(rules: tuple[Rule, ...]) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield the rules with one rule, one check of a rule, or one value of a check less, and what it was."""
    for at, rule in enumerate(rules):
        before, after = rules[:at], rules[at + 1 :]
        yield f"rule {at} {rule.name}", before + after
        for place, check in enumerate(rule.checks):
            fewer = rule.checks[:place] + rule.checks[place + 1 :]
            yield f"rule {at} {rule.name} check {place}", (*before, replace(rule, checks=fewer), *after)
            for value in check.values if len(check.values) > 1 else ():
                narrower = replace(check, values=tuple(kept for kept in check.values if kept != value))
                checks = (*rule.checks[:place], narrower, *rule.checks[place + 1 :])
                yield (
                    f"rule {at} {rule.name} value {value:#x}",
                    (*before, replace(rule, checks=checks), *after),
                )
            if check.wide:
                checks = (*rule.checks[:place], replace(check, wide=False), *rule.checks[place + 1 :])
                yield f"rule {at} {rule.name} half a pointer", (*before, replace(rule, checks=checks), *after)


EACH = pytest.mark.parametrize(("tier", "machine"), [(tier, machine) for tier in Tier for machine in Machine])


@EACH
def test_each_piece_of_the_filter_is_missed(tier: Tier, machine: Machine, surprises: Surprises) -> None:
    """A filter that lacks one rule, one check or one value judges some call otherwise than expected."""
    rules = tuple(rule for rule in rules_for(tier, PID) if number(rule.name, machine) is not None)
    unnoticed = [
        what
        for what, fewer in mutants(rules)
        if not surprises(compile_filter(fewer, DEFAULTS[tier], machine), tier, machine)
    ]
    assert unnoticed == []


@pytest.mark.parametrize(
    ("tier", "machine"),
    [
        pytest.param(tier, machine, marks=pytest.mark.long if machine is Machine.AARCH64 else ())
        for tier in Tier
        for machine in Machine
    ],
)
def test_each_hole_is_noticed(tier: Tier, machine: Machine, surprises: Surprises) -> None:
    """A filter that lets one more call pass, whatever its arguments, judges some call otherwise than expected."""
    rules = rules_for(tier, PID)
    whole = compile_filter(rules, DEFAULTS[tier], machine)
    unconditional = {rule.name for rule in rules if rule.verdict == ALLOW and not rule.checks}
    holes = [
        name
        for name in TABLE
        if (call := number(name, machine)) is not None
        and name not in unconditional
        and (simulate(whole, machine.audit, call) != ALLOW or any(rule.name == name for rule in rules))
    ]
    assert len(holes) > 100
    unnoticed = [
        name
        for name in holes
        if not surprises(
            compile_filter((Rule(name=name, verdict=ALLOW), *rules), DEFAULTS[tier], machine), tier, machine
        )
    ]
    assert unnoticed == []
