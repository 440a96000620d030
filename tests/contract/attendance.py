"""The attendance back end's cases."""

from pydantic import SecretStr

from tests.contract.cases import Case, Contract, World
from tests.contract.rows import all_rows
from tests.support.wechat import SECRETS, running_wechat

LOGIN = "POST /admin/user/login/"
REGISTER = "POST /admin/user/register/"
WECHAT = "POST /user/user/login/"


async def registered(world: World) -> None:
    """The documented registration was sent before."""
    row = all_rows()[REGISTER]
    await world.rest(row.method, row.path, row.request)


async def wechat_knows_the_code(world: World) -> None:
    """WeChat gave out the documented code."""
    wechat = world.stack.enter_context(running_wechat())
    wechat.give("wx-attendance", all_rows()[WECHAT].request["code"], openid="openid")
    await world.restart(
        wechat_base_url=wechat.url,
        attendance_wechat_app_id="wx-attendance",
        attendance_wechat_app_secret=SecretStr(SECRETS["wx-attendance"]),
    )


CONTRACT = Contract(
    cases={
        LOGIN: (Case(0, (registered,)),),
        REGISTER: (Case(0),),
        WECHAT: (Case(0, (wechat_knows_the_code,)),),
    },
    callers={},
    requested={},
    substituted={
        WECHAT: {
            "data.id": "ids are the database's",
            "data.openid": "the example's is empty",
            "data.token": "a real token; the example's is empty",
        },
    },
    added={},
    artefacts={},
    beyond={},
    retyped={LOGIN: {"data": "null in the example, an object in the table: {token}"}},
)
