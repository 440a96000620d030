"""The guide from the old endpoints to the graph."""

import re

from graphql import parse, validate

from rest_compat.apis import DIALECTS
from rest_compat.migration_guide import migration_guide
from schema.engine.limits import Limits, check_cost, measured
from schema.schema import build_schema
from tests.contract.rows import Row, all_rows
from tests.support.processes import ROOT

GUIDE = (ROOT / "docs" / "moving-from-rest.md").read_text(encoding="utf-8")
SCHEMA = build_schema()._schema
CALL = re.compile(r"^### ((?:GET|POST|PUT|PATCH|DELETE) .*)$", re.MULTILINE)
OPERATION = re.compile(r"^```graphql\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def section(call: str) -> str:
    """What the guide says of an old call."""
    _, _, rest = GUIDE.partition(f"\n### {call}\n")
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


def test_the_committed_guide_is_the_one_of_the_tables() -> None:
    assert migration_guide(DIALECTS) == GUIDE, "python -m cli export-migration-guide docs/moving-from-rest.md"


def test_every_documented_endpoint_has_one_section() -> None:
    sections = CALL.findall(GUIDE)

    assert len(sections) == len(set(sections))
    documented = {_call(row) for row in all_rows().values()}
    assert len(documented) == 86
    assert documented - set(sections) == set()


def _call(row: Row) -> str:
    return f"{row.method} {row.path}"


def test_every_operation_runs_for_a_client_of_the_graph() -> None:
    operations = OPERATION.findall(GUIDE)
    assert len(operations) == len(CALL.findall(GUIDE))

    for source in operations:
        document = parse(source)
        assert validate(SCHEMA, document) == []
        for operation, _ in measured(document, SCHEMA, Limits()):
            check_cost(document, operation, {}, SCHEMA, Limits(), Limits().cost)
    assert max(int(size) for size in re.findall(r"first: (\d+)", GUIDE)) == 100


def test_every_link_of_the_index_leads_to_a_section() -> None:
    # GitHub's rule: lower case, spaces to hyphens, and of the other signs only hyphens and underscores are kept.
    anchors = {re.sub(r"[^a-z0-9_\- ]", "", call.lower()).replace(" ", "-") for call in CALL.findall(GUIDE)}

    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) == anchors
    assert len(anchors) == len(CALL.findall(GUIDE))


def test_a_section_says_what_becomes_of_parameters_codes_and_replies() -> None:
    clock_ins = section("GET /api/v1/clock_in/search")
    assert "| `uid` | query | `filter.userId` | the `id` of the User |" in clock_ins
    assert "| `time_slot` | query | `filter.slot` | `上午` → `MORNING`, `下午` → `AFTERNOON`" in clock_ins
    assert "| `data.rows[].clock_in_location` | `clockIns.nodes[].location` |" in clock_ins

    login = section("POST /api/v1/user/login")
    assert "| `account` | body | `input.identifier` | text, required |" in login
    assert "| `data.token` | `signIn.token` |" in login
    assert re.search(r"\| `WRONG_CREDENTIALS` \| `\{\"code\":\d+,\"msg\":", login)

    feeds = section("GET /special_feed/page/")
    assert "For recruiters." in feeds
    assert "| `data.vip_user` | `viewer.recruiter.isVip`; `false` if that is null |" in feeds

    recommendations = section("GET /special_feed/feed_list/{feed_id}")
    pages = "integer, one more than before: pages count from 1; `1` by default"
    assert f"| `start` | query | `page` | {pages} |" in recommendations
    assert '| `captcha` | cookie | `input.captchaToken` | text; `""` by default |' in section("POST /verifycode")

    resume = section("POST /employee")
    assert "| `work_exp[].job_desc` | body | `input.resume.workExperiences[].description` | text |" in resume
