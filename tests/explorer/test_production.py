"""The explorer and `/schema.graphql` of a production server, which shows its schema to administrators."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from models.settings import Environment, Settings
from resolvers.identity.imports import NewUser, add_administrator, import_users
from resolvers.scope import Scope, Services
from resolvers.startup import prepare
from server import create_app
from tests.support.browser import running_browser
from tests.support.clients import Clock, Product, running
from tests.support.keys import PRODUCTION_KEY
from tests.support.serving import served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference

ADMINISTRATOR, PASSWORD = "2098000001", "first of all 2098"
STUDENT, INITIAL, CHANGED = "2098000002", "000002", "of my own 2098"
SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"""
CHANGE = """mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }"""


@pytest.fixture
async def production(migrated: None, settings: Settings) -> AsyncIterator[Product]:
    """A server with an administrator, and a student who has not signed in yet."""
    update = {"environment": Environment.PRODUCTION, "secret_key": PRODUCTION_KEY}
    strict = Settings.model_validate({**settings.model_dump(), **update})
    services = Services.from_settings(strict)
    await prepare(services, strict)
    scope = Scope(services, now=services.clock())
    async with scope.begin():
        await add_administrator(scope, account=ADMINISTRATOR, name="管理员", password=PASSWORD)
        await import_users(scope, users=[NewUser(STUDENT, "张三")])
    await services.close()
    async with running(create_app(strict), Clock(), strict.database_url) as started:
        yield started


async def token_of(product: Product, account: str, password: str) -> str:
    data = await product.data(SIGN_IN, {"input": {"identifier": account, "password": password}})
    return str(data["signIn"]["token"])


async def test_the_schema_is_for_administrators(production: Product) -> None:
    async def refused(authorization: str | None, **more: str) -> tuple[int, str, str]:
        headers = more if authorization is None else {"Authorization": authorization, **more}
        reply = await production.http.get("/schema.graphql", headers=headers)
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers.get("www-authenticate") == ("Bearer" if reply.status_code == 401 else None)
        (error,) = reply.json()["errors"]
        return reply.status_code, error["extensions"]["code"], error["message"]

    assert await refused(None) == (
        401,
        "UNAUTHENTICATED",
        "Sign in first: this needs an Authorization header with a bearer token.",
    )
    assert await refused("Bearer no") == (401, "UNAUTHENTICATED", "The token is not valid.")
    confined = f"Bearer {await token_of(production, STUDENT, INITIAL)}"
    assert (await refused(confined))[:2] == (403, "PASSWORD_CHANGE_REQUIRED")
    change = {"input": {"oldPassword": INITIAL, "newPassword": CHANGED}}
    reply = await production.http.post(
        "/graphql", json={"query": CHANGE, "variables": change}, headers={"Authorization": confined}
    )
    assert reply.json()["data"]["changePassword"]["errors"] == []
    assert await refused(confined) == (
        403,
        "INTROSPECTION_FORBIDDEN",
        "Only administrators may introspect the schema of this server.",
    )
    assert (await refused(confined, **{"Accept-Language": "zh"}))[2] == "只有管理员可以查看该服务器的 schema"

    bearer = {"Authorization": f"Bearer {await token_of(production, ADMINISTRATOR, PASSWORD)}"}
    schema = await production.http.get("/schema.graphql", headers=bearer)
    assert (schema.status_code, schema.headers["vary"].split(", ")[0]) == (200, "Authorization")
    assert "type Query {" in schema.text
    again = await production.http.get("/schema.graphql", headers={**bearer, "If-None-Match": schema.headers["etag"]})
    assert again.status_code == 304
    assert (await production.http.get("/schema.graphql", headers={"If-None-Match": "*"})).status_code == 401
    assert (await production.http.get("/schema-map.json")).status_code == 401
    assert (await production.http.get("/schema-map.json", headers={"Authorization": confined})).status_code == 403
    assert (await production.http.get("/schema-map.json", headers=bearer)).json().keys() == {"types"}
    assert "for administrators with a token" in (await production.http.get("/")).text


async def test_the_explorer_opens_with_a_page_to_sign_in(production: Product) -> None:
    async with served(production) as url, running_browser(url) as browser:
        page = browser.page
        form = page.get_by_role("region", name="Sign in to Careergraph")
        await page.goto(f"{url}/graphql")
        await expect(form).to_be_visible()
        await expect(page.get_by_role("button", name="Administrator")).to_have_count(0)
        await expect(form.get_by_label("Sign in with").get_by_role("option")).to_have_count(5)  # without WeChat's names
        await page.goto(f"{url}/insight")
        await expect(page.get_by_role("heading", name="Insight")).to_be_visible()
        await expect(page.get_by_label("Password")).to_be_visible()
        await expect(page.get_by_role("button")).to_have_text(
            ["English", "中文", "Sign in"]
        )  # nobody of the demonstration data
        await page.goto(f"{url}/schema-map")
        await expect(page.get_by_text("This server shows its schema to administrators only.")).to_be_visible()
        await page.goto(f"{url}/graphql")
        await expect(form).to_be_visible()
        assert browser.sent == []  # of which the server would have refused an introspection
        assert await browser.violations() == []
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await browser.overflow() == 0
        await form.get_by_role("button", name="Go on without signing in").click()
        await expect(page.get_by_role("note")).to_contain_text("to administrators only")
        await page.get_by_role("button", name="Go to the editor").click()
        await page.set_viewport_size({"width": 1280, "height": 800})
        await browser.run()
        await expect(page.locator(".result-window")).to_contain_text('"version"')
        await page.reload()

        await browser.enter(form, STUDENT, INITIAL)
        await page.get_by_label("New password", exact=True).fill(CHANGED)
        await page.get_by_label("New password, again").fill(CHANGED)
        await page.get_by_role("button", name="Change the password").click()
        await expect(page.get_by_text("Signed in as 张三")).to_be_visible()
        await expect(page.get_by_role("note")).to_contain_text("to administrators only")
        await browser.run()
        await expect(page.locator(".result-window")).to_contain_text('"version"')
        assert await browser.violations() == []

        await page.get_by_role("button", name="Show Examples").click()
        await expect(page.get_by_role("note")).to_contain_text("to administrators only")

        await page.get_by_role("button", name="Sign out").click()
        await browser.enter(form, ADMINISTRATOR, PASSWORD)
        await expect(page.get_by_text("Signed in as 管理员")).to_be_visible()
        await page.get_by_role("button", name="Show Documentation Explorer").click()
        await page.get_by_role("link", name="Query").click()
        await expect(page.locator(".graphiql-doc-explorer")).to_contain_text("viewer")
        await expect(page.get_by_role("note")).to_have_count(0)
        await page.goto(f"{url}/schema-map")
        await expect(page.get_by_role("heading", name="User", exact=True)).to_be_visible()
