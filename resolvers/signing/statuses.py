"""What the status of applications means for the resume."""

from models.signing.applications import SignApplicationStatus

LOCKED = (SignApplicationStatus.AWAITING_SIGNATURE, SignApplicationStatus.SIGNED)
"""Where the newest application stands while its resume must stay what it was decided on."""
NEEDED = (SignApplicationStatus.APPLIED, *LOCKED)
"""Where an application stands while its resume cannot be deleted."""
