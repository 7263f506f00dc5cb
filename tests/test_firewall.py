"""What Windows' rules say of a program, and the command that makes one: `dev.py package windows check` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from serialbridge_gui import firewall
from serialbridge_gui.firewall import Reach, allow_options, reach

WINDOW = "C:\\Users\\张三\\a b\\serialbridge-gui.exe"
CONSOLE = "C:\\Users\\张三\\a b\\serialbridge.exe"
ALLOW = f"v2.31|Action=Allow|Active=TRUE|Dir=In|Profile=Private|App={WINDOW}|Name=SerialBridge|"
BLOCK = f"v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|Profile=Private|Profile=Public|App={WINDOW}|Defer=User|"
NETSH = '"C:\\Windows\\system32\\netsh.exe" advfirewall firewall'


def test_rule_that_netsh_made_lets_its_program_be_reached_and_no_other() -> None:
    assert reach([ALLOW], WINDOW) is Reach.ALLOWED
    assert reach([ALLOW], WINDOW.upper()) is Reach.ALLOWED
    assert reach([ALLOW], CONSOLE) is Reach.NO_RULE
    assert reach([], WINDOW) is Reach.NO_RULE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Active=TRUE", "Active=FALSE"), ("Dir=In", "Dir=Out"), ("Profile=Private", "Profile=Public"),
        ("Dir=In|", "Dir=In|Protocol=17|"), ("Dir=In|", "Dir=In|Protocol=6|LPort=4001|"),
        ("Dir=In|", "Dir=In|RA4=192.0.2.1|"),
    ],
)  # fmt: skip
def test_rule_for_something_else_is_none(old: str, new: str) -> None:
    assert reach([ALLOW.replace(old, new)], WINDOW) is Reach.NO_RULE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Profile=Private|", ""), ("Profile=Private", "Profile=Domain|Profile=Private"),
        ("Dir=In|", "Dir=In|Protocol=6|"), ("Dir=In|", "Dir=In|Protocol=256|"),
    ],
)  # fmt: skip
def test_rule_that_says_more_is_enough(old: str, new: str) -> None:
    assert reach([ALLOW.replace(old, new)], WINDOW) is Reach.ALLOWED


def test_block_that_windows_made_when_its_question_was_cancelled_has_precedence() -> None:
    assert reach([BLOCK], WINDOW) is Reach.BLOCKED
    assert reach([ALLOW, BLOCK], WINDOW) is Reach.BLOCKED
    assert reach([BLOCK, ALLOW], WINDOW) is Reach.BLOCKED


def test_variables_in_a_rules_path_are_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAMFILES", "D:\\Programs")
    rule = ALLOW.replace(WINDOW, "%ProgramFiles%\\x\\serialbridge.exe")
    assert reach([rule], "D:\\Programs\\x\\serialbridge.exe") is Reach.ALLOWED


@pytest.mark.parametrize("rule", ["", "|", "v2.31", "no rule", "v2.31|App|=|Dir=In|", f"App={WINDOW}"])
def test_text_that_is_no_rule_is_none(rule: str) -> None:
    assert reach([rule], WINDOW) is Reach.NO_RULE


def test_one_command_allows_both_programs_with_every_path_quoted() -> None:
    rule = 'add rule name="SerialBridge" dir=in action=allow profile=private'
    assert allow_options("C:\\Windows\\system32", dict.fromkeys([WINDOW, CONSOLE], Reach.NO_RULE)) == (
        f'/d /v:off /s /c "{NETSH} {rule} program="{WINDOW}" && {NETSH} {rule} program="{CONSOLE}""'
    )


def test_rules_of_a_blocked_program_are_deleted_first_and_none_is_made_twice() -> None:
    options = allow_options("C:\\Windows\\system32", {WINDOW: Reach.ALLOWED, CONSOLE: Reach.BLOCKED})
    rule = 'add rule name="SerialBridge" dir=in action=allow profile=private'
    assert options == (
        f'/d /v:off /s /c "{NETSH} delete rule name=all dir=in program="{CONSOLE}" & '
        f'{NETSH} {rule} program="{CONSOLE}""'
    )


@pytest.mark.parametrize("odd", ["C:\\100%\\serialbridge.exe", 'C:\\a" & calc & "\\serialbridge.exe'])
def test_path_that_would_not_reach_netsh_as_it_is_is_refused(odd: str) -> None:
    with pytest.raises(ValueError, match="serialbridge"):
        allow_options("C:\\Windows\\system32", {odd: Reach.NO_RULE})


@pytest.mark.skipif(sys.platform == "win32", reason="there it has one")
def test_other_systems_have_no_such_firewall() -> None:
    assert firewall.own_firewall() is None


def test_source_on_windows_has_no_program_to_make_a_rule_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert getattr(firewall.own_firewall(), "programs", None) == []
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "serialbridge.exe"))
    assert getattr(firewall.own_firewall(), "programs", None) == [
        str(tmp_path / "serialbridge-gui.exe"), str(tmp_path / "serialbridge.exe")
    ]  # fmt: skip
