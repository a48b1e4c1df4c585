"""`python -m sandbox`: runs the stand-in in the foreground and prints where to click."""

import argparse
from pathlib import Path

from sandbox.catalogue import TICKETZ_PID
from sandbox.generations import GENERATIONS
from sandbox.hook import Hook
from sandbox.records import Credentials
from sandbox.seed import PASSWORD, seed_demo
from sandbox.server import SandboxServer
from sandbox.shop import Shop


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line (None: the process's own)."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A WHMCS stand-in to try things on.")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--prefix", default="", help="path under which the shop lives, such as /billing")
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep the shop in this JSON file")
    parser.add_argument("--identifier", help="API identifier (default: a random one, kept in --data)")
    parser.add_argument("--secret", help="API secret (default: a random one, kept in --data)")
    parser.add_argument("--allow-ip", action="append", metavar="IP", help="admit only this address; may be repeated")
    parser.add_argument("--ticketz-url", default="http://localhost:8000")
    parser.add_argument("--hook-url", metavar="URL", help="tell Ticketz there at once what has changed")
    parser.add_argument("--hook-secret", metavar="SECRET", help="with the secret that Ticketz shows, whsec_...")
    parser.add_argument("--generation", choices=GENERATIONS, default="8.12", help="which WHMCS the answers look like")
    parser.add_argument("--seed-demo", action="store_true", help="fill an empty shop with a dozen customers")
    chosen = parser.parse_args(arguments)
    if bool(chosen.identifier) != bool(chosen.secret):
        parser.error("--identifier and --secret belong together")
    if bool(chosen.hook_url) != bool(chosen.hook_secret):
        parser.error("--hook-url and --hook-secret belong together")
    return chosen


def build_server(chosen: argparse.Namespace) -> SandboxServer:
    """Return the server that the command line describes, listening but not yet serving."""
    credentials = Credentials(identifier=chosen.identifier, secret=chosen.secret) if chosen.identifier else None
    shop = Shop(path=chosen.data, credentials=credentials)
    with shop.change():  # so that the file exists, with its credentials, before anybody buys
        if chosen.seed_demo:
            seed_demo(shop)
    if chosen.hook_url:
        shop.on_change = Hook(chosen.hook_url, chosen.hook_secret).tell
    return SandboxServer(
        shop,
        GENERATIONS[chosen.generation],
        host=chosen.host,
        port=chosen.port,
        prefix=chosen.prefix,
        allowed_ips=chosen.allow_ip,
        ticketz_url=chosen.ticketz_url,
    )


def main() -> None:
    """Run until Ctrl-C."""
    chosen = parse_arguments()
    server = build_server(chosen)
    print(f"WHMCS stand-in   {server.url}/")
    print(f"Buy something    {server.url}/cart.php?a=add&pid={TICKETZ_PID}")
    print(f"Client area      {server.url}/clientarea.php")
    print(f"Play the admin   {server.url}/admin/")
    print(f"API identifier   {server.identifier}")
    print(f"API secret       {server.secret}", flush=True)
    if chosen.seed_demo:
        print(f"Demo customers   first password {PASSWORD}", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        print()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
