"""What `./run` sets up: the environment, once; the front-end files, from their packages; and it is heard doing it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.assets import build_sprite, build_vendor, ensure_assets, read_icon_names
from tools.console import Refused, run_alive
from tools.environment import ensure_environment, fingerprint

ROOT = Path(__file__).parents[2]
SPACER = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'


def icon(folder: Path, name: str, shapes: str) -> None:
    """Write an icon the way @tabler/icons does."""
    (folder / f"{name}.svg").write_text(
        f'<!--\ntags: [x]\n-->\n<svg viewBox="0 0 24 24">\n  {SPACER}\n  {shapes}\n</svg>'
    )


def test_the_sprite_holds_the_shapes_of_each_icon_by_name(tmp_path: Path) -> None:
    icon(tmp_path, "check", '<path d="M5 12l5 5l10 -10" />')
    icon(tmp_path, "x", '<path d="M18 6l-12 12" />\n  <path d="M6 6l12 12" />')
    assert build_sprite(["check", "x"], tmp_path).splitlines() == [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<symbol id="icon-check" viewBox="0 0 24 24"><path d="M5 12l5 5l10 -10" /></symbol>',
        '<symbol id="icon-x" viewBox="0 0 24 24"><path d="M18 6l-12 12" /><path d="M6 6l12 12" /></symbol>',
        "</svg>",
    ]


def test_icons_that_do_not_exist_are_all_named(tmp_path: Path) -> None:
    icon(tmp_path, "check", "")
    with pytest.raises(Refused, match=r"does not have: chekc, crossed$"):
        build_sprite(["check", "chekc", "crossed"], tmp_path)


def test_the_icon_list_takes_comments_and_repetitions(tmp_path: Path) -> None:
    (tmp_path / "icons.txt").write_text("# used on the board\nx\n\ncheck  # done\nx\n")
    assert read_icon_names(tmp_path / "icons.txt") == ["check", "x"]


def test_the_vendor_folder_has_every_file_its_license_and_no_source_map(tmp_path: Path) -> None:
    if not (ROOT / "node_modules" / "@tabler" / "icons").exists():
        pytest.skip("node_modules is missing; ./run test fetches it")
    ensure_assets(ROOT)
    build_vendor(ROOT, tmp_path / "vendor")
    names = {path.relative_to(tmp_path / "vendor").as_posix() for path in (tmp_path / "vendor").rglob("*.*")}
    assert names == {
        "tabler.min.css", "tabler.min.js", "htmx.min.js", "Sortable.min.js", "icons.svg",
        "licenses/tabler-core.txt", "licenses/tabler-icons.txt", "licenses/htmx.txt", "licenses/inter.txt",
        "inter-latin.woff2", "inter-latin-ext.woff2", "licenses/sortablejs.txt",
    }  # fmt: skip
    for path in (tmp_path / "vendor").glob("*.[jcs]*"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")
    assert '<symbol id="icon-check"' in (tmp_path / "vendor" / "icons.svg").read_text(encoding="utf-8")


def test_a_fingerprint_changes_with_the_content_and_the_order_of_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("flask==3.1.3\n")
    before = fingerprint([file])
    assert fingerprint([file]) == before
    file.write_text("flask==3.1.4\n")
    assert fingerprint([file]) != before


def test_a_long_program_is_heard_of_while_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = "import time; print('Collecting torch', flush=True); time.sleep(0.4)"
    run_alive([sys.executable, "-S", "-c", program], cwd=tmp_path, next_step="", heartbeat_s=0.15)
    assert "Collecting torch" in capsys.readouterr().out


def test_a_program_that_fails_leaves_its_last_lines_and_the_next_step(tmp_path: Path) -> None:
    program = "import sys; print('No matching distribution'); sys.exit(3)"
    with pytest.raises(Refused, match=r"No matching distribution\n.*exit code 3\)\. Check the network\."):
        run_alive([sys.executable, "-S", "-c", program], cwd=tmp_path, next_step="Check the network.")


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no-such-npm cannot be started .* Install Node"):
        run_alive(["no-such-npm"], cwd=tmp_path, next_step="Install Node.")


@pytest.mark.slow
def test_the_environment_is_made_once_and_filled_again_only_when_requirements_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing is needed\n")
    python = ensure_environment(tmp_path)
    first = capsys.readouterr().out
    assert "Making a Python environment" in first
    assert "Installing requirements.txt" in first
    assert subprocess.run([str(python), "-c", "import pip"], check=False).returncode == 0
    ensure_environment(tmp_path)
    assert capsys.readouterr().out == ""
    requirements.write_text("./no-such-package\n")
    for _ in range(2):  # what failed is not taken for done
        with pytest.raises(Refused, match=r"no-such-package.*\n.*start \./run again"):
            ensure_environment(tmp_path)
    requirements.write_text("# nothing again\n")
    ensure_environment(tmp_path)
    assert "Making" not in capsys.readouterr().out
