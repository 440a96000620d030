"""Prices and quotas of the platform, set by administrators."""

import strawberry

from auth.policies import administrator, signed_in
from models.errors import InvalidInput
from models.reference import SettingName
from resolvers.platform import prices
from schema.engine.context import Info
from schema.engine.fields import column, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type, value_type

FIELDS = {
    "gpu_credits_per_hour": SettingName.GPU_CREDITS_PER_HOUR,
    "cpu_credits_per_hour": SettingName.CPU_CREDITS_PER_HOUR,
    "ram_credits_per_hour": SettingName.RAM_CREDITS_PER_HOUR,
    "free_mirror_space": SettingName.FREE_MIRROR_SPACE,
}


@value_type(description="The current prices and quotas of the platform.", policy=signed_in)
class PlatformPrices:
    """Settings, or what holds without them."""

    gpu_credits_per_hour: int = column("The credits per GPU and hour.")
    cpu_credits_per_hour: int = column("The credits per CPU and hour.")
    ram_credits_per_hour: int = column("The credits per gigabyte of memory and hour.")
    free_mirror_space: int = column("The free mirror space of each developer, in gigabytes.")


@root_type
class PricesQuery:
    """Queries."""

    @resolved("The current prices and quotas of the platform.", policy=signed_in)
    async def platform_prices(self, info: Info) -> PlatformPrices | None:
        """Instances that run keep the price of when they were made."""
        values = await prices.values(info.context.scope, list(FIELDS.values()))
        return PlatformPrices(**dict(zip(FIELDS, values, strict=True)))


@input_type(description="The prices and quotas to change; omitted ones stay.")
class SetPlatformPricesInput:
    """The input of `setPlatformPrices`."""

    gpu_credits_per_hour: int | None = strawberry.field(
        default=None, description="The credits per GPU and hour, from 1."
    )
    cpu_credits_per_hour: int | None = strawberry.field(default=None, description="The credits per CPU and hour.")
    ram_credits_per_hour: int | None = strawberry.field(
        default=None, description="The credits per gigabyte of memory and hour."
    )
    free_mirror_space: int | None = strawberry.field(
        default=None, description="The free mirror space of each developer, in gigabytes."
    )


@payload_type(description="The result of `setPlatformPrices`.")
class SetPlatformPricesPayload:
    """Whether they were set, or INVALID_INPUT."""

    changed: bool | None = changed("True.")


@root_type
class PricesMutation:
    """Mutations."""

    @mutation(
        "Change prices and quotas of the platform, at most 1,000,000 each.",
        policy=administrator,
        errors=(InvalidInput,),
    )
    async def set_platform_prices(self, info: Info, input: SetPlatformPricesInput) -> SetPlatformPricesPayload:
        """Audited. Instances that run keep their price."""
        new = {
            setting: (name, value) for name, setting in FIELDS.items() if (value := getattr(input, name)) is not None
        }
        await prices.set_values(info.context.scope, new)
        return SetPlatformPricesPayload(changed=True)
