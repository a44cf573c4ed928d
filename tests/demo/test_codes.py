"""What the playbook promises, the demo shop keeps."""

from engine.core.popup import coupons_of
from engine.core.rulefile import read_rules
from engine.demo.cart import DISCOUNTS
from engine.edge.rule_files import is_rule_file, read_files
from engine.edge.shipped_files import playbook_folder


def test_every_code_of_the_playbook_takes_off_in_the_demo_shop_what_its_popup_says() -> None:
    rules = read_rules(read_files(playbook_folder(), is_rule_file))
    coupons = {each for rule in rules.rules for show in rule.rule.shows for each in coupons_of(show)}
    assert len(coupons) >= 5
    assert {each.code: each.value for each in coupons if DISCOUNTS.get(each.code) != each.value} == {}
