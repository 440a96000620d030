"""HEAD requests read, and never do."""

from models.settings import Settings
from tests.support.clients import Product


async def test_head_is_answered_where_get_reads(product: Product) -> None:
    reply = await product.rest("HEAD", "/api/v1/ver")

    assert reply.status_code == 200


async def test_head_runs_nothing_that_changes_anything(product: Product, settings: Settings) -> None:
    reply = await product.rest("HEAD", "/api/register-sms", query={"mobile": "13900000001"})

    assert reply.status_code == 405
    assert list((settings.data_dir / "outbox").glob("*")) == []
