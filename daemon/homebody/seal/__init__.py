"""The kernel's refusal: entered once, before the first document is read, and never left."""

from homebody.seal.entry import SealReport, enter
from homebody.seal.handles import handle
from homebody.seal.hygiene import close_inherited, foreign_sockets, scrub_environment, scrub_environment_here
from homebody.seal.persistence import refuse_start_up_places
from homebody.seal.policy import Policy, daemon_policy, model_policy, reader_policy
from homebody.seal.probe import Probe, ProbeResult, ProbeTargets
from homebody.seal.probes import LIMITS, PROBES, run_probes
from homebody.seal.rehearsal import rehearse, rehearse_with
from homebody.seal.status import ThreadSeal, seal_status
from homebody.seal.targets import Targets
from homebody.seal.tier import Tier
from homebody.seal.trying import Tried
from homebody.seal.uncovered import uncovered
from homebody.seal.unsealed import control

__all__ = [
    "LIMITS",
    "PROBES",
    "Policy",
    "Probe",
    "ProbeResult",
    "ProbeTargets",
    "SealReport",
    "Targets",
    "ThreadSeal",
    "Tier",
    "Tried",
    "close_inherited",
    "control",
    "daemon_policy",
    "enter",
    "foreign_sockets",
    "handle",
    "model_policy",
    "reader_policy",
    "refuse_start_up_places",
    "rehearse",
    "rehearse_with",
    "run_probes",
    "scrub_environment",
    "scrub_environment_here",
    "seal_status",
    "uncovered",
]
