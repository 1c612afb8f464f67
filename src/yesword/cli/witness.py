"""`yesword witness`: watch somebody's ledger, with a folder of one's own and no store."""

import sys
import threading
from pathlib import Path

import click

_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where the witness keeps its key and what it cosigned last. No two share one; restored from an old copy, a witness has forgotten what it saw.",
)


@click.group("witness")
def command() -> None:
    """Watch a ledger for a brand that you do not run: cosign its checkpoints while each continues the last.

    A witness holds no personal data. Whoever asks for its cosignature cannot be shown another history than it was.
    """


@command.command("key")
@_FOLDER
@click.option(
    "--name",
    help="What the witness is called, best a web address without https://. Only for a new key; without it, one is made up.",
)
def key(folder: Path, name: str | None) -> None:
    """Print the witness's public key, made at the first call. The brand adds it to its policy."""
    from yesword.proof.witness_folder import make_key

    click.echo(make_key(folder, name).witness_key)


@command.command("serve")
@_FOLDER
@click.option(
    "--log",
    "logs",
    metavar="VKEY",
    multiple=True,
    required=True,
    help="The public key of a log to watch, from the brand itself; may be repeated. A log that changes its key has two for a while.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=7380, show_default=True, help="Port to listen on; 0 takes a free one.")
def serve(folder: Path, logs: tuple[str, ...], host: str, port: int) -> None:
    """Answer requests for cosignatures until Ctrl-C. Put a web server with a certificate in front of it."""
    import structlog

    from yesword.ledger.checkpoint import read_vkey
    from yesword.proof.witness_folder import locked, read_key
    from yesword.proof.witness_server import WitnessDesk, WitnessServer
    from yesword.worker.supervisor import stop_on_signals

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    keys = [read_vkey(text) for text in logs]
    signer = read_key(folder)
    with locked(folder):
        desk = WitnessDesk(folder, keys)
        try:
            server = WitnessServer(desk, host, port)
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be listened on: {error.strerror}") from error
        stop = stop_on_signals()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"The witness {signer.name} answers at http://{shown}:{server.server_port}/")
        click.echo(f"Its key: {signer.witness_key}")
        sys.stdout.flush()
        stop.wait()
        server.shutdown()
        thread.join()
        server.server_close()
