"""A backup that somebody else packed."""

import io
import tarfile

from portal.files.archive import DUMP, FILES, unpack, without_newer_settings


def test_nothing_comes_out_beside_the_folder_and_nothing_but_files(tmp_path):
    with tarfile.open(tmp_path / "backup.tar", "w") as tar:
        for name in (DUMP, f"{FILES}/ab/picture", "../beside", str(tmp_path / "elsewhere")):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            tar.addfile(entry, io.BytesIO(b"data"))
        link = tarfile.TarInfo(f"{FILES}/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    folder = tmp_path / "restored"
    folder.mkdir()
    assert unpack(tmp_path / "backup.tar", folder).read_bytes() == b"data"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "restored"]
    assert [path.name for path in folder.rglob("*") if not path.is_dir()] == [DUMP, "picture"]
    assert (folder / FILES / "ab" / "picture").stat().st_mode & 0o077 == 0


def test_a_dump_for_an_older_server_loses_one_setting_and_no_word_of_anybody(tmp_path):
    script = tmp_path / "database.sql"
    setting, words = "SET transaction_timeout = 0;\n", "SET lock_timeout = 0;\nCOPY public.idea FROM stdin;\n"
    script.write_text(f"{setting}{words}{setting}")
    without_newer_settings(script)
    assert script.read_text().lstrip("\n") == f"{words}{setting}"
