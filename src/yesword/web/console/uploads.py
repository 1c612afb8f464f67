"""Files on their way in: streamed to the data folder, looked at, tried, imported in a thread, their progress kept beside.

Each upload has a folder of its own under `imports`, readable by the server only. What was uploaded is deleted when its
import ends, or after a day in which nobody went on with it; the rejected rows stay until somebody deletes them, or the
retention job does. What an import does with the rows is not here, nor is whom they show: see `collect.imports.uploaded`.
"""

import functools
import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from yesword.collect.imports import Ground, Options, Progress, run_import
from yesword.collect.imports.attached import Attached, rules_of
from yesword.collect.imports.claims import shows_a_number
from yesword.collect.imports.columns import Preview, preview
from yesword.collect.imports.errors import ImportStoppedError
from yesword.collect.imports.known_files import names
from yesword.collect.imports.uploaded import GIVEN, REJECTED, STATE, folder_of, read_state
from yesword.domain.errors import YeswordError
from yesword.domain.parties import Origin, Provenance
from yesword.domain.programs import Program
from yesword.sending.draining import drain, drain_claims
from yesword.store import models
from yesword.store.opening import Store

log = structlog.get_logger("yesword.imports")

LARGEST: Final = 100 * 1024 * 1024  # bytes: about a million rows
_TOLD_EVERY_S: Final = 0.5
_UNSAFE: Final = re.compile(r"[^\w .()\[\]-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One upload, as far as it is. `error_code`: of what made it fail; `import_words` says it."""

    token: str
    file_name: str
    program: int
    user: int
    state: str = "running"  # waiting (to be looked at), running, tried, stopped, done, failed
    wanted: dict[str, Any] = field(default_factory=dict)  # how it is to be read, as the form said it
    columns: list[str] | None = None  # what each is taken for, once somebody chose
    is_trial: bool = False
    trial: dict[str, Any] = field(default_factory=dict)  # the report of the dry run
    names: list[str] = field(default_factory=list)  # of the file, by keyed digests: see `known_files`
    is_writing: bool = False
    done: int = 0
    total: int | None = None
    per_second: float = 0.0
    left_s: float | None = None
    run: int | None = None  # the row of its report
    error_code: str = ""
    began_at: str = ""


class StreamedUpload(FileUploadHandler):
    """Writes the one file of a form to a folder of its own, and stops when it grows too large."""

    def __init__(self, request: HttpRequest, folder: Path) -> None:
        super().__init__(request)
        self.folder = folder
        self.token = secrets.token_urlsafe(12)
        self.size = 0
        self.given_name = ""
        self.digest = hashlib.sha256()
        self.is_too_large = False
        self.is_taken = False  # an import has it now, and deletes it
        self._handle: int | None = None

    @property
    def path(self) -> Path:
        """Under its own name, because an import keeps that with the evidence."""
        return self.folder / self.token / GIVEN / self.given_name

    def new_file(self, *given: Any, **more: Any) -> None:
        super().new_file(*given, **more)
        if self._handle is not None or self.given_name:
            raise SkipFile
        self.given_name = (
            _UNSAFE.sub("_", Path(self.file_name or "").name)[-100:].lstrip(". ") or "people.csv"
        )
        self.path.parent.parent.mkdir(parents=True, mode=0o700)
        self.path.parent.mkdir(mode=0o700)
        self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - chunks come in order
        self.size += len(raw_data)
        if self.size > LARGEST:
            self.is_too_large = True
            self.drop()
            raise StopUpload(connection_reset=True)
        assert self._handle is not None
        os.write(self._handle, raw_data)
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        self._close()
        return UploadedFile(name=self.given_name, size=file_size)

    def drop(self) -> None:
        """Nothing of it stays."""
        self._close()
        shutil.rmtree(self.folder / self.token, ignore_errors=True)

    def _close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Uploads:
    """The uploads of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.folder = folder_of(store)

    def receiver(self, request: HttpRequest) -> StreamedUpload:
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.sweep(datetime.now(UTC))
        return StreamedUpload(request, self.folder)

    def keep(self, received: StreamedUpload, program: Program, user: int, wanted: dict[str, Any]) -> Upload:
        """Have a received file wait until somebody has looked at its columns."""
        received.is_taken = True
        upload = Upload(
            token=received.token,
            file_name=_shown_name(received.given_name, wanted.get("country") or program.brand_country),
            program=program.id,
            user=user,
            state="waiting",
            wanted=wanted,
            names=list(names(self._store, program.brand, received.digest.hexdigest())),
            began_at=datetime.now(UTC).isoformat(),
        )
        self._keep(upload)
        return upload

    def preview(self, upload: Upload) -> Preview:
        """The columns and first rows, masked. Raises an `ImportFileError` or OSError."""
        return preview(self._given(upload.token))

    def has_file(self, upload: Upload) -> bool:
        return any((self.folder / upload.token / GIVEN).glob("*"))

    def start(
        self, upload: Upload, program: Program, columns: list[str] | None = None, *, is_trial: bool = False
    ) -> Upload:
        """Import a file that waits, or only try it, in a thread of its own; `read` tells how far it is."""
        upload = replace(
            upload,
            state="running",
            columns=upload.columns if columns is None else columns,
            is_trial=is_trial,
            is_writing=False,
            done=0,
            total=None,
            error_code="",
        )
        self._keep(upload)
        options = _options(upload, None if is_trial else self.folder / upload.token / REJECTED)
        _stopping.discard(upload.token)
        thread = threading.Thread(
            target=self._run,
            args=(upload, program, self._given(upload.token), options),
            name=f"import-{upload.token}",
            daemon=True,
        )
        _running[upload.token] = thread
        thread.start()
        return upload

    def stop(self, token: str) -> None:
        """Have a running import end after the rows that it writes just now."""
        if is_running(token):
            _stopping.add(token)

    def drop(self, token: str) -> None:
        """Forget a file that nobody goes on with."""
        if Path(token).name == token and not is_running(token):
            shutil.rmtree(self.folder / token, ignore_errors=True)

    def sweep(self, at: datetime) -> None:
        """Files that have waited for a day are deleted."""
        for path in self.folder.glob(f"*/{STATE}") if self.folder.exists() else ():
            upload = self.read(path.parent.name)
            if upload is None or upload.state not in ("waiting", "tried") or not upload.began_at:
                continue
            if at - datetime.fromisoformat(upload.began_at) > _WAITS:
                self.drop(upload.token)

    def _given(self, token: str) -> Path:
        return next((self.folder / token / GIVEN).glob("*"), self.folder / token / GIVEN / "gone")

    def read(self, token: str) -> Upload | None:
        """How far an upload is. One whose process ended in the middle has failed."""
        path = self.folder / token / STATE
        if not token or Path(token).name != token or not path.exists():
            return None
        upload = Upload(**read_state(self._store, path))
        if upload.state == "running" and not is_running(token):
            return replace(upload, state="failed", error_code="cut_off")
        return upload

    def rejected(self, run: int) -> Path | None:
        """The rejected rows of a finished import, while they are kept."""
        for path in self.folder.glob(f"*/{STATE}") if self.folder.exists() else ():
            if read_state(self._store, path).get("run") == run:
                rows = path.with_name(REJECTED)
                return rows if rows.exists() else None
        return None

    def _run(self, upload: Upload, program: Program, path: Path, options: Options) -> None:
        teller = _Teller(upload, self._keep)
        is_over = not upload.is_trial
        try:
            report = run_import(
                self._store,
                program,
                path,
                options,
                watch=teller.tell,
                drain=functools.partial(drain, self._store),
                drain_claims=lambda: drain_claims(self._store),
                should_stop=lambda: upload.token in _stopping,
            )
            if upload.is_trial:
                self._keep(replace(teller.upload, state="tried", trial=report.to_json()))
            else:
                self._keep(replace(teller.upload, state="done", run=self._own(upload)))
        except ImportStoppedError as error:
            is_over = False
            self._keep(replace(teller.upload, state="stopped", error_code=error.code))
        except (YeswordError, OSError) as error:
            code = error.code if isinstance(error, YeswordError) else "unreadable"
            log.warning("import_failed", upload=upload.token, code=code, kind=type(error).__name__)
            self._keep(replace(teller.upload, state="failed", error_code=code))
        except Exception:
            log.exception("import_failed", upload=upload.token)
            self._keep(replace(teller.upload, state="failed", error_code="broken"))
        finally:
            if is_over:
                shutil.rmtree(path.parent, ignore_errors=True)
            _running.pop(upload.token, None)
            self._store.database.close()
            self._store.vault.close()

    def _own(self, upload: Upload) -> int | None:
        """Find the row of this import and say whose it is."""
        rows = models.ImportRun.objects.filter(
            program_id=upload.program,
            file_digest__in=upload.names,
            state=models.ImportRun.State.DONE,
        )
        row = rows.order_by("-ended_at").first()
        if row is None:
            return None
        if row.created_by_id is None:
            with self._store.database.write():
                row.created_by_id = upload.user
                row.save(update_fields=["created_by"])
        return int(row.pk)

    def _keep(self, upload: Upload) -> None:
        """Whole or not at all: somebody may be reading."""
        path = self.folder / upload.token / STATE
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(upload)))
        draft.replace(path)


class _Teller:
    """Keeps progress now and then."""

    def __init__(self, upload: Upload, keep: Callable[[Upload], None]) -> None:
        self.upload = upload
        self._keep = keep
        self._next = 0.0

    def tell(self, progress: Progress) -> None:
        self.upload = replace(
            self.upload,
            is_writing=progress.is_writing,
            done=progress.done,
            total=progress.total,
            per_second=progress.per_second,
            left_s=progress.left_s,
        )
        if time.monotonic() >= self._next:
            self._keep(self.upload)
            self._next = time.monotonic() + _TOLD_EVERY_S


_running: dict[str, threading.Thread] = {}
_stopping: set[str] = set()
_WAITS: Final = timedelta(days=1)


def _options(upload: Upload, rejected: Path | None) -> Options:
    wanted = upload.wanted
    day = wanted.get("date")
    return Options(
        country=wanted.get("country") or None,
        is_opt_outs=wanted.get("is_opt_outs", False),
        only_opt_outs=wanted.get("only_opt_outs", False),
        is_dry_run=upload.is_trial,
        rejected=rejected,
        ground=Ground(
            is_customers=wanted.get("basis") == "customer",
            origin=Origin(wanted.get("relation") or Origin.SALE),
            was_told=wanted.get("was_told", False),
            bought=tuple(wanted.get("bought", ())),
            provenance=Provenance(wanted.get("provenance") or Provenance.OWN),
        ),
        attached=Attached(
            source=wanted.get("source", ""),
            consented_at=datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) if day else None,
            wording=wanted.get("wording", ""),
            rules=rules_of(wanted.get("rules", ())),
        ),
        columns=None if upload.columns is None else tuple(upload.columns),
        canary=wanted.get("canary", 0),
    )


def is_running(token: str) -> bool:
    thread = _running.get(token)
    return thread is not None and thread.is_alive()


def _shown_name(name: str, country: str) -> str:
    return "…" if shows_a_number(name, country) else name
