"""One signed page: it says what was passed and who attests it, and one changed letter shows."""

import json
import os
import stat
from pathlib import Path

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV, MARKUP, STAFFORD

from trainer.data_folder import data_folder
from trainer.records.assignments import assign, sign_off
from trainer.reports.certificate import KEY, check


@pytest.fixture
def certificate(store, tmp_path) -> Path:
    tasks = (
        assign(store, [STAFFORD], calls=1, pass_mark=70, call_ids=["COM-01"]),
        assign(store, [STAFFORD], calls=3, pass_mark=70, phases=["docking"]),
    )
    sign_off(store, "Shatalov", assignment=tasks[0][0].assignment, comment="private: well done")
    sign_off(store, "Shatalov", assignment=tasks[1][0].assignment, passed=False)
    path = tmp_path / "c.html"
    ruston("desk", "certificate", STAFFORD, "--by", "Beregovoi", "--out", path)
    return path


def test_a_page_says_what_was_passed_by_whom_and_nothing_else(certificate):
    text = certificate.read_text("utf-8")
    for told in ("COM-01", "0 of 1", "Shatalov", "Attested by Beregovoi", "no licence", check(certificate).fingerprint):
        assert told in text
    assert "docking" not in text.lower()  # not passed
    assert "private" not in text
    assert MARKUP not in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text.partition("<style>")[2]  # nothing is fetched


def test_one_changed_letter_shows_and_so_does_a_key_of_somebody_else(certificate, monkeypatch, tmp_path):
    whole = certificate.read_bytes()
    found = check(certificate)
    assert (found.whole, found.ours) == (True, True)
    for typed in (found.fingerprint.lower(), found.fingerprint.replace("-", ""), found.fingerprint.replace("-", " ")):
        assert ruston("desk", "verify", certificate, "--key", typed).returncode == 0
    for typed in ("AAAA-BBBB", "", found.fingerprint + "0", found.fingerprint.replace("-", "x")):
        assert "not a fingerprint" in one_line(ruston("desk", "verify", certificate, "--key", typed))
    for place in (40, len(whole) // 2, whole.index(b"COM-01")):
        certificate.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not check(certificate).whole
        run = ruston("desk", "verify", certificate, "--json")
        assert (run.returncode, json.loads(run.stdout)["trusted"]) == (2, False)
    certificate.write_bytes(whole)
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "another"))
    assert (check(certificate).whole, check(certificate).ours) == (True, False)
    assert "anybody can make a key" in ruston("desk", "verify", certificate).stdout
    named = ruston("desk", "verify", certificate, "--key", found.fingerprint)
    assert (named.returncode, "anybody can make a key" in named.stdout) == (0, False)
    for typed, trusted in (((), False), (("--key", found.fingerprint), True), (("--key", "AAAA" * 5), False)):
        assert json.loads(ruston("desk", "verify", certificate, *typed, "--json").stdout)["trusted"] is trusted
    assert ruston("desk", "verify", certificate, "--key", "AAAA-BBBB-CCCC-DDDD-EEEE").returncode == 2
    certificate.write_bytes(whole.partition(b"<!-- ruston")[0])
    assert "signature is gone" in one_line(ruston("desk", "verify", certificate))


def test_the_key_is_the_owners_alone_and_a_damaged_one_is_told(certificate):
    key = data_folder() / KEY
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_text("no key", encoding="utf-8")
    assert "cannot be read" in one_line(ruston("desk", "certificate", STAFFORD, "--by", "x", "--out", certificate))


def test_without_anything_passed_there_is_no_certificate(store):
    assert "signed off as passed" in one_line(ruston("desk", "certificate", LEONOV, "--by", "x"))


def test_a_sign_off_of_what_is_not_fulfilled_tells_so(store):
    number = assign(store, [STAFFORD], calls=3, pass_mark=70, phases=["docking"])[0].assignment
    said = ruston("desk", "sign-off", number, "--by", "Shatalov").stdout
    assert "0 of 3 calls were passed; signed all the same" in said
    assert "all the same" not in ruston("desk", "sign-off", number, "--by", "Shatalov", "--not-passed").stdout
    told = json.loads(ruston("desk", "sign-off", number, "--by", "Shatalov", "--json").stdout)
    assert (told["done"], told["calls"], told["fulfilled"], told["passed"]) == (0, 3, False, True)
