"""Installing models from a server on this machine: broken connections, wrong files, harmful archives, a full disk."""

import contextlib
import hashlib
import io
import json
import os
import resource
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from trainer.errors import UserError
from trainer.models.archive import NotWhole, unpack
from trainer.models.catalogue import Archive, Entry, File, catalogue
from trainer.models.install import Reports, install
from trainer.models.installed import find, installed, models_folder, verify
from trainer.settings import settings
from trainer.speech.choosing import built_in_words, remove, use, words_folder

NAME = "vosk-model-test-0.1"
PARTS = {
    "am/final.mdl": os.urandom(300_000),
    "conf/mfcc.conf": b"--dither=0\n",
    "conf/model.conf": b"--beam=10\n",
    "graph/HCLr.fst": os.urandom(50_000),
    "graph/Gr.fst": os.urandom(1000),
}


def zipped(parts: dict[str, bytes] = PARTS, top: str = f"{NAME}/") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # As old as the clock says, the same archive would differ two seconds later.
            archive.writestr(zipfile.ZipInfo(top + name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Server:
    """files: what each path holds; cuts: after how many bytes the next answers break off; seen: path, range asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.seen.append((request.path, wanted))
        content = self.files.get(request.path)
        if content is None:
            request.send_error(404)
            return
        tag = f'"{digest(content)[:8]}"'
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start and request.headers.get("If-Range", tag) != tag:
            start = 0
        if start >= len(content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.send_header("ETag", tag)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.end_headers()
        rest = content[start:]
        if self.cuts:
            request.wfile.write(rest[: self.cuts.pop(0)])
            request.close_connection = True
        else:
            request.wfile.write(rest)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(ConnectionError):
                state.answer(self)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{http.server_port}"
        yield state
        http.shutdown()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RUSTON_OFFLINE", raising=False)


def entry(server: Server, content: bytes | None = None, sha256: str | None = None, **more: object) -> Entry:
    content = zipped() if content is None else content
    server.files["/model.zip"] = content
    archive = Archive(url=f"{server.url}/model.zip", sha256=sha256)
    return Entry(
        name=NAME, kind="vosk", languages=("en",), licence="none", megabytes=1, megabytes_installed=1,
        summary={"en": "a test", "ru": "проверка"}, archive=archive, **more,
    )  # fmt: skip


def left_behind() -> list[str]:
    """Everything in the models folder but downloads and pins."""
    folder = models_folder()
    return [p.name for p in folder.iterdir() if p.name not in (".downloads", "pins.json")] if folder.is_dir() else []


def test_a_model_is_fetched_checked_unpacked_and_recorded(server):
    content = zipped()
    told: list[tuple[int, int]] = []
    model = install(entry(server, content, digest(content)), reports=Reports(progress=lambda *n: told.append(n)))
    assert model.trust == "catalogue"
    assert {name: (model.folder / name).read_bytes() for name in PARTS} == PARTS
    assert [one.name for one in installed()] == [NAME]
    assert verify(model) == {}
    assert told[-1] == (sum(map(len, PARTS.values())),) * 2
    assert not list((models_folder() / ".downloads").iterdir())


def test_a_broken_connection_is_taken_up_where_it_broke(server):
    content = zipped()
    server.cuts = [100_000, 50_000]
    install(entry(server, content, digest(content)))
    assert [asked for _path, asked in server.seen] == [None, "bytes=100000-", "bytes=150000-"]


def test_a_download_that_was_given_up_goes_on_in_the_next_run(server):
    content = zipped()
    server.cuts = [100_000, 0, 0, 0]
    with pytest.raises(UserError, match=r"broke after 0\.1 MB .*Run the same again"):
        install(entry(server, content, digest(content)))
    assert not left_behind()
    server.seen.clear()
    install(entry(server, content, digest(content)))
    assert server.seen == [("/model.zip", "bytes=100000-")]


def test_another_file_under_the_same_address_is_fetched_from_its_beginning(server):
    server.cuts = [100_000, 0, 0, 0]
    with pytest.raises(UserError):
        install(entry(server, zipped()))
    changed = zipped({**PARTS, "am/final.mdl": os.urandom(300_000)})
    install(entry(server, changed, digest(changed)))
    assert find(NAME).files["am/final.mdl"] != digest(PARTS["am/final.mdl"])


def test_a_file_with_the_wrong_checksum_is_thrown_away(server):
    content = zipped()
    damaged = content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]
    with pytest.raises(UserError, match="not the file that was expected"):
        install(entry(server, damaged, digest(content)))
    assert not left_behind()
    assert install(entry(server, content, digest(content))).trust == "catalogue"


def test_an_unknown_checksum_is_trusted_once_aloud_and_then_pinned(server):
    content, said = zipped(), list[str]()
    model = install(entry(server, content), reports=Reports(step=said.append))
    assert model.trust == "first use"
    assert any(digest(content) in line for line in said)
    remove(NAME)
    with pytest.raises(UserError, match="not the file that was expected"):
        install(entry(server, zipped({**PARTS, "am/final.mdl": b"another"})))
    said.clear()
    install(entry(server, content), reports=Reports(step=said.append))
    assert not any(digest(content) in line for line in said)


def test_a_damaged_archive_of_unknown_checksum_is_neither_installed_nor_pinned(server):
    content = zipped()
    with pytest.raises(UserError, match="not a whole zip archive"):
        install(entry(server, content[: len(content) // 2]))
    assert not left_behind()
    install(entry(server, content))
    assert verify(find(NAME)) == {}


def test_a_file_inside_that_is_not_the_known_one_is_refused(server):
    known = {"graph/Gr.fst": digest(PARTS["graph/Gr.fst"])}
    install(entry(server, contents=known))
    before = find(NAME)
    with pytest.raises(UserError, match=r"graph/Gr\.fst"):
        install(entry(server, contents={"graph/Gr.fst": digest(b"other")}))
    assert find(NAME) == before


def test_what_is_no_model_is_refused(server):
    with pytest.raises(UserError, match="no whole model"):
        install(entry(server, zipped({"readme.txt": b"hello"})))
    assert not left_behind()


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "C:\\outside", "..\\outside"])
def test_no_file_leaves_its_folder(server, name, tmp_path):
    with pytest.raises(UserError, match="would do harm"):
        install(entry(server, zipped({**PARTS, name: b"out"}, top="")))
    assert not left_behind()
    assert not list(tmp_path.rglob("*outside*"))


def test_no_link_is_made(server):
    buffer = io.BytesIO(zipped())
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo(f"{NAME}/link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UserError, match="would do harm"):
        install(entry(server, buffer.getvalue()))


def test_no_bomb_goes_off(server):
    with pytest.raises(UserError, match="would do harm"):
        install(entry(server, zipped({**PARTS, "zeros": bytes(20_000_000)})))
    assert not left_behind()


def test_names_that_are_one_on_another_system_are_refused(server):
    with pytest.raises(UserError, match="would do harm"):
        install(entry(server, zipped({**PARTS, "AM/final.mdl": b"again"})))


def test_offline_nothing_is_asked_for_and_a_file_is_taken_instead(server, monkeypatch, tmp_path):
    content = zipped()
    model = entry(server, content, digest(content))
    monkeypatch.setenv("RUSTON_OFFLINE", "1")
    with pytest.raises(UserError, match=r"offline.*--from FILE"):
        install(model)
    brought = tmp_path / "brought.zip"
    brought.write_bytes(content)
    assert install(model, brought).trust == "catalogue"
    assert server.seen == []
    brought.write_bytes(zipped({**PARTS, "more": b""}))
    with pytest.raises(UserError, match="not the file that was expected"):
        install(model, brought)
    assert verify(find(NAME)) == {}


def test_a_folder_can_be_brought_too(server, tmp_path):
    folder = tmp_path / "unpacked"
    for name, content in PARTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert set(install(entry(server), folder).files) == set(PARTS)


def test_a_model_in_pieces_is_installed_only_as_a_whole(server):
    pieces = {"config.json": b"{}", "vocab.json": b"{}", "model.safetensors": os.urandom(5000)}
    files = tuple(
        File(path=name, url=f"{server.url}/{name}", sha256=digest(content) if name != "vocab.json" else None)
        for name, content in pieces.items()
    )
    model = Entry(
        name="pieces", kind="hub", languages=("en", "ru"), licence="none", megabytes=1, megabytes_installed=1,
        summary={"en": "", "ru": ""}, files=files,
    )  # fmt: skip
    server.files = {f"/{name}": content for name, content in pieces.items() if name != "vocab.json"}
    with pytest.raises(UserError, match=r"refuses \(404"):
        install(model)
    assert not left_behind()
    server.files["/vocab.json"] = pieces["vocab.json"]
    assert install(model).trust == "first use"
    assert verify(find("pieces")) == {}


def test_a_proxy_is_respected(server, monkeypatch):
    content = zipped()
    model = entry(server, content, digest(content)).model_copy(
        update={"archive": Archive(url="http://models.invalid/model.zip", sha256=digest(content))}
    )
    server.files["http://models.invalid/model.zip"] = content  # a proxy is asked for the whole address
    monkeypatch.setenv("http_proxy", server.url)
    install(model)
    assert server.seen == [("http://models.invalid/model.zip", None)]


def test_what_was_changed_or_lost_since_is_found(server):
    model = install(entry(server))
    (model.folder / "am/final.mdl").write_bytes(b"changed")
    (model.folder / "graph/Gr.fst").unlink()
    assert verify(model) == {"am/final.mdl": "changed", "graph/Gr.fst": "missing"}


def test_a_chosen_model_is_used_until_it_is_removed(server):
    install(entry(server))
    assert words_folder("en") is None
    use(NAME)
    assert words_folder("en") == find(NAME).folder
    assert words_folder("ru") is None
    remove(NAME)
    assert words_folder("en") is None
    assert settings().words == {}
    assert not left_behind()


def test_an_unreachable_server_is_named_with_a_way_out(server):
    model = entry(server).model_copy(update={"archive": Archive(url="http://127.0.0.1:1/model.zip")})
    with pytest.raises(UserError, match=r"cannot be reached .*--from FILE"):
        install(model)


def command(*arguments: object, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def small_disk() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "trainer", "--interface", "en", "models", *map(str, arguments)],
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False, preexec_fn=small_disk,
    )  # fmt: skip


@pytest.fixture
def own_catalogue(server, tmp_path) -> Path:
    content = zipped()
    server.files["/model.zip"] = content
    path = tmp_path / "catalogue.toml"
    path.write_text(
        f'[[model]]\nname = "{NAME}"\nkind = "vosk"\nlanguages = ["en"]\nlicence = "none"\nmegabytes = 1\n'
        f'megabytes_installed = 1\nsummary = {{ en = "a test", ru = "проверка" }}\n'
        f'[model.archive]\nurl = "{server.url}/model.zip"\nsha256 = "{digest(content)}"\n',
        encoding="utf-8",
    )
    return path


def test_where_nothing_more_can_be_written_nothing_was_changed(server, own_catalogue):
    run = command("install", NAME, "--catalogue", own_catalogue, limit=200_000)
    assert run.returncode == 2
    assert "Nothing was changed" in run.stderr
    assert "Traceback" not in run.stderr
    assert not left_behind()
    again = command("install", NAME, "--catalogue", own_catalogue)
    assert again.returncode == 0, again.stderr
    assert server.seen[-1] == ("/model.zip", "bytes=200000-")  # what had found room was not fetched twice


def test_a_user_lists_installs_checks_and_removes_a_model(own_catalogue):
    def rows() -> list[dict[str, object]]:
        listed = command("list", "--catalogue", own_catalogue, "--json").stdout.splitlines()
        return [row for row in map(json.loads, listed) if row["name"] not in built_in_words()]

    assert [(row["name"], row["installed"], row["in_use"]) for row in rows()] == [(NAME, False, False)]
    run = command("install", NAME, "--catalogue", own_catalogue)
    assert f"{NAME} is installed" in run.stdout
    assert "It is in use." in run.stdout
    assert [(row["schema"], row["in_use"]) for row in rows()] == [("ruston.model/1", True)]
    assert json.loads(command("verify", "--json").stdout)["faults"] == {}
    (find(NAME).folder / "graph/Gr.fst").write_bytes(b"")
    broken = command("verify")
    assert broken.returncode == 2
    assert "graph/Gr.fst was changed" in broken.stdout
    assert command("use", "built-in").returncode == 0
    assert [row["in_use"] for row in rows()] == [False]
    assert command("remove", NAME).returncode == 0
    assert not left_behind()
    gone = command("use", NAME)
    assert gone.returncode == 2
    assert gone.stderr.strip() == f"ruston: {NAME} is not installed. `ruston models install {NAME}` installs it."


def test_the_programs_own_catalogue_is_whole_and_names_official_hosts_over_https():
    known = catalogue()
    assert {entry.kind for entry in known.model} == {"vosk", "hub"}
    for language in ("en", "ru"):
        assert sum(entry.kind == "vosk" and language in entry.languages for entry in known.model) == 2
    hosts = {url.split("/")[2] for entry in known.model for url in entry.urls}
    assert hosts == {"alphacephei.com", "huggingface.co"}
    assert all(url.startswith("https://") for entry in known.model for url in entry.urls)


@pytest.mark.parametrize(
    "old, new", [("languages", "languges"), ('sha256 = "', 'sha256 = "x'), ("http://", "file://"), (NAME, "../up")]
)
def test_a_faulty_catalogue_is_refused_by_its_field(own_catalogue, old, new):
    own_catalogue.write_text(own_catalogue.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=r"catalogue\.toml: model\.0"):
        catalogue(own_catalogue)


def test_a_damaged_download_without_a_known_checksum_is_fetched_anew(server):
    """The server is right again: the part that was damaged is not what the next try begins with."""
    wanted, archive = entry(server), "/model.zip"
    whole = server.files[archive]
    for spoilt in (whole[: len(whole) // 2], whole[:5000] + os.urandom(2000) + whole[7000:], b"no archive"):
        server.files[archive] = spoilt
        with pytest.raises(UserError):
            install(wanted)
    server.files[archive] = whole
    assert install(wanted).trust == "first use"
    assert not any((models_folder() / ".downloads").glob("*.part"))


@pytest.mark.parametrize("name", [".", "", "a/../b", "/a"])
def test_a_member_without_a_name_is_refused(tmp_path, name):
    file = tmp_path / "m.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("m/x", b"1")
        archive.writestr(zipfile.ZipInfo(name), b"1")
    with pytest.raises(NotWhole):
        unpack(file, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_many_small_bombs_are_one(tmp_path):
    file = tmp_path / "m.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(40):
            archive.writestr(f"m/{n}", b"\0" * 1_000_000)
    with pytest.raises(NotWhole, match="harm"):
        unpack(file, tmp_path / "m")


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_a_decompressor_raises_is_one_refusal(tmp_path, kind):
    file, whole = tmp_path / "m.zip", io.BytesIO()
    with zipfile.ZipFile(whole, "w", kind) as archive:
        archive.writestr("m/x", os.urandom(20_000))
    for at in range(40, 2_000, 97):
        content = bytearray(whole.getvalue())
        content[at : at + 8] = os.urandom(8)
        file.write_bytes(content)
        with pytest.raises(NotWhole):
            unpack(file, tmp_path / f"m{at}")
