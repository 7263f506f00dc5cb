"""Every kind of note, refusal and check has its sentence, and what others wrote stands in it harmless."""

from __future__ import annotations

import pytest

from serialbridge_gui.ui.vm_words import check_sentence, fix_words, note_sentence, refusal_sentence
from serialbridge_gui.vm.checks import Check, CheckKind, Fix
from serialbridge_gui.vm.recipe import Hypervisor, Note, NoteKind, Refusal, Refused

HOSTILE = "a\u202eb\nc{subject}"


def sentences() -> list[str]:
    said = [note_sentence(Note(kind, HOSTILE)) for kind in NoteKind]
    said += [refusal_sentence(Refused(one, HOSTILE, hint)) for one in Refusal for hint in (*Hypervisor, "5.0")]
    said += [check_sentence(Check(kind, subject)) for kind in CheckKind for subject in (HOSTILE, "")]
    return said


@pytest.mark.parametrize("sentence", sentences())
def test_it_is_one_line_that_shows_all(sentence: str) -> None:
    assert sentence.endswith((".", ":", "`", ")"))
    assert "\n" not in sentence
    assert "\u202e" not in sentence


def test_hypervisor_is_named_as_its_makers_do() -> None:
    assert "VirtualBox passes no PCI cards" in refusal_sentence(
        Refused(Refusal.PCI_UNKNOWN, "03:00.0", Hypervisor.VIRTUALBOX)
    )
    assert "ESXi" in refusal_sentence(Refused(Refusal.PCI_UNKNOWN, "03:00.0", Hypervisor.VMWARE))


def test_every_fix_has_words() -> None:
    assert all(fix_words(fix) for fix in Fix)
