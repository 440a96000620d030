"""Messages in the languages of their readers, and the catalogue that has them."""

import re

import pytest

from cli.catalogue import catalogue, extracted, renewed
from models.errors import InvalidInput, TooManyRequests
from models.language import CATALOGUE, Detail, FieldName, Language, Message, chinese_texts, negotiated

HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{\w+\}")
ENGLISH, CHINESE = Language


def is_chinese(text: str) -> bool:
    """Whether it is in Chinese beside its placeholders, or nothing but these."""
    words = PLACEHOLDER.sub("", text)
    return bool(text) and (HAN.search(words) is not None or not re.search(r"\w", words))


def test_the_catalogue_has_exactly_the_messages_of_the_source_translated() -> None:
    kept = {message.id: message for message in catalogue() if message.id}

    assert kept.keys() == {message.id for message in extracted() if message.id}
    assert renewed() == (CATALOGUE.read_bytes(), 0)
    assert [message.id for message in kept.values() if message.fuzzy or not is_chinese(str(message.string))] == []
    assert [
        message.id
        for message in kept.values()
        if sorted(set(PLACEHOLDER.findall(str(message.id)))) != sorted(set(PLACEHOLDER.findall(str(message.string))))
    ] == []
    assert chinese_texts() == {message.id: message.string for message in kept.values()}


def test_values_are_put_into_the_text_of_the_language_and_are_taken_literally() -> None:
    empty = InvalidInput("{field} must not be empty.", field="resume.id_number")
    nested = Message("{column} {problem}.", column=FieldName("account"), problem=Message("{part} is missing", part="7"))

    assert empty.message.said(CHINESE, str.upper) == "ID_NUMBER 不能为空"
    assert empty.message.said(ENGLISH, str.upper) == "ID_NUMBER must not be empty."
    assert nested.said(CHINESE, str.upper) == "ACCOUNT 缺少 7"
    assert str(nested) == "account 7 is missing."
    assert TooManyRequests(60).message.said(CHINESE) == "请求过于频繁，请在 60 秒后重试"
    assert Message("{part} is missing", part="{field} {part}").said(CHINESE) == "缺少 {field} {part}"
    assert Message.verbatim("材料 {reason}").said(CHINESE) == "材料 {reason}"
    assert Message("no such message").said(CHINESE) == "no such message"
    detail = Detail("File is not a zip file", Message("the file is damaged"))
    assert (detail.said(ENGLISH), detail.said(CHINESE)) == ("File is not a zip file", "文件已损坏")


@pytest.mark.parametrize("default", Language)
def test_the_language_is_the_one_that_a_client_wants_most(default: Language) -> None:
    wanted = {
        None: default,
        "": default,
        "zh": CHINESE,
        "zh-CN": CHINESE,
        "zh-TW": CHINESE,
        "ZH-hans-cn": CHINESE,
        "en": ENGLISH,
        "en-GB,en;q=0.9": ENGLISH,
        "zh-CN,zh;q=0.9,en;q=0.8": CHINESE,
        "en;q=0.5, zh;q=0.6": CHINESE,
        "zh;q=0.5,en;q=0.5": CHINESE,
        "fr-CH, fr;q=0.9, zh;q=0.1": CHINESE,
        "zh;q=0, en": ENGLISH,
        "zh;q=0": default,
        "fr, *;q=0.5": default,
        "*": default,
        "en;q=2, zh;q=0.1": CHINESE,
        "en;q=x": default,
        "enough, zhuang": default,
        ";;,,": default,
        "zh," * 200: default,
        "zh\x00": default,
    }
    assert {header: negotiated(header, default) for header in wanted} == wanted
