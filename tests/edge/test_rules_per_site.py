"""Folders of single sites: each site goes by its own rules alone, and a fault of one holds up no other."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.core.rule_errors import RuleErrors
from engine.core.ruleset import RuleSet
from engine.core.site_folders import NamedSite
from engine.edge.rule_files import files_for, is_rule_file, own_folders, read_files
from engine.edge.rule_folder import RuleFolder
from engine.edge.rules_in_force import COMMON, RulesInForce
from tests.edge.test_rule_folder import a_rule, names
from tests.waiting import eventually

TEA, MUGS = NamedSite("pk_tea", "Tea World"), NamedSite("pk_mugs", "Mugs")


class Rules:
    """A folder of rules, the sites there are, and what holds for each of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sites = [TEA, MUGS]
        self.in_force = RulesInForce()
        self.given: list[str] = []

    def write(self, path: str, rule: str) -> Path:
        """Write a file of one rule, or of nothing that is one."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(a_rule(rule) if rule else "nonsense: [")
        return file

    def of(self, site: str = COMMON) -> list[str]:
        """Return the names of a site's rules."""
        return names(self.in_force.of(site))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RuleFolder]:
        """Follow the folder."""

        def use(site: str, rules: RuleSet | None) -> None:
            self.given.append(site)
            self.in_force.use(site, rules)

        following = RuleFolder(self.folder, use, lambda: self.sites)
        await following.start()
        try:
            yield following
        finally:
            await following.stop()


@pytest.fixture
def rules(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Rules]:
    made = Rules(tmp_path / "rules")
    made.write("welcome.yaml", "welcome")
    made.write("sites/mugs/mug.yaml", "mug")
    with caplog.at_level(logging.INFO, "shopbell.rules"):
        yield made


def test_files_for_all_sites_are_those_outside_of_the_sites_folders(rules: Rules) -> None:
    rules.write("seasons/sites/winter.yaml", "winter")
    assert sorted(read_files(rules.folder, is_rule_file)) == [
        f"{rules.folder}/seasons/sites/winter.yaml",
        f"{rules.folder}/welcome.yaml",
    ]
    assert list(files_for(rules.folder, "pk_mugs", rules.sites)) == [f"{rules.folder}/sites/mugs/mug.yaml"]
    assert len(files_for(rules.folder, "pk_tea", rules.sites)) == 2


def test_file_between_the_sites_folders_is_of_no_site(rules: Rules) -> None:
    rules.write("sites/stray.yaml", "stray")
    with pytest.raises(RuleErrors, match=r"sites/stray\.yaml:1:1: file is of no site, expected .*/sites/SITE/FILE"):
        read_files(rules.folder, is_rule_file)


def test_folder_of_a_cluster_that_swaps_all_at_once_is_followed_and_one_that_leads_out_is_not(
    rules: Rules, tmp_path: Path
) -> None:
    rules.write("..data/sites/tea-world/tea.yaml", "tea")
    (rules.folder / "sites" / "tea-world").symlink_to(rules.folder / "..data" / "sites" / "tea-world")
    (tmp_path / "elsewhere").mkdir()
    (rules.folder / "sites" / "elsewhere").symlink_to(tmp_path / "elsewhere")
    assert own_folders(rules.folder) == ["mugs", "tea-world"]
    assert list(files_for(rules.folder, "pk_tea", rules.sites)) == [f"{rules.folder}/sites/tea-world/tea.yaml"]


def test_folders_of_all_sites_may_be_swapped_at_once_as_well(rules: Rules) -> None:
    rules.write("..one/sites/tea-world/tea.yaml", "tea")
    shutil.rmtree(rules.folder / "sites")
    (rules.folder / "..data").symlink_to("..one")
    (rules.folder / "sites").symlink_to("..data/sites")
    assert own_folders(rules.folder) == ["tea-world"]
    assert list(files_for(rules.folder, "pk_tea", rules.sites)) == [f"{rules.folder}/sites/tea-world/tea.yaml"]
    assert list(files_for(rules.folder, "pk_mugs", rules.sites)) == [f"{rules.folder}/welcome.yaml"]


async def test_site_with_a_folder_goes_by_its_rules_alone_and_the_others_by_those_for_all(rules: Rules) -> None:
    async with rules.running():
        assert (rules.of("pk_mugs"), rules.of("pk_tea")) == (["mug"], ["welcome"])
        assert [rules.in_force.of(each).folder for each in ("pk_mugs", "pk_tea")] == ["mugs", ""]
        rules.write("welcome.yaml", "hello")
        await eventually(lambda: rules.of("pk_tea") == ["hello"])
        assert rules.given == [COMMON, "pk_mugs", COMMON]


async def test_fault_in_one_sites_folder_leaves_its_rules_and_holds_up_no_other(
    rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    async with rules.running() as following:
        rules.write("sites/mugs/mug.yaml", "")
        rules.write("welcome.yaml", "hello")
        await eventually(lambda: rules.of("pk_tea") == ["hello"] and "refused" in caplog.text)
        assert rules.of("pk_mugs") == ["mug"]
        assert "rule files of sites/mugs refused, the rules in force stay in force; 1 problem:" in caplog.messages
        assert f"{rules.folder}/sites/mugs/mug.yaml:" in caplog.text
        rules.write("sites/mugs/mug.yaml", "cup")
        await eventually(lambda: rules.of("pk_mugs") == ["cup"])
        assert following.problem() is None


async def test_site_whose_folder_is_faulty_from_the_start_goes_by_no_rules_until_it_is_mended(rules: Rules) -> None:
    rules.write("sites/mugs/mug.yaml", "")
    async with rules.running() as following:
        assert (rules.of("pk_mugs"), rules.of("pk_tea")) == ([], ["welcome"])
        assert following.problem() is None
        rules.write("sites/mugs/mug.yaml", "mug")
        await eventually(lambda: rules.of("pk_mugs") == ["mug"])


async def test_new_folder_with_a_fault_leaves_its_site_the_rules_for_all(
    rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    async with rules.running():
        rules.write("sites/tea-world/tea.yaml", "")
        await eventually(lambda: "rule files of sites/tea-world refused" in caplog.text)
        assert rules.of("pk_tea") == ["welcome"]


async def test_folder_of_a_site_that_is_added_later_is_taken_up_then(
    rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    rules.write("sites/pot-shop/pot.yaml", "pot")
    async with rules.running() as following:
        warned = [each for each in caplog.messages if "'pot-shop' is passed over: no site has this name" in each]
        assert len(warned) == 1
        rules.sites = [*rules.sites, NamedSite("pk_pots", "Pot Shop")]
        assert not following.has_settled("pk_pots")
        await eventually(lambda: following.has_settled("pk_pots"))
        assert rules.of("pk_pots") == ["pot"]
        assert caplog.text.count("is passed over") == 1


async def test_site_whose_folder_goes_is_back_at_the_rules_for_all(rules: Rules) -> None:
    async with rules.running():
        (rules.folder / "sites" / "mugs").rename(rules.folder / ".mugs")
        await eventually(lambda: rules.of("pk_mugs") == ["welcome"])


async def test_whole_folder_that_goes_changes_nothing_and_is_taken_up_when_it_is_back(
    rules: Rules, caplog: pytest.LogCaptureFixture
) -> None:
    async with rules.running():
        away = rules.folder.rename(rules.folder.with_name("away"))
        await eventually(lambda: "no such folder" in caplog.text)
        assert (rules.of("pk_mugs"), rules.of("pk_tea")) == (["mug"], ["welcome"])
        away.rename(rules.folder)
        rules.write("sites/mugs/mug.yaml", "cup")
        await eventually(lambda: rules.of("pk_mugs") == ["cup"], 5)
