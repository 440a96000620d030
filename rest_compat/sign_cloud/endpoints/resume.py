"""The form of a resume, field by field: request parameters and reply format."""

from collections.abc import Mapping
from typing import Any

from rest_compat.binding import Parameter, Rows
from rest_compat.converters import Code, Integer, NodeId
from rest_compat.reply import Each, Or, Via
from rest_compat.sign_cloud.shapes import Entries, First, OrBlank, WithExtras, Words, code_of
from rest_compat.structured import Structured

GENDERS = {0: "UNKNOWN", 1: "MALE", 2: "FEMALE"}
MARITAL = {1: "SINGLE", 2: "MARRIED", 3: "DIVORCED"}
POLITICAL = {1: "PARTY_MEMBER", 2: "LEAGUE_MEMBER", 3: "MASSES"}
HOUSEHOLDS = {0: "RURAL", 1: "URBAN"}
NOTHING = ("", 0, "0")
"""How a form says that it chooses nothing."""

DIVISIONS = {
    "acct_prc": ("registeredAddress.province", "户籍省份"),
    "acct_city": ("registeredAddress.city", "户籍城市"),
    "acct_coy": ("registeredAddress.county", "户籍区/县"),
    "province": ("currentAddress.province", "现居省份"),
    "city": ("currentAddress.city", "现居城市"),
    "county": ("currentAddress.county", "现居区/县"),
}
TEXTS = {
    "real_name": ("name", "姓名，最多 16 个字符"),
    "phone": ("phone", "手机号，最多 16 个字符"),
    "id_number": ("idNumber", "身份证，最多 32 个字符"),
    "nation": ("ethnicity", "民族，最多 12 个字符"),
    "acct_addr": ("registeredAddress.detail", "户籍详细地址，最多 16 个字符"),
    "addr": ("currentAddress.detail", "现居详细地址，最多 255 个字符"),
    "em_contact_name": ("emergencyContact.name", "紧急联系人姓名，最多 16 个字符"),
    "em_contact_phone": ("emergencyContact.phone", "紧急联系人电话，最多 32 个字符"),
    "em_contact_relationship": ("emergencyContact.relationship", "与紧急联系人的关系，最多 32 个字符"),
    "work_pos": ("position", "岗位，最多 16 个字符"),
}
REQUIRED_TEXTS = {"real_name", "phone", "id_number"}
CODES = {
    "gender": ("gender", GENDERS, "0 未知、1 男、2 女"),
    "marital_sts": ("maritalStatus", MARITAL, "1 未婚、2 已婚、3 离异"),
    "political_sts": ("politicalStatus", POLITICAL, "1 共产党员、2 共青团员、3 群众"),
    "acct_type": ("householdType", HOUSEHOLDS, "户口类型：0 农村、1 城市"),
}
WORK = {
    "company": "company",
    "position": "position",
    "start_time": "startTime",
    "end_time": "endTime",
    "salary": "salary",
    "job_desc": "description",
}
EDUCATION = {
    "school": "school",
    "degree": "degree",
    "major": "major",
    "start_time": "startTime",
    "end_time": "endTime",
}
NUMBER = OrBlank(Integer(0, 2**31 - 1))
UNDER = "input.resume."


def entries(fields: Mapping[str, str], variable: str, about: str) -> Parameter:
    """The parameter of a list; the first of its fields must be there."""
    required = next(iter(fields))
    row = {old: Parameter(name, Words(), required=old == required) for old, name in fields.items()}
    return Parameter(UNDER + variable, Structured(Entries(Rows(row))), required=True, about=about)


def code(name: str) -> Parameter:
    """The parameter of a closed set. Only the gender may be left out."""
    variable, codes, about = CODES[name]
    optional = name == "gender"
    return Parameter(UNDER + variable, OrBlank(Code(codes)) if optional else Code(codes), not optional, about=about)


FORM: Mapping[str, Parameter] = {
    **{
        name: Parameter(UNDER + variable, Words(), name in REQUIRED_TEXTS, about=about)
        for name, (variable, about) in TEXTS.items()
    },
    "age": Parameter(UNDER + "age", NUMBER, about="年龄"),
    **{name: code(name) for name in CODES},
    **{
        f"{name}_id": Parameter(f"{UNDER}{variable}.number", NUMBER, about=f"{about} id")
        for name, (variable, about) in DIVISIONS.items()
    },
    **{
        f"{name}_name": Parameter(f"{UNDER}{variable}.name", Words(), about=f"{about}名称")
        for name, (variable, about) in DIVISIONS.items()
    },
    "id_card_front": Parameter(UNDER + "idCardFront", about="身份证正面照片，上传接口返回的地址"),
    "id_card_back": Parameter(UNDER + "idCardBack", about="身份证反面照片，上传接口返回的地址"),
    "company_id": Parameter(UNDER + "companyId", OrBlank(NodeId("Company"), NOTHING), about="用人单位 id"),
    "work_exp": entries(WORK, "workExperiences", "工作经验，至少一项"),
    "employee_edu": entries(EDUCATION, "educations", "学历信息，至少一项"),
    "ad_user_id": Parameter("input.handlerId", OrBlank(NodeId("Handler"), NOTHING), about="处理人 id"),
}
"""The parameters of the calls that submit and update a resume."""


def reply() -> dict[str, Any]:
    """The resume of the operation's viewer, with the names of the form."""
    under = "viewer.resume."
    return {
        **{name: under + variable for name, (variable, _) in TEXTS.items()},
        "age": under + "age",
        **{name: Via(code_of(codes), under + variable) for name, (variable, codes, _) in CODES.items()},
        **{f"{name}_id": f"{under}{variable}.number" for name, (variable, _) in DIVISIONS.items()},
        **{f"{name}_name": f"{under}{variable}.name" for name, (variable, _) in DIVISIONS.items()},
        "id_card_front": Or(under + "idCardFront.file.url", ""),
        "id_card_back": Or(under + "idCardBack.file.url", ""),
        "company_id": Or(under + "company.databaseId", 0),
        "company": {
            "id": Or(under + "company.databaseId", 0),
            "company_name": Or(under + "company.name", ""),
        },
        "ad_user_id": Or(First("viewer.signApplications.nodes", "handler.databaseId"), 0),
        "work_exp": Each(under + "workExperiences", WithExtras(WORK)),
        "employee_edu": Each(under + "educations", WithExtras(EDUCATION)),
    }
