"""The user's profiles, as the console's verbs ask for them."""

from __future__ import annotations

import argparse
from pathlib import Path

from serialbridge_gui.console_errors import Failed, WrongArguments
from serialbridge_gui.profile import Profile
from serialbridge_gui.profile_error import ProfileError, ProfileFault
from serialbridge_gui.profile_store import Loaded, ProfileStore, default_config_dir, find_by_name
from serialbridge_gui.ui.sentences import profile_error_sentence


def store_of(options: argparse.Namespace) -> ProfileStore:
    """The store of `--config-dir`, else the user's own."""
    directory = getattr(options, "config_dir", None)
    return ProfileStore(Path(directory) if directory else default_config_dir())


def found(store: ProfileStore, name: str) -> Profile:
    """The profile of that name. Raises WrongArguments, Failed."""
    loaded = store.load()
    try:
        return find_by_name(loaded.profiles, name)
    except ProfileError as error:
        raise not_found(error, loaded) from error


def not_found(error: ProfileError, loaded: Loaded) -> WrongArguments | Failed:
    """How a look-up by name ends. It may be a profile that could not be loaded: those are told of, too."""
    sentence = " ".join(profile_error_sentence(problem) for problem in (error, *loaded.problems))
    unknown = error.fault in (ProfileFault.UNKNOWN_NAME, ProfileFault.AMBIGUOUS_NAME)
    return WrongArguments(sentence) if unknown else Failed(sentence)
