"""The configuration: what is refused, and the secret that development keeps."""

import base64
import random
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.keys import is_guessable
from models.settings import ConfigurationError, Environment, Settings, load_settings
from models.settings_sources import unknown_names
from tests.support.keys import PRODUCTION_KEY

GOOD_KEY = PRODUCTION_KEY
SMTP = {"smtp_host": "mail.test", "mail_from": "no-reply@careergraph.test"}
SMS = {"sms_key_id": "id", "sms_key_secret": "secret", "sms_sign_name": "职业图谱", "sms_template": "SMS_1"}

GUESSABLE = [
    "abc" * 22,
    "0123456789" * 4,
    "0123456789abcdef" * 4,
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "qwertyuiopasdfghjklzxcvbnm1234567890",
    "correct horse " * 4,
    "changeme-changeme-changeme-changeme",
    "my secret key my secret key my secret key",
    "9f2c61d07be84a35" * 4,
    "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeee",
    "11223344556677889900aabbccddeeff",
    "职业图谱" * 8,
    "a" * 64,
    "0123456789abcdef" * 2,
    "thisisaverysecretkeyforcareergraph",
    "my-company-production-secret-key",
    "SuperSecretKey1234567890SuperSecret!",
]


@pytest.mark.parametrize("key", GUESSABLE)
def test_a_key_that_could_be_guessed_is_refused(key: str) -> None:
    (fault,) = configured(environment=Environment.PRODUCTION, secret_key=key).problems()

    assert fault == "SECRET_KEY is guessable: set it to the output of `openssl rand -hex 32`."


def test_a_random_key_is_never_refused() -> None:
    chance = random.Random(13)  # noqa: S311 - the same keys in every run
    for _ in range(10):
        assert not is_guessable(chance.randbytes(16).hex())
        assert not is_guessable(chance.randbytes(32).hex())
        assert not is_guessable(base64.b64encode(chance.randbytes(24)).decode())
    # The worst of thousands of keys of 32 digits, and one whose beginning says nothing.
    assert not is_guessable("e92592c8c3333f3cc436ceafc93cca33")
    assert not is_guessable("careergraph-production-" + chance.randbytes(16).hex())


def configured(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty environment in an empty folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"secret_key": ""}, "SECRET_KEY is missing or shorter than 32 bytes"),
        ({"secret_key": GOOD_KEY[:32]}, None),
        ({"secret_key": GOOD_KEY[:31]}, "SECRET_KEY is missing or shorter than 32 bytes"),
        ({"secret_key": "a" * 64}, "SECRET_KEY is guessable"),
        ({"secret_key": f"{GOOD_KEY}, {GOOD_KEY[::-1]},"}, None),
        ({"secret_key": f"{GOOD_KEY},{'ab' * 32}"}, None),
        ({"secret_key": f"{'ab' * 32},{GOOD_KEY}"}, "SECRET_KEY: key 1 of 2 (commas separate keys) is guessable"),
        (
            {"secret_key": f"{GOOD_KEY},short"},
            "SECRET_KEY: key 2 of 2 (commas separate keys) is missing or shorter than",
        ),
        ({"audit_key": "a" * 40}, "AUDIT_KEY is guessable"),
        ({"cors_origins": "*"}, "CORS_ORIGINS lets every page"),
        ({"cors_origins": "https://app.test, *"}, "CORS_ORIGINS lets every page"),
        ({"cors_origins": "null"}, None),
        ({"cors_origins": "https://app.test"}, None),
        ({"forwarded_allow_ips": "*"}, "FORWARDED_ALLOW_IPS=*"),
        ({"forwarded_allow_ips": "0.0.0.0/0"}, "FORWARDED_ALLOW_IPS: 0.0.0.0/0 is every address"),
        ({"forwarded_allow_ips": "10.0.0.0/8, ::1, 192.0.2.7"}, None),
        ({"forwarded_allow_ips": "proxy.internal"}, "FORWARDED_ALLOW_IPS: proxy.internal is neither"),
        ({"forwarded_allow_ips": ""}, None),
        ({"host": "0.0.0.0"}, None),  # noqa: S104 - nothing listens
        ({"captcha_test_answer": "1234"}, "CAPTCHA_TEST_ANSWER"),
        ({"demo_data": True}, "DEMO_DATA=1"),
        ({"demo_data": False}, None),
        ({"code_echo": True}, "CODE_ECHO=1"),
        ({"code_echo": False}, None),
        ({**SMTP, "public_url": "https://careergraph.test"}, None),
        (SMTP, "PUBLIC_URL is missing"),
        ({"smtp_host": "mail.test", "public_url": "https://careergraph.test"}, "MAIL_FROM is missing"),
        (SMS, None),
        *(({**SMS, name: ""}, "SMS_KEY_ID also needs") for name in SMS if name != "sms_key_id"),
        ({"database_url": "mysql://localhost/x"}, "DATABASE_URL starts with mysql://"),
        ({}, None),
    ],
)
def test_production_is_strict(values: dict[str, Any], fault: str | None) -> None:
    found = configured(environment=Environment.PRODUCTION, **{"secret_key": GOOD_KEY, **values}).problems()

    assert len(found) == (fault is not None)
    assert all((fault or "") in problem for problem in found)


@pytest.mark.parametrize(
    ("named", "origins"),
    [
        ("", set()),
        ("https://app.test", {"https://app.test"}),
        (" HTTPS://App.Test:443/ ,, http://app.test:80,http://app.test:8080/", {
            "https://app.test", "http://app.test", "http://app.test:8080"
        }),
        ("https://图谱.example:8443", {"https://xn--wcsy15j.example:8443"}),
        ("https://ＡＰＰ。test", {"https://app.test"}),
        ("http://[0:0::1]:80,http://[2001:DB8::7]:3000", {"http://[::1]", "http://[2001:db8::7]:3000"}),
        ("http://my_app:3000,http://127.0.0.1:", {"http://my_app:3000", "http://127.0.0.1"}),
        ("capacitor://localhost, ionic://LOCALHOST", {"capacitor://localhost", "ionic://localhost"}),
        ("NULL", {"null", "file://"}),
        ("file://, https://app.test", {"null", "file://", "https://app.test"}),
    ],
)  # fmt: skip
def test_origins_are_spelled_as_browsers_spell_them(named: str, origins: set[str]) -> None:
    settings = configured(environment=Environment.PRODUCTION, secret_key=GOOD_KEY, cors_origins=named)

    assert settings.problems() == []
    assert settings.origins == origins


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("app.test", "has no scheme: an origin is like https://app.example.com."),
        ("localhost:3000", "has no scheme: an origin is like https://app.example.com."),
        ("https://app.test/x", "has a path: an origin is scheme, host and port alone."),
        ("https://app.test?x", "has a path: an origin is scheme, host and port alone."),
        ("https://a@b.test", "holds a user name: an origin is scheme, host and port alone."),
        ("https://*.test", "is a pattern: name each origin."),
        ("wss://app.test", "is no address of a page: its origin begins with http:// or https://."),
        ("https://", "has no valid host."),
        ("https://a b.test", "has no valid host."),
        ("https://a.test:99999", "has no valid host and port."),
        ("https://a.test:x", "has no valid host and port."),
        ("https://[::g]", "has no valid host."),
        ("https://图..test", "has no valid host."),
    ],
)
def test_what_is_no_origin_is_refused_by_name(named: str, fault: str, environment: Environment) -> None:
    settings = configured(environment=environment, secret_key=GOOD_KEY, cors_origins=f"https://good.test,{named}")

    assert settings.problems() == [f"CORS_ORIGINS: {named} {fault}"]


def test_in_development_pages_of_any_origin_may_call() -> None:
    assert configured().origins == configured(cors_origins="https://app.test").origins == {"*"}
    assert configured(cors_origins="*").problems() == []


def test_development_needs_nothing(tmp_path: Path) -> None:
    assert configured(data_dir=tmp_path).problems() == []


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        ("127.0.0.1", False),
        ("127.8.9.10", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),  # noqa: S104 - nothing listens
        ("::", True),
        ("192.168.1.5", True),
        ("203.0.113.9", True),
        ("careergraph.example", True),
        ("", True),
    ],
)
def test_development_stays_on_its_machine_unless_it_is_told(host: str, is_refused: bool, tmp_path: Path) -> None:
    refused = configured(data_dir=tmp_path, host=host).problems()
    allowed = configured(data_dir=tmp_path, host=host, allow_public_development=True).problems()

    assert [problem.partition(" lets")[0] for problem in refused] == [f"HOST={host}"] * is_refused
    assert allowed == []


def test_every_fault_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PORT", "70000")
    environment.setenv("WORKERS", "many")
    environment.setenv("DATA_DIR", " ")
    environment.setenv("SMTP_USERNAME", "\udcff")
    environment.setenv("GRAPHQL_SECONDS", "inf")

    with pytest.raises(ConfigurationError) as refused:
        load_settings()

    named = ["PORT", "WORKERS", "DATA_DIR", "SMTP_USERNAME", "GRAPHQL_SECONDS"]
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == named


def test_the_environment_goes_before_the_file_and_both_before_the_folder_of_secrets(
    environment: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("PORT=1234\nLOG_LEVEL=ERROR\nDEMO_DATA=\nFORWARDED_ALLOW_IPS=192.0.2.1\n", encoding="utf-8")
    environment.setenv("PORT", "4321")
    for name, content in {"LOG_LEVEL": "DEBUG", "smtp_password": "from a file\n", "postgres_password": "x"}.items():
        Path(name).write_text(content, encoding="utf-8")
    environment.setenv("CREDENTIALS_DIRECTORY", str(Path.cwd()))

    settings = load_settings()

    assert (settings.port, settings.log_level, settings.demo_data) == (4321, "ERROR", None)
    assert settings.forwarded_allow_ips == "192.0.2.1"
    assert settings.smtp_password.get_secret_value() == "from a file"
    assert unknown_names(Settings) == []


def test_files_with_settings_that_cannot_be_read_are_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CREDENTIALS_DIRECTORY", "nowhere")
    with pytest.raises(ConfigurationError, match="nowhere cannot be read: CREDENTIALS_DIRECTORY names no folder"):
        load_settings()

    environment.delenv("CREDENTIALS_DIRECTORY")
    Path(".env").write_bytes("SMTP_USERNAME=职业图谱".encode("gb18030"))
    with pytest.raises(ConfigurationError, match=r"The file \.env, or one with a secret, is not UTF-8\."):
        load_settings()


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ("WORKRES=4", "WORKRES in .env is not a setting: did you mean WORKERS?"),
        ("export databse_url=x", "DATABSE_URL in .env is not a setting: did you mean DATABASE_URL?"),
        ("SHOE_SIZE=43", "SHOE_SIZE in .env is not a setting: docs/configuration.md lists all settings."),
    ],
)
@pytest.mark.usefixtures("environment")
def test_names_in_the_file_that_are_no_settings_are_reported(line: str, report: str) -> None:
    Path(".env").write_text(f"# WORKRS=1\nPORT=1234\nport=1\n{line}\n", encoding="utf-8")

    assert list(map(str, unknown_names(Settings))) == [report]


def test_secrets_are_not_shown() -> None:
    assert GOOD_KEY not in repr(configured(secret_key=GOOD_KEY))


def test_development_keeps_a_secret_of_its_own(tmp_path: Path) -> None:
    first, second = configured(data_dir=tmp_path), configured(data_dir=tmp_path)

    assert [len(key) for key in first.signing_keys] == [64]
    assert first.signing_keys == second.signing_keys
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert configured(data_dir=tmp_path / "other").signing_keys != first.signing_keys

    (tmp_path / "secret_key").write_text(f"{first.signing_keys[0]}\n", encoding="ascii")
    assert configured(data_dir=tmp_path).signing_keys == first.signing_keys
    for damaged in (b"", b"\xff" * 40):
        (tmp_path / "secret_key").write_bytes(damaged)
        (problem,) = configured(data_dir=tmp_path).problems()
        assert problem.startswith(f"{tmp_path}/secret_key holds no key: ")


def test_servers_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def key(folder: Path) -> str:
        together.wait()
        return configured(data_dir=folder).signing_keys[0]

    with ThreadPoolExecutor(max_workers=8) as pool:
        for attempt in range(20):
            keys = set(pool.map(key, [tmp_path / str(attempt)] * 8))
            assert [len(secret) for secret in keys] == [64]
            assert [path.name for path in (tmp_path / str(attempt)).iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    ("environment", "configured_echo", "echoes"),
    [
        (Environment.DEVELOPMENT, None, True),
        (Environment.DEVELOPMENT, True, True),
        (Environment.DEVELOPMENT, False, False),
        (Environment.PRODUCTION, None, False),
        (Environment.PRODUCTION, True, False),
    ],
)
def test_only_development_shows_codes(environment: Environment, configured_echo: bool | None, echoes: bool) -> None:
    assert configured(environment=environment, code_echo=configured_echo).echoes_codes is echoes


def test_links_begin_where_people_reach_the_server() -> None:
    assert configured(public_url="https://careergraph.test/").link_base == "https://careergraph.test"
    assert configured(host="127.0.0.1", port=1234).link_base == "http://127.0.0.1:1234"


def test_mail_and_sms_secrets_are_not_shown() -> None:
    shown = repr(configured(smtp_password="mail secret", sms_key_secret="sms secret"))

    assert "mail secret" not in shown
    assert "sms secret" not in shown


@pytest.mark.parametrize(
    ("environment", "chosen", "at_the_graph", "in_old_apis"),
    [
        (Environment.DEVELOPMENT, {}, False, False),
        (Environment.DEVELOPMENT, {"password_change_required": True}, True, True),
        (Environment.PRODUCTION, {}, True, True),
        (Environment.PRODUCTION, {"password_change_in_old_apis": False}, True, False),
        (Environment.PRODUCTION, {"password_change_required": False}, False, False),
    ],
)
def test_production_confines_who_has_to_change_the_password(
    environment: Environment, chosen: dict[str, bool], at_the_graph: bool, in_old_apis: bool
) -> None:
    settings = configured(environment=environment, **chosen)
    assert (settings.confines_sessions, settings.confines_old_apis) == (at_the_graph, in_old_apis)
