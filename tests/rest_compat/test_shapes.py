"""Shapes of lists: which templates have one, and that nothing else looks at the entries."""

from dataclasses import replace
from typing import Any

import pytest

from rest_compat import instants
from rest_compat.endpoint import Outcome
from rest_compat.reply import Constant, Each, Object, Or, Via
from rest_compat.shapes import shapes_of
from rest_compat.work_progress import failures
from rest_compat.work_progress.endpoints.attendance import ENDPOINTS
from schema.engine.shapes import At, Format, Under
from schema.engine.shapes import Or as ShapedOr

ROW = {
    "id": "databaseId",
    "uid": "user.databaseId",
    "at": Via(instants.seconds, "clockedInAt"),
    "user": Object("user", {"account": Or("account", "")}),
}
SHAPE = {
    "id": At("databaseId"),
    "uid": At("user.databaseId"),
    "at": At("clockedInAt", Format.SECONDS),
    "user": Under("user", {"account": ShapedOr(At("account"), "")}),
}
(SEARCH,) = (endpoint for endpoint in ENDPOINTS if endpoint.path.endswith("/search"))
LIST = Each("clockIns.nodes", ROW)


@pytest.mark.parametrize(
    ("reply", "shapes"),
    [
        ({"rows": LIST, "total": "clockIns.totalCount", "page": "$.page", "kind": Constant(1)}, {"clockIns": SHAPE}),
        ({"rows": LIST, "first": "clockIns.nodes.0"}, {}),
        ({"rows": LIST, "count": Via(len, "clockIns.nodes")}, {}),
        ({"rows": LIST, "all": Via(len, "clockIns")}, {}),
        ({"rows": LIST, "any": Via(len)}, {}),
        ({"rows": LIST, "again": Each("clockIns.nodes", {"id": "databaseId"})}, {}),
        ({"rows": LIST, "below": {"again": LIST}}, {}),
        ({"rows": Each("clockIns.nodes", {"id": Via(str, "databaseId")})}, {}),
        ({"rows": Each("clockIns.nodes", {"id": ""})}, {}),
        ({"rows": Each("clockIns.edges", ROW)}, {}),
        (LIST, {}),
    ],
)
def test_a_list_has_a_shape_that_only_its_template_looks_at(reply: Any, shapes: Any) -> None:
    assert shapes_of(replace(SEARCH, reply=reply)) == shapes


def test_a_list_that_decides_something_has_none() -> None:
    """Outcomes and what stands beside the data look at the result as it was selected."""
    reply = {"rows": LIST}
    assert shapes_of(replace(SEARCH, reply=reply, meta="clockIns")) == {}
    assert shapes_of(replace(SEARCH, reply=reply, outcomes=(Outcome("clockIns.nodes", failures.INTERNAL),))) == {}
