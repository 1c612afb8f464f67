"""People who signed up on one of our pages and never said yes: once their question has lapsed, nothing of them stays.

Of somebody who was noted and never even asked, the row goes as if it had not been. Whoever was asked is erased: what the
log has of it says nothing any more. What outlives them are counts under keyed digests, by which nobody is asked too
often, and, of those who said never, that they are not to be asked.
"""

from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BUCKETS, ContactId, bucket_of
from yesword.domain.times import to_micros
from yesword.privacy import erasing
from yesword.privacy.erasing import NobodyToEraseError, StillSendingError, Wish
from yesword.privacy.erasing_journal import LAPSED
from yesword.privacy.purging import Job, Page, last_id
from yesword.store import contacts, prepared_keys

# The pages of ours on which anybody can type any number.
TYPED: Final = ("form", "kiosk", "popup", "email_link")
LATE: Final = timedelta(days=1)  # after the last question lapsed: an answer may have been on its way
_YOUNGEST: Final = timedelta(days=2)
_LOOKED_BACK: Final = timedelta(days=75)  # who was asked again and again is looked at again and again
_BUCKETS_A_PAGE: Final = 32


def forget(job: Job) -> Page:
    """Some buckets; the cursor counts them."""
    first = job.place.cursor + 1
    last = min(first + _BUCKETS_A_PAGE, BUCKETS) - 1
    since = None if job.last_began is None else job.last_began - _LOOKED_BACK
    found: list[ContactId] = []
    for bucket in range(first, last + 1):
        found += _of_bucket(job, bucket, since)
    counts = {"lapsed": len(found)} if job.is_dry_run else _let_go(job, found)
    if last == BUCKETS - 1 and not job.is_dry_run:
        prepared_keys.let_go(job.store, job.at)
    return Page(cursor=last, is_last=last == BUCKETS - 1, counts=counts)


def _of_bucket(job: Job, bucket: int, since: datetime | None) -> list[ContactId]:
    top = last_id(bucket, job.at - _YOUNGEST)
    after = last_id(bucket, since) if since is not None else bucket << 53
    found: list[ContactId] = []
    while True:
        with job.store.database.read() as session:
            rows = session.rows(
                "prospects",
                bucket=bucket,
                after=after,
                top=top,
                sources=session.texts(TYPED),
                count=job.page,
            )
            ids = [ContactId(row[0]) for row in rows]
            standings = contacts.standings(session, ids)
        found += [
            each
            for each in ids
            if all(request.lapses_at + LATE < job.at for request in standings[each].state.requests)
        ]
        if len(ids) < job.page:
            return found
        after = ids[-1]


def _let_go(job: Job, people: list[ContactId]) -> dict[str, int]:
    lapsed = sending = 0
    for contact in people:
        with job.store.database.write() as session:
            place = {"bucket": bucket_of(contact), "contact_id": contact}
            is_nobody = session.run("forget_standing_of_nobody", **place)
            if is_nobody:
                session.run("forget_nobody", **place)
        if is_nobody:
            job.store.vault.rows.unsettle([contact], to_micros(job.at))
            lapsed += 1
            continue
        try:
            erasing.erase(job.store, contact, Wish(ground=LAPSED, overrides=job.overrides), job.at)
            lapsed += 1
        except StillSendingError:
            sending += 1
        except NobodyToEraseError:
            continue  # somebody else was faster
    return {"lapsed": lapsed, "still_sending": sending}
