"""Everything wired together: a repository and a manifest to findings, plans and branches."""

from ssot.pipeline.planning import plan_snapshot
from ssot.pipeline.session import Planned, Session
from ssot.pipeline.verifying import Verification

__all__ = ["Planned", "Session", "Verification", "plan_snapshot"]
