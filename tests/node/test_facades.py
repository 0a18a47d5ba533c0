"""What an operator sets about façades is read, or the node does not start."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from sogoc.errors import SettingsError
from sogoc.node.offering.facades import facade_settings
from sogoc.node.settings import Settings


def test_without_any_setting_nobody_is_trusted_but_who_shows_a_token() -> None:
    told = facade_settings(Settings())
    assert (told.mediators, told.callbacks, told.callback_networks) == ((), (), ())
    assert (told.simulates_ndxp, told.signatures_required) == (False, False)


def test_settings_are_read_as_they_are_documented() -> None:
    told = facade_settings(
        replace(
            Settings(),
            mediators="10.0.0.5 10.1.0.0/16",
            callbacks="VN/GOV/02/LAND=https://spp.example/in?x=1",
            callback_networks="10.2.0.0/16",
            older_clients="VN/GOV/02/LAND",
            message_signatures="required",
            ndxp_simulator="on",
        )
    )
    assert told.mediators == (ip_network("10.0.0.5/32"), ip_network("10.1.0.0/16"))
    assert told.callbacks == (("VN/GOV/02/LAND", "https://spp.example/in?x=1"),)
    assert (told.simulates_ndxp, told.signatures_required) == (True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mediators": "everybody"},
        {"mediators": "10.0.0.5/16"},
        {"callback_networks": "10.0.0.0/99"},
        {"callbacks": "https://spp.example"},
        {"callbacks": "VN/GOV/02/LAND=ftp://spp.example"},
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        facade_settings(replace(Settings(), **wrong))  # type: ignore[arg-type]  # texts all
