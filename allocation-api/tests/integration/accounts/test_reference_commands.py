"""Reference data by command: what is written, what is refused, and how it is said."""

from __future__ import annotations

import pytest

from app.cli.reference import command
from app.services.accounts.reference_files import FORMATS
from tests.support.commands import run_command
from tests.support.databases import prepare
from tests.support.reference_files import files


@pytest.fixture(autouse=True)
def _database(tmp_path, monkeypatch):
    """A migrated database without reference data, as the commands find it in the environment."""
    monkeypatch.setenv("DATABASE_URL", prepare(f"sqlite:///{tmp_path / 'desk.db'}"))


def written(folder, **rows):
    folder.mkdir(exist_ok=True)
    for name, content in files(**rows).items():
        (folder / f"{name}.csv").write_bytes(content)
    return str(folder)


def test_errors_are_all_printed_with_file_line_and_column(tmp_path):
    folder = written(
        tmp_path / "files",
        accounts=["A1,Harbor,CORE,USD,,", "A2,Bay,,usd,,"],
        restrictions=["A1,NO_TOBACO"],
    )
    status, out, err = run_command(command, "load", folder, "--user", "ann", "--comment", "first")
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "accounts.csv, line 2, column home_group_id: There is no row CORE in groups.csv, and none is stored.",
        "accounts.csv, line 3, column currency: 3 capital letters like USD are expected.",
        (
            "restrictions.csv, line 2, column restriction: Unknown restriction NO_TOBACO. "
            "Did you mean NO_TOBACCO?"
        ),
        "3 errors; nothing was changed",
    ]


def test_a_dry_run_and_a_check_print_what_would_change_and_change_nothing(tmp_path):
    folder = written(tmp_path / "files", groups=["CORE,Core,,,,"])
    given = ("--user", "ann", "--comment", "first")
    for arguments in (("check", folder), ("load", folder, *given, "--dry-run")):
        status, out, _ = run_command(command, *arguments)
        assert (status, out.splitlines()) == (
            0,
            [
                (
                    "groups.csv: 1 row, of which 1 would be added, 0 would be changed; 0 would be removed, "
                    "0 not in the file stay"
                ),
                "  CORE: added",
            ],
        )
    _, out, _ = run_command(command, "load", folder, *given)
    assert "Stored and recorded: " in out
    _, out, _ = run_command(command, "load", folder, *given)
    assert out.splitlines()[-1] == "Nothing to change: all is as stored"


def test_what_is_exported_can_be_loaded_and_is_not_written_over(tmp_path):
    load = ("--user", "ann", "--comment", "first")
    run_command(command, "load", written(tmp_path / "files", groups=["CORE,'=1+1,,,,"]), *load)
    folder = str(tmp_path / "out")
    status, out, _ = run_command(command, "export", folder, "--excel")
    assert status == 0
    assert len(out.splitlines()) == len(FORMATS)
    assert (tmp_path / "out" / "groups.csv").read_bytes().startswith(b"\xef\xbb\xbfgroup_id,")
    assert run_command(command, "load", folder, *load)[1].splitlines()[-1].startswith("Nothing to change")
    status, _, err = run_command(command, "export", folder)
    assert (status, "has groups.csv already" in err) == (1, True)
    assert run_command(command, "export", folder, "--force")[0] == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acounts.csv", "Unknown file acounts. Did you mean accounts?"),
        ("notes.txt", "has none of groups.csv"),
    ],
)
def test_a_folder_with_other_files_is_not_read_as_if_it_were_empty(tmp_path, name, said):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / name).write_text("")
    status, _, err = run_command(command, "check", str(tmp_path / "files"))
    assert (status, said in err) == (1, True)


def test_words_lists_every_restriction_sector_and_limit():
    _, out, _ = run_command(command, "words")
    for word in (
        "NO_TOBACCO: ",
        "THERMAL_COAL (excluded by ESG_COMPLIANT)",
        "ISSUE_OWNERSHIP (DEFAULT, SECTOR;",
    ):
        assert f"  {word}" in out
