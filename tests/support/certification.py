"""What the tests of certification share."""

from typing import Any

from tests.support.clients import Person, Product
from tests.support.images import uploaded_path
from tests.support.platform import done

DOCUMENTED_NUMBER = "412536198010250120"
CERTIFICATION = "id status message revision submittedAt reviewedAt"
REAL_NAME = f"""
  actualName certificateType {{ number name }} idNumber picture certification {{ {CERTIFICATION} }}
"""
AWARD = f"id competition level {{ number }} pictures certification {{ {CERTIFICATION} }}"
SUBMIT_REAL_NAME = f"""mutation($input: SubmitRealNameInput!) {{ submitRealName(input: $input) {{
  realName {{ {REAL_NAME} }} errors {{ code path }}
}} }}"""
SUBMIT_AWARD = f"""mutation($input: SubmitAwardInput!) {{ submitAward(input: $input) {{
  award {{ {AWARD} }} errors {{ code path }}
}} }}"""
APPROVE = f"""mutation($input: ApproveCertificationInput!) {{ approveCertification(input: $input) {{
  certification {{ {CERTIFICATION} }} errors {{ code path }}
}} }}"""
REJECT = f"""mutation($input: RejectCertificationInput!) {{ rejectCertification(input: $input) {{
  certification {{ {CERTIFICATION} }} errors {{ code path }}
}} }}"""
REVEAL = """mutation($input: RevealIdNumberInput!) { revealIdNumber(input: $input) {
  idNumber errors { code path }
} }"""
OWN = f"{{ viewer {{ developer {{ realName {{ {REAL_NAME} }} awards {{ {AWARD} }} }} }} }}"


async def identity(product: Product, person: Person, number: str = DOCUMENTED_NUMBER, **more: Any) -> dict[str, Any]:
    """The values of a real-name submission, with a photo that was just uploaded."""
    return {
        "actualName": "张三",
        "certificateType": 1,
        "idNumber": number,
        "picture": await uploaded_path(product, person, "LICENSED_PHOTO"),
        **more,
    }


async def submitted_real_name(product: Product, person: Person, number: str = DOCUMENTED_NUMBER) -> dict[str, Any]:
    """A real name of the person, put into review."""
    found = await done(product, SUBMIT_REAL_NAME, person, **await identity(product, person, number))
    real_name: dict[str, Any] = found["realName"]
    return real_name


async def submitted_award(product: Product, person: Person, **more: Any) -> dict[str, Any]:
    """An award of the person, put into review."""
    pictures = [await uploaded_path(product, person, "AWARD_PICTURE")]
    values = {"competition": "CV101榜单活动", "level": 1, "pictures": pictures, **more}
    award: dict[str, Any] = (await done(product, SUBMIT_AWARD, person, **values))["award"]
    return award


async def own_claims(product: Product, person: Person) -> dict[str, Any]:
    """What the person sees of their own claims."""
    claims: dict[str, Any] = (await product.data(OWN, person=person))["viewer"]["developer"]
    return claims
