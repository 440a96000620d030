"""Short messages by Alibaba Cloud: the operation SendSms of its Short Message Service (version 2017-05-25).

Requests are signed as its "V3 request structure and signature" describes (ACS3-HMAC-SHA256).
"""

import hashlib
import hmac
import json
import ssl
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx2

from auth.channels.channel import Undelivered
from models.language import Language
from models.settings import Settings

TIMEOUT = 20
ALGORITHM = "ACS3-HMAC-SHA256"
_NO_BODY = hashlib.sha256(b"").hexdigest()
_PERMANENT = {"isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT"}
"""The documented codes that say that the number itself is at fault."""


def canonical_query(parameters: Mapping[str, str]) -> str:
    """The parameters in the order of their names, encoded as RFC 3986 asks."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters.items()))


def signature(secret: str, *, path: str, query: str, headers: Mapping[str, str]) -> str:
    """The signature of a POST request without a body; `headers` are all that are signed, in lower case."""
    lines = [f"{name}:{value.strip()}\n" for name, value in sorted(headers.items())]
    request = "\n".join(["POST", path, query, "".join(lines), ";".join(sorted(headers)), _NO_BODY])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


class AliyunSms:
    """Sends codes by a template of one variable, `code`, in the reader's language where there is one in it."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.sms_url.rstrip("/")
        self._key_id = settings.sms_key_id
        self._secret = settings.sms_key_secret.get_secret_value()
        self._sign_name = settings.sms_sign_name
        self._templates = {Language.ENGLISH: settings.sms_template_english}
        self._template = settings.sms_template
        self._tls = ssl.create_default_context()

    async def send(
        self, *, key: str, to: str, subject: str, text: str, code: str = "", language: str = Language.CHINESE
    ) -> None:
        """Raises Undelivered; the provider words the message itself, around the code."""
        if not code:
            raise Undelivered("Only codes are sent as short messages.", permanent=True)
        query = canonical_query(
            {
                "PhoneNumbers": to,
                "SignName": self._sign_name,
                "TemplateCode": self._templates.get(Language(language)) or self._template,
                "TemplateParam": json.dumps({"code": code}),
                "OutId": key,
            }
        )
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, verify=self._tls) as http:
                response = await http.post(f"{self._url}/?{query}", headers=self._headers(query))
            reply = response.json()
            result = str(reply["Code"])
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from error
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Undelivered(f"{type(error).__name__}: {error}", is_certain=False) from error
        if result != "OK":
            raise Undelivered(f"{result}: {reply.get('Message', '')}", permanent=result in _PERMANENT)

    def _headers(self, query: str) -> dict[str, str]:
        headers = {
            "host": urlsplit(self._url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": _NO_BODY,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-version": "2017-05-25",
        }
        signed = signature(self._secret, path="/", query=query, headers=headers)
        credential = f"Credential={self._key_id},SignedHeaders={';'.join(sorted(headers))},Signature={signed}"
        return {**headers, "authorization": f"{ALGORITHM} {credential}"}
