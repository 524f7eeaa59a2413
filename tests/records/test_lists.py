"""A list of one's own is kept with its learner: it travels with them, is handed over to them and deleted with them."""

import json

import pytest

from trainer.drill.plan import Seat
from trainer.records.privacy import delete_learner, export
from trainer.records.store import Store
from trainer.records.travel import merge

ANNA = Seat("soyuz", "anna", "Anna", "ru", "soyuz")
BILL = Seat("apollo", "bill", "Bill", "en", "apollo")


@pytest.fixture
def listing(store):
    for call in ("DOC-02", "COM-10", "DOC-02"):
        store.put_on_list(ANNA, call)
    store.put_on_list(BILL, "ORB-02")
    return store


def test_calls_are_listed_once_in_the_order_in_which_they_were_marked(listing):
    assert listing.listed("anna") == ("DOC-02", "COM-10")
    listing.take_off_list("anna", "DOC-02")
    assert (listing.listed("anna"), listing.listed("bill")) == (("COM-10",), ("ORB-02",))


def test_a_list_is_handed_over_and_deleted_with_its_learner(listing, tmp_path):
    export(listing, "anna", tmp_path / "out")
    about = json.loads((tmp_path / "out" / "learner.json").read_text(encoding="utf-8"))
    assert about["listed"] == ["DOC-02", "COM-10"]
    delete_learner(listing, "anna")
    assert (listing.listed("anna"), listing.listed("bill")) == ((), ("ORB-02",))


def test_lists_and_letters_travel_with_their_learners(tmp_path):
    with Store.open(str(tmp_path / "laptop.sqlite")) as laptop:
        laptop.put_on_list(ANNA, "DOC-02")
        laptop.show_letters("anna", True)
    with Store.open(str(tmp_path / "desk.sqlite")) as desk:
        desk.put_on_list(ANNA, "COM-10")
        merge(desk, tmp_path / "laptop.sqlite", lambda *_memories: None)
        assert set(desk.listed("anna")) == {"COM-10", "DOC-02"}
        assert desk.learner("anna").letters
