"""The kernel's refusal: entered once, before the first document is read, and never left."""

from homebody.seal.descriptors import Descriptor, own_descriptors, seen_descriptors
from homebody.seal.entry import enter
from homebody.seal.handles import handle
from homebody.seal.hygiene import (
    close_inherited,
    foreign_sockets,
    let_go_of_input,
    peer_process,
    peer_user,
    scrub_environment,
    scrub_environment_here,
)
from homebody.seal.persistence import refuse_start_up_places
from homebody.seal.policy import Policy, daemon_policy, model_policy, reader_policy
from homebody.seal.probe import Probe, ProbeResult, ProbeTargets
from homebody.seal.probes import LIMITS, PROBES, run_probes
from homebody.seal.rehearsal import rehearse, rehearse_with
from homebody.seal.report import SealReport
from homebody.seal.seccomp import fingerprint
from homebody.seal.status import ThreadSeal, is_sealed, parent_of, refuse_unsealed, seal_status
from homebody.seal.syscalls import this_machine
from homebody.seal.system import MACOS, Starts, System, this_system
from homebody.seal.targets import Targets
from homebody.seal.tier import Tier
from homebody.seal.trying import Tried
from homebody.seal.uncovered import uncovered
from homebody.seal.unsealed import control
from homebody.seal.within import Beyond, Identity, as_it_stands, beyond, identities

__all__ = [
    "LIMITS",
    "MACOS",
    "PROBES",
    "Beyond",
    "Descriptor",
    "Identity",
    "Policy",
    "Probe",
    "ProbeResult",
    "ProbeTargets",
    "SealReport",
    "Starts",
    "System",
    "Targets",
    "ThreadSeal",
    "Tier",
    "Tried",
    "as_it_stands",
    "beyond",
    "close_inherited",
    "control",
    "daemon_policy",
    "enter",
    "fingerprint",
    "foreign_sockets",
    "handle",
    "identities",
    "is_sealed",
    "let_go_of_input",
    "model_policy",
    "own_descriptors",
    "parent_of",
    "peer_process",
    "peer_user",
    "reader_policy",
    "refuse_start_up_places",
    "refuse_unsealed",
    "rehearse",
    "rehearse_with",
    "run_probes",
    "scrub_environment",
    "scrub_environment_here",
    "seal_status",
    "seen_descriptors",
    "this_machine",
    "this_system",
    "uncovered",
]
