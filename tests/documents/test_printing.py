"""Glyphs, determinism, archival form, and nothing fetched."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from tests.documents.conftest import DAY, ROOT, sample_letter, sample_pdf, shipped
from tests.documents.pages import needs_poppler, plain_text
from yisong.documents import fonts, tuning
from yisong.documents import pdf as press
from yisong.documents.docx import render_docx
from yisong.documents.environment import check_environment, substitutions
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Paragraph, Run
from yisong.documents.pdf import FACTS_NAME, render_pdf

RARE = "𬭎䶮㐂𠮷喆犇昇堃玥翀赟"


def with_text(text: str) -> bytes:
    letter = sample_letter("cuiban")
    return render_pdf(replace(letter, blocks=(Paragraph((Run(text),)), *letter.blocks)), created=DAY)


@needs_poppler
def test_rare_characters_of_names_are_printed() -> None:
    data = with_text(f"当事人：{RARE}")
    assert RARE in plain_text(data)
    with pikepdf.open(io.BytesIO(data)) as opened:
        faces = {str(o.FontName) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/FontName" in o}
    assert any("Rare" in face for face in faces), faces


@pytest.mark.parametrize("render", [render_pdf, render_docx])
def test_a_character_no_face_has_is_refused_by_name(render: object) -> None:
    letter = sample_letter("cuiban")
    with pytest.raises(DocumentError) as caught:
        render(replace(letter, note="联系人：𱎼"), created=DAY)  # type: ignore[operator]
    assert caught.value.code == "missing-glyph" and "𱎼" in caught.value.message and "U+313BC" in caught.value.message


SCRIPT = """
import hashlib, json, sys
from datetime import date
from pathlib import Path
from yisong.documents.catalogue import Catalogue
from yisong.documents.pdf import render_pdf
from yisong.documents.docx import render_docx
c = Catalogue.read(Path(sys.argv[1]))
for code in ("yisong", "zegai", "guapai", "ysqd"):
    letter = c.compose(code, c.sample(code))
    for data in (render_pdf(letter, facts_json=b'{"a": 1}', created=date(2026, 11, 20)), render_docx(letter, created=date(2026, 11, 20))):
        print(hashlib.sha256(data).hexdigest())
"""


def test_same_input_same_bytes_in_other_processes() -> None:
    prints = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(ROOT)], check=True, capture_output=True, text=True, cwd=ROOT.parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang},
        ).stdout
        for seed, zone, lang in (("1", "UTC", "C.UTF-8"), ("4242", "Asia/Shanghai", "C"))
    ]  # fmt: skip
    assert prints[0] == prints[1] and len(prints[0].split()) == 8


def test_a_face_made_ready_for_many_letters_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "_seen", {})
    monkeypatch.setattr(tuning, "_WORTH_PREPARING", 1)
    first, *others = [render_pdf(sample_letter("zegai"), created=DAY) for _ in range(3)]
    assert all(letters == 3 for letters, _ in tuning._seen.values()) and others == [first, first]


def test_importing_the_room_loads_no_renderer() -> None:
    code = (
        "import sys, yisong.documents.catalogue, yisong.documents.pdf, yisong.documents.docx, yisong.documents.seal, yisong.documents.dossier, "
        "yisong.documents.lint, yisong.documents.check; "
        "heavy = {'weasyprint', 'docx', 'pyhanko', 'pikepdf', 'fontTools', 'segno', 'PIL'} & set(sys.modules); print(sorted(heavy))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT.parents[1]
    ).stdout
    assert out.strip() == "[]"


def test_the_facts_lie_in_the_pdf_and_it_claims_pdf_a_3b() -> None:
    with pikepdf.open(io.BytesIO(sample_pdf("zegai"))) as opened:
        facts = json.loads(opened.attachments[FACTS_NAME].get_file().read_bytes())
        assert facts["number"] == shipped().sample("zegai")["number"]
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert opened.Root.OutputIntents and "/AF" in opened.Root
        fonts = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts and all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that writes down who comes."""
    visits: list[str] = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", visits
    server.shutdown()


def test_a_fact_fetches_nothing(listener: tuple[str, list[str]]) -> None:
    address, visits = listener
    secret = Path("/etc/hostname").read_text(encoding="utf-8").strip() or "localhost"
    data = with_text(
        f"<img src='{address}/a'><link rel=attachment href='file:///etc/hostname'>@import url({address}/b);"
    )
    assert visits == []
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert not [name for name in opened.attachments if secret in name or "hostname" in name]


def test_the_press_itself_refuses_every_address_but_its_own(listener: tuple[str, list[str]]) -> None:
    address, visits = listener
    loaded = press._load()
    for url in (f"{address}/x", "file:///etc/hostname", "data:text/css,p{}", "ftp://127.0.0.1/x"):
        page = f'<link rel=stylesheet href="{url}"><img src="{url}"><p>文</p>'
        with pytest.raises(BaseException, match="refused"):
            loaded.weasyprint.HTML(string=page, url_fetcher=press._sealed_fetcher(), base_url="asset:").write_pdf(
                font_config=loaded.fonts
            )
    assert visits == []


def test_this_machine_can_print() -> None:
    assert check_environment() == []
    assert substitutions()["小标宋"] == "Yisong Biaosong" and all(substitutions().values())
    assert set(substitutions()) == {"仿宋", "楷体", "黑体", "小标宋", "宋体", "生僻字"}


def test_a_missing_font_directory_is_a_named_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("yisong.documents.fonts.SHIPPED_FONTS", tmp_path / "nowhere")
    problems = check_environment()
    assert [problem.code for problem in problems] == ["missing-font"] and "“仿宋”（YisongFang.ttf）" in problems[
        0
    ].message


def test_the_operators_own_face_serves_its_role_and_ours_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "_chosen", fonts._Chosen())
    office, partly = tmp_path / "office", tmp_path / "partly"
    for folder in (office, partly):
        folder.mkdir()
    for name in set(fonts.ROLE_FILES.values()) - {"YisongFang.ttf", "YisongKai.ttf"}:
        (partly / name).symlink_to(fonts.SHIPPED_FONTS / name)
    face = TTFont(fonts.SHIPPED_FONTS / "YisongSong.ttf")
    face["name"].names = [record for record in face["name"].names if record.platformID == 3]
    for record in face["name"].names:
        record.string = "仿宋_GB2312"
    face.save(office / "simfang.ttf")
    monkeypatch.setattr(fonts, "SHIPPED_FONTS", partly)
    fonts.use(office)
    assert (substitutions()["仿宋"], substitutions()["楷体"], substitutions()["黑体"]) == (
        "仿宋_GB2312",
        "",
        "Yisong Hei",
    )
    problems = check_environment()
    assert [problem.code for problem in problems] == ["missing-font"]
    assert "“楷体”" in problems[0].message and "“仿宋”" not in problems[0].message
    assert str(office) in fonts.font_configuration_file().read_text(encoding="utf-8")
    (office / "broken.ttf").write_bytes(b"no font")
    assert [problem.code for problem in check_environment()] == ["bad-font"]


def test_faces_cannot_change_under_a_press_that_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "_chosen", fonts._Chosen(read=True))
    fonts.use(fonts.SHIPPED_FONTS)
    with pytest.raises(DocumentError) as caught:
        fonts.use(tmp_path)
    assert caught.value.code == "fonts-in-use" and "重新启动" in caught.value.message


def test_the_verification_code_decodes_from_the_page(tmp_path: Path) -> None:
    pyzbar = pytest.importorskip("pyzbar.pyzbar", reason="需要 libzbar0 才能识读二维码", exc_type=ImportError)
    from PIL import Image

    letter = replace(sample_letter("zegai"), verify_url="https://yunxi.example/verify/XZJC-339927-2026-000347")
    for variant in (letter, replace(sample_letter("yisong"), verify_url=letter.verify_url)):
        (tmp_path / "x.pdf").write_bytes(render_pdf(variant, created=DAY))
        subprocess.run(["pdftoppm", "-r", "150", "-png", str(tmp_path / "x.pdf"), str(tmp_path / "x")], check=True)
        texts = [
            code.data.decode() for path in sorted(tmp_path.glob("x-*.png")) for code in pyzbar.decode(Image.open(path))
        ]
        assert texts == [letter.verify_url]
        for path in tmp_path.glob("x-*.png"):
            path.unlink()


def test_frozen_digest_is_of_the_files() -> None:
    folder = ROOT / "yisong"
    expected = hashlib.sha256((folder / "document.toml").read_bytes() + (folder / "body.j2").read_bytes()).hexdigest()
    assert shipped().digest("yisong") == expected
    assert date.fromisoformat(shipped().sample("yisong")["issued_on"])
