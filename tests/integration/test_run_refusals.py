"""`./run` refuses to start twice, on a taken port or in a folder it cannot use, and says what to do instead."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings
from tools.commands import main, parse_options
from tools.console import Refused
from tools.lock import check_port, free_port, only_instance
from tools.parts import WORKER_GROUPS, product_parts, socket_path
from tools.serve import Options, make_plan

ROOT = Path(__file__).parents[2]


def test_a_second_instance_on_the_same_data_names_the_first(tmp_path: Path) -> None:
    with only_instance(tmp_path, "http://localhost:8000"):
        program = "import sys; from pathlib import Path; from tools.lock import only_instance\n"
        program += "with only_instance(Path(sys.argv[1]), 'http://localhost:8001'): pass"
        second = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert f"Scoutboard at http://localhost:8000 (process {os.getpid()}) already works" in second.stderr
    assert "--data DIR" in second.stderr
    with only_instance(tmp_path, "http://localhost:8001"):
        assert "8001" in (tmp_path / "run.lock").read_text()


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"file cannot be used .*--data DIR"), only_instance(tmp_path / "file", ""):
        pass


def test_a_taken_port_is_refused_with_the_next_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} on 127.0.0.1 is taken.*--port {port + 1}"):
            check_port("127.0.0.1", port)
        assert free_port(port) != port
    check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused, match=r"Nothing can listen on 192\.0\.2\.1"):
        check_port("192.0.2.1", 8000)


def plan_for(settings: Settings, **options: object):  # type: ignore[no-untyped-def]
    return make_plan(settings, Options(**options), python=Path(sys.executable))  # type: ignore[arg-type]


def test_a_data_folder_too_deep_for_a_unix_socket_is_refused_with_its_length(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    with pytest.raises(Refused, match=r"path is too long.*\d+ bytes.*--data DIR"):
        plan_for(Settings(data_dir=deep), with_demo=False)
    assert plan_for(Settings(data_dir=deep, redis_url="redis://localhost"), with_demo=False).embedded_queue is False


def test_the_queue_server_listens_where_the_product_looks_for_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.queue == f"unix://{socket_path(plan_for(settings, with_demo=False))}"


def test_production_serves_no_demo_sites() -> None:
    from app.config import AppEnv

    assert plan_for(Settings(app_env=AppEnv.PRODUCTION, redis_url="redis://localhost")).sites_port is None
    assert plan_for(Settings(redis_url="redis://localhost"), with_demo=False).sites_port is None
    assert plan_for(Settings(redis_url="redis://localhost")).sites_port is not None


def test_web_starts_before_the_workers_and_the_scheduler_last() -> None:
    parts = product_parts(plan_for(Settings(redis_url="redis://localhost"), with_demo=False, host="::1", port=8123))
    assert [part.name for part in sorted(parts, key=lambda part: part.tier)] == ["web", *WORKER_GROUPS, "scheduler"]
    assert "[::1]:8123" in parts[0].command
    assert "--no-control-socket" in parts[0].command


def test_bad_settings_are_all_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("SCRAPER_DELAY_S", "soon")
    assert main(["--data", str(tmp_path), "--port", str(free_port(0))]) == 1
    said = capsys.readouterr().err
    assert "SECRET_KEY" in said
    assert "SCRAPER_DELAY_S: 'soon' is not a number" in said
    assert "docs/settings.md" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "http"], ["--nodemo"], ["tests"]])
def test_a_wrong_command_line_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse_options(arguments)
    assert stopped.value.code == 2


def test_an_unknown_measurement_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "coffee"]) == 1
    assert "There is no measurement 'coffee'" in capsys.readouterr().err


def test_help_shows_every_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-S", str(ROOT / "run"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("./run test", "./run lint", "./run bench", "--port", "--data", "--no-demo", "--host"):
        assert word in shown
