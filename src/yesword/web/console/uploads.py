"""Files on their way in: streamed to the data folder, imported in a thread, their progress kept beside them.

Each upload has a folder of its own under `imports`, readable by the server only. What was uploaded is deleted when its
import ends; the rejected rows stay until somebody deletes them. What an import does with the rows is not here.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from yesword.collect.imports import Options, Progress, run_import
from yesword.collect.imports.claims import shows_a_number
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program
from yesword.sending.draining import drain
from yesword.store import models
from yesword.store.opening import Store

log = structlog.get_logger("yesword.imports")

LARGEST: Final = 100 * 1024 * 1024  # bytes: about a million rows
_TOLD_EVERY_S: Final = 0.5
_GIVEN, _REJECTED, _STATE = "given", "rejected.csv", "state.json"
_UNSAFE: Final = re.compile(r"[^\w .()\[\]-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One upload, as far as it is. `error` is the code and the sentence of what made it fail."""

    token: str
    file_name: str
    program: int
    user: int
    state: str = "running"  # then done or failed
    is_writing: bool = False
    done: int = 0
    total: int | None = None
    per_second: float = 0.0
    left_s: float | None = None
    run: int | None = None  # the row of its report
    error_code: str = ""
    error: str = ""
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
        return self.folder / self.token / _GIVEN / self.given_name

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
        self.folder = store.folder / "imports"

    def receiver(self, request: HttpRequest) -> StreamedUpload:
        self.folder.mkdir(exist_ok=True, mode=0o700)
        return StreamedUpload(request, self.folder)

    def begin(
        self, received: StreamedUpload, program: Program, user: int, country: str, *, is_opt_outs: bool
    ) -> Upload:
        """Import a received file in a thread of its own; `read` tells how far it is."""
        upload = Upload(
            token=received.token,
            file_name=_shown_name(received.given_name, country or program.brand_country),
            program=program.id,
            user=user,
            began_at=datetime.now(UTC).isoformat(),
        )
        received.is_taken = True
        self._keep(upload)
        options = Options(
            country=country or None,
            is_opt_outs=is_opt_outs,
            rejected=self.folder / upload.token / _REJECTED,
        )
        thread = threading.Thread(
            target=self._run,
            args=(upload, program, received.path, received.digest.hexdigest(), options),
            name=f"import-{upload.token}",
            daemon=True,
        )
        _running[upload.token] = thread
        thread.start()
        return upload

    def read(self, token: str) -> Upload | None:
        """How far an upload is. One whose process ended in the middle has failed."""
        path = self.folder / token / _STATE
        if not token or Path(token).name != token or not path.exists():
            return None
        upload = Upload(**json.loads(path.read_text()))
        if upload.state == "running" and not is_running(token):
            return replace(upload, state="failed", error_code="cut_off")
        return upload

    def rejected(self, run: int) -> Path | None:
        """The rejected rows of a finished import, while they are kept."""
        for path in self.folder.glob(f"*/{_STATE}") if self.folder.exists() else ():
            if json.loads(path.read_text()).get("run") == run:
                rows = path.with_name(_REJECTED)
                return rows if rows.exists() else None
        return None

    def _run(self, upload: Upload, program: Program, path: Path, digest: str, options: Options) -> None:
        teller = _Teller(upload, self._keep)
        before = _newest_run()
        try:
            run_import(
                self._store,
                program,
                path,
                options,
                watch=teller.tell,
                drain=lambda contact, withdrawn: drain(self._store, contact, withdrawn, datetime.now(UTC)),
            )
            self._keep(replace(teller.upload, state="done", run=self._own(upload, digest, before)))
        except (YeswordError, OSError) as error:
            code = error.code if isinstance(error, YeswordError) else "unreadable"
            self._keep(replace(teller.upload, state="failed", error_code=code, error=str(error)))
        except Exception:
            log.exception("import_failed", upload=upload.token)
            self._keep(replace(teller.upload, state="failed", error_code="broken"))
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)
            _running.pop(upload.token, None)
            self._store.database.close()
            self._store.vault.close()

    def _own(self, upload: Upload, digest: str, before: int) -> int | None:
        """Find the row of this import and say whose it is."""
        rows = models.ImportRun.objects.filter(
            pk__gt=before, program_id=upload.program, file_digest=digest, created_by=None
        )
        row = rows.order_by("-pk").first()
        if row is None:
            return None
        with self._store.database.write():
            row.created_by_id = upload.user
            row.save(update_fields=["created_by"])
        return int(row.pk)

    def _keep(self, upload: Upload) -> None:
        """Whole or not at all: somebody may be reading."""
        path = self.folder / upload.token / _STATE
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


def is_running(token: str) -> bool:
    thread = _running.get(token)
    return thread is not None and thread.is_alive()


def _shown_name(name: str, country: str) -> str:
    return "…" if shows_a_number(name, country) else name


def _newest_run() -> int:
    newest = models.ImportRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0)
