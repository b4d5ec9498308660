"""Which proxy stands before which host, by the variables that everybody knows."""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.config.proxies import from_environment
from newsletter.core.config.settings import load
from newsletter.core.errors import ConfigError
from newsletter.core.http.addresses import is_public, is_public_name
from tests.support.edition import make_settings

PROXY = "http://proxy.example.org:3128"


def goes(host: str, port: int = 443, *, secure: bool = True, **variables: str) -> str | None:
    """Return the proxy on the way to a host, as it may be shown."""
    proxy = from_environment(variables).towards(host, port, secure=secure)
    return proxy.name if proxy else None


def test_each_scheme_has_its_own_variable_and_small_letters_win() -> None:
    both = {"HTTPS_PROXY": "http://one:1", "HTTP_PROXY": "http://two:2", "ALL_PROXY": "three:3"}

    assert goes("example.org", **both) == "one:1"
    assert goes("example.org", secure=False, **both) == "two:2"
    assert goes("example.org", https_proxy="http://four:4", **both) == "four:4"
    assert goes("example.org", ALL_PROXY="three:3") == "three:3"
    assert goes("example.org", secure=False, ALL_PROXY="three") == "three:80"
    assert goes("example.org", HTTP_PROXY=PROXY) is None
    assert goes("example.org", HTTPS_PROXY=" ", https_proxy="") is None


def test_a_header_of_a_request_names_no_proxy() -> None:
    cgi = {"REQUEST_METHOD": "GET", "HTTP_PROXY": PROXY}

    assert goes("example.org", secure=False, **cgi) is None
    assert goes("example.org", secure=False, http_proxy=PROXY, **cgi) == "proxy.example.org:3128"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "x.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"],
)
def test_this_machine_is_never_asked_through_a_proxy(host: str) -> None:
    assert goes(host, HTTPS_PROXY=PROXY) is None


@pytest.mark.parametrize(
    ("exempt", "host", "port"),
    [
        ("*", "example.org", 443),
        ("example.org", "example.org", 443),
        ("example.org", "a.b.example.org", 443),
        ("EXAMPLE.org", "Example.ORG.", 443),
        (".example.org", "example.org", 443),
        (".example.org", "api.example.org", 443),
        ("*.example.org", "api.example.org", 443),
        ("x.test, example.org:8443", "example.org", 8443),
        ("x.test example.org", "example.org", 443),
        ("10.1.2.3", "10.1.2.3", 443),
        ("10.0.0.0/8", "10.1.2.3", 443),
        ("10.1.2.3:443", "10.1.2.3", 443),
        ("2001:db8::/32", "2001:db8::5", 443),
        ("[2001:db8::5]:8443", "2001:db8::5", 8443),
    ],
)
def test_no_proxy_names_hosts_suffixes_networks_and_ports(
    exempt: str, host: str, port: int
) -> None:
    assert goes(host, port, HTTPS_PROXY=PROXY, NO_PROXY=exempt) is None


@pytest.mark.parametrize(
    ("exempt", "host", "port"),
    [
        ("", "example.org", 443),
        (" , ,", "example.org", 443),
        (".", "example.org", 443),
        ("ample.org", "example.org", 443),
        ("example.org", "example.org.evil.test", 443),
        ("api.example.org", "example.org", 443),
        ("example.org:8443", "example.org", 443),
        ("10.0.0.0/8", "11.1.2.3", 443),
        ("10.0.0.0/8", "ten.example.org", 443),
        ("10.1.2.3:80", "10.1.2.3", 443),
        ("2001:db8::/32", "2001:db9::5", 443),
    ],
)
def test_no_proxy_covers_nothing_else(exempt: str, host: str, port: int) -> None:
    assert goes(host, port, HTTPS_PROXY=PROXY, NO_PROXY=exempt) == "proxy.example.org:3128"


def test_a_login_is_read_whole_and_never_shown() -> None:
    proxies = from_environment({"HTTPS_PROXY": "http://ada:p%40ss%3Aw@proxy.example.org"})

    proxy = proxies.towards("example.org", 443, secure=True)
    assert proxy is not None
    assert proxy.login is not None
    assert base64.b64decode(proxy.login.removeprefix("Basic ")) == b"ada:p@ss:w"
    for shown in (repr(proxies), str(proxy), proxy.name, f"{proxies}"):
        assert "p@ss" not in shown
        assert proxy.login not in shown


@pytest.mark.parametrize(
    "value",
    [
        "https://ada:geheim@proxy.example.org",
        "socks5://ada:geheim@proxy.example.org:1080",
        "http://ada:geheim@",
        "http://ada:geheim@proxy.example.org:port",
        "http://ada:geheim@proxy.example.org:70000",
        "http://ada:geheim@proxy.example.org/path",
        "http://ada:gehe@im@[proxy",
        "http://ada:geheim@prøxy.example.org",
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
def test_what_is_no_proxy_is_told_without_its_password(
    tmp_path: Path, variable: str, value: str
) -> None:
    with pytest.raises(ConfigError, match=variable) as caught:
        from_environment({variable: value})
    assert "geheim" not in f"{caught.value.what} {caught.value.hint}"
    assert "gehe@" not in f"{caught.value.what} {caught.value.hint}"


def test_settings_know_the_proxies_and_show_none(tmp_path: Path) -> None:
    written = make_settings(tmp_path)
    file = tmp_path / "config.toml"
    file.write_text(
        '[publication]\nname = "Brief"\nurl = "https://example.org"\npostal_address = "4 Quay"\n'
        '[publication.sender]\nname = "Brief"\nemail = "brief@example.org"\n'
    )

    found = load(file, {"HTTPS_PROXY": "http://ada:geheim@proxy.example.org"})

    assert written.proxies.towards("example.org", 443, secure=True) is None
    assert found.proxies.towards("example.org", 443, secure=True) is not None
    assert "geheim" not in repr(found)
    assert "proxies" not in found.model_dump(mode="json")


@pytest.mark.parametrize(
    "host", ["example.org", "EXAMPLE.org.", "a-b.xn--bcher-kva.example", "1.1.1.1", "2606:4700::1"]
)
def test_a_name_of_the_open_internet_may_be_asked_for(host: str) -> None:
    assert is_public_name(host, is_public)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "x.localhost", "printer", "printer.local", "db.internal", "nas.home.arpa"),
        *("wiki.corp", "router.lan", "Router.LAN.", "localhost.localdomain", "intranet"),
        *("127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "0.0.0.0", "::1", "fe80::1"),
        *("127.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.01", "1"),
        *("::ffff:10.0.0.8", "10.0.0.8.", "a.0x1", "64:ff9b::a00:8"),
    ],
)
def test_a_name_that_leads_inwards_may_not_be_asked_for(host: str) -> None:
    assert not is_public_name(host, is_public)


@given(st.ip_addresses())
def test_a_literal_address_is_judged_as_an_address(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert is_public_name(str(address), is_public) == is_public(str(address))
