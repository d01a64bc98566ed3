"""`./run` itself: prepare, start every part in order, say where to look, keep it alive, stop it cleanly."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.config import AppEnv, Settings, SettingsError
from tools.assets import ensure_assets
from tools.console import Refused, say
from tools.database import DEMO, EMPTY
from tools.environment import ensure_environment
from tools.lock import check_port, free_port, only_instance
from tools.parts import SOCKET_PATH_BYTES, Plan, play_part, product_parts, queue_part, sites_part, socket_path
from tools.supervisor import Stopping, Supervisor

# Demo sites are ours and on loopback; the two seconds of good manners would only make the first look longer.
DEMO_DELAY_S = "0.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asked for; `data_dir` is None where it did not say."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path | None = None
    with_demo: bool = True
    verbose: bool = False


def serve(root: Path, options: Options) -> int:
    """Run the product until it is told to stop. Raises Refused where it cannot start. Returns the exit code."""
    begun_s = time.monotonic()
    env = _environment(root, options)
    settings = _settings(env)
    address = f"http://{'localhost' if options.host in ('127.0.0.1', '::1') else options.host}:{options.port}"
    check_port(options.host, options.port)
    with only_instance(settings.data_dir, address):
        python = ensure_environment(root)
        ensure_assets(root)
        plan = make_plan(settings, options, python=python)
        log_dir = None if options.verbose else plan.data_dir / "logs"
        supervisor = Supervisor(cwd=root, env=env, log_dir=log_dir)
        supervisor.handle_signals()
        try:
            plan = _start(supervisor, plan)
            _announce(plan, address, time.monotonic() - begun_s)
            supervisor.watch()
        except Stopping:
            say("Asked to stop while starting.")
        finally:
            say("\nStopping … (Ctrl-C again: at once)")
            supervisor.stop_all()
        say("Stopped. Everything is kept in " + str(plan.data_dir))
    return 0


def _environment(root: Path, options: Options) -> dict[str, str]:
    """Return the environment of the parts: ours, with what the command line says."""
    env = dict(os.environ)
    env["DATA_DIR"] = str((options.data_dir or Path(env.get("DATA_DIR") or root / "var")).absolute())
    env["PYTHONUNBUFFERED"] = "1"
    if not env.get("PUBLIC_URL") and env.get("APP_ENV", AppEnv.DEVELOPMENT) == AppEnv.DEVELOPMENT:
        env["PUBLIC_URL"] = f"http://127.0.0.1:{options.port}"
    return env


def _settings(env: Mapping[str, str]) -> Settings:
    try:
        return Settings.from_env(env)
    except SettingsError as error:
        raise Refused(f"{error}\nEach setting is explained in docs/settings.md.") from None


def make_plan(settings: Settings, options: Options, *, python: Path) -> Plan:
    """Decide what to start. Raises Refused when the queue server's socket would have too long a path."""
    with_sites = options.with_demo and not settings.is_production
    plan = Plan(
        python=python,
        host=options.host,
        port=options.port,
        data_dir=settings.data_dir,
        queue_url=settings.queue,
        embedded_queue=not settings.redis_url,
        sites_port=free_port(options.port + 1) if with_sites else None,
    )
    length = len(os.fsencode(socket_path(plan)))
    if plan.embedded_queue and length > SOCKET_PATH_BYTES:
        raise Refused(
            f"The data folder's path is too long: the queue server's socket in it, {socket_path(plan)}, would "
            f"have {length} bytes, and a unix socket's path may have {SOCKET_PATH_BYTES}. "
            "Give a shorter one: ./run --data DIR"
        )
    return plan


def _start(supervisor: Supervisor, plan: Plan) -> Plan:
    """Start everything; return the plan as it was carried out: no demo sites beside somebody's own data."""
    if plan.embedded_queue:
        say("• Starting the queue server")
        supervisor.start(queue_part(plan))
    say("• Bringing the database up to date")
    whose = supervisor.run_once("database", str(plan.python), "-m", "tools.database", fine=(0, EMPTY, DEMO))
    if whose == 0:
        plan = replace(plan, sites_port=None)
    if plan.sites_port:
        _start_sites(supervisor, plan)
    if whose == EMPTY and plan.sites_port:
        say("• Loading the demo into the empty database")
        supervisor.run_once("demo", str(plan.python), "-m", "flask", "--app", "wsgi", "load-demo")
    say("• Starting web, workers and scheduler")
    for part in product_parts(plan):
        supervisor.start(part)
    if whose == EMPTY and plan.sites_port:
        supervisor.start(play_part(plan))
    return plan


def _start_sites(supervisor: Supervisor, plan: Plan) -> None:
    say("• Starting the demo's prospect sites")
    host_map = plan.data_dir / "demo-hosts.json"
    supervisor.start(sites_part(plan, host_map))
    if supervisor.env.get("SCRAPER_HOST_MAP"):
        say("  SCRAPER_HOST_MAP is set: that file counts, and the demo's sites cannot be crawled")
        return
    supervisor.env["SCRAPER_HOST_MAP"] = str(host_map)
    supervisor.env.setdefault("SCRAPER_DELAY_S", DEMO_DELAY_S)


def _announce(plan: Plan, address: str, seconds: float) -> None:
    say(f"\nScoutboard is up after {seconds:.1f} s:  {address}\n")
    if plan.sites_port:
        _announce_demo(plan.sites_port)
    say("Ctrl-C stops everything." + ("" if plan.sites_port else " The first admin: see docs/operators.md."))


def _announce_demo(sites_port: int) -> None:
    # Only now: a product without the demo does not need it, and the module stays out of a plain start.
    from app.demo.people import DEMO_PASSWORD, PEOPLE

    say(f"Demo logins, all with the password {DEMO_PASSWORD}")
    for person in PEOPLE:
        say(f"  {person.email:24} {person.role.replace('_', ' '):24} {person.about}")
    say(f"\nThe demo's prospect sites: http://localhost:{sites_port}\n")
