"""Which folder of rules is whose."""

import pytest

from engine.core.site_folders import NamedSite, folder_name, whose_folders

TEA, MUGS = NamedSite("pk_tea", "Tea World"), NamedSite("pk_mugs", "Mug & Co.")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Mug & Co.", "mug-co"),
        ("小茶館", "小茶館"),
        ("ร้านชา", "ร้านชา"),
        ("Cafe\u0301 Noir", "café-noir"),
        ("../etc", "etc"),
        ("...", ""),
    ],
)
def test_folder_is_best_called_by_the_words_of_the_name(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@pytest.mark.parametrize("folder", ["pk_mugs", "mug-co", "Mug & Co.", "MUG_CO"])
def test_folder_is_its_sites_by_key_or_by_name_however_it_is_spelt(folder: str) -> None:
    found = whose_folders([folder], [TEA, MUGS])
    assert (found.folders, found.doubts) == ({"pk_mugs": folder}, [])


def test_folder_of_no_site_is_named_with_the_nearest_name() -> None:
    found = whose_folders(["mug-c", "xyz"], [TEA, MUGS])
    assert found.folders == {}
    assert found.doubts == [
        "'mug-c' is passed over: no site has this name, expected the name or the key of one (did you mean 'mug-co'?)",
        "'xyz' is passed over: no site has this name, expected the name or the key of one",
    ]


def test_folder_without_a_word_in_its_name_is_nobodys_though_a_site_has_none_either() -> None:
    assert whose_folders(["..."], [NamedSite("pk_a", "!")]).folders == {}


def test_name_of_two_sites_is_neithers_until_a_key_says_whose() -> None:
    twins = [NamedSite("pk_a", "Tea"), NamedSite("pk_b", "tea")]
    found = whose_folders(["tea", "pk_b"], twins)
    assert found.folders == {"pk_b": "pk_b"}
    assert found.doubts == [
        "'tea' is passed over: 2 sites have this name, expected a key, one of pk_a, pk_b",
    ]


def test_of_two_folders_of_a_site_the_one_with_its_key_counts() -> None:
    found = whose_folders(["mug-co", "pk_mugs", "Mug Co"], [MUGS])
    assert found.folders == {"pk_mugs": "pk_mugs"}
    assert found.doubts == [
        "'Mug Co' is passed over: its site has the folder 'pk_mugs' already",
        "'mug-co' is passed over: its site has the folder 'pk_mugs' already",
    ]
