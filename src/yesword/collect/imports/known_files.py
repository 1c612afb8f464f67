"""By what a file is known again without keeping it: a digest of its bytes under the brand's pepper.

A plain digest of a short list would tell a number in it to whoever tries them all. What the rows say is not here.
"""

from typing import Final

from yesword.domain.ids import BrandId
from yesword.store import models
from yesword.store.opening import Store

_KIND: Final = "import_file"


def names(store: Store, brand: BrandId, sha256: str) -> tuple[str, ...]:
    """What the file may be called, `pepper:digest`, newest pepper first. `sha256`: of its bytes, hexadecimal."""
    look_up = store.look_up
    return tuple(
        f"{pepper}:{look_up.digest(brand, _KIND, sha256, pepper).hex()}" for pepper in look_up.versions
    )


def name_of(store: Store, brand: BrandId, sha256: str) -> str:
    """What the file is called: as in its first import, also where the pepper has changed since."""
    known = names(store, brand, sha256)
    runs = models.ImportRun.objects.filter(brand_id=brand, file_digest__in=known)
    first = runs.order_by("pk").values_list("file_digest", flat=True).first()
    return known[0] if first is None else str(first)
