"""The kernel's refusal: entered once, before the first document is read, and never left."""

from homebody.seal.entry import enter
from homebody.seal.handles import handle
from homebody.seal.hygiene import close_inherited, foreign_sockets, scrub_environment, scrub_environment_here
from homebody.seal.persistence import refuse_start_up_places
from homebody.seal.policy import Policy, daemon_policy, model_policy, reader_policy
from homebody.seal.probe import Probe, ProbeResult, ProbeTargets
from homebody.seal.probes import LIMITS, PROBES, run_probes
from homebody.seal.rehearsal import rehearse
from homebody.seal.report import SealReport
from homebody.seal.status import ThreadSeal, is_sealed, seal_status
from homebody.seal.system import MACOS, Starts, System, this_system
from homebody.seal.targets import Targets
from homebody.seal.tier import Tier
from homebody.seal.unsealed import control

__all__ = [
    "LIMITS",
    "MACOS",
    "PROBES",
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
    "close_inherited",
    "control",
    "daemon_policy",
    "enter",
    "foreign_sockets",
    "handle",
    "is_sealed",
    "model_policy",
    "reader_policy",
    "refuse_start_up_places",
    "rehearse",
    "run_probes",
    "scrub_environment",
    "scrub_environment_here",
    "seal_status",
    "this_system",
]
