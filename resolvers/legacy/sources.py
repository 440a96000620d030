"""The predecessors that can be moved in, and their kinds of rows, in the order they are moved in."""

from collections.abc import Mapping, Sequence

from resolvers.legacy.kind import Kind
from resolvers.legacy.kinds import hr, platform, recorder, sign_cloud

SOURCES: Mapping[str, Sequence[Kind]] = {
    "recorder": recorder.KINDS,
    "platform": platform.KINDS,
    "hr": hr.KINDS,
    "sign_cloud": sign_cloud.KINDS,
}
