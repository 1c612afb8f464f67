"""The card of a rule says where it was found: a link that tells nobody where the reader came from, and opens nothing."""

import re
from html import unescape

import pytest
from django.test import Client

from factories.consoles import signed_in
from factories.worlds import world
from yesword.domain.rules import RuleBook
from yesword.domain.rules.sources import source_of
from yesword.store.models import User

BOOK = RuleBook.load()


@pytest.fixture
def console(sqlite_store):
    with world(sqlite_store):
        yield signed_in(User.Role.VIEWER)


def card(client: Client, rule_id: str) -> str:
    html = client.get(f"/law/{BOOK.rule(rule_id).pack}").content.decode()
    (found,) = re.findall(rf'<article [^>]*id="{re.escape(rule_id)}".*?</article>', html, re.DOTALL)
    return unescape(found)


def test_a_primary_source_is_linked_and_said_to_be_one(console):
    shown = card(console, "us-fl.ftsa.tm")
    address = "https://flsenate.gov/Session/Bill/2021/1120/BillText/er/HTML"
    assert f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>' in shown
    assert "Primary source" in shown


def test_a_report_on_the_law_is_linked_and_not_said_to_be_primary(console):
    shown = card(console, "us.tcpa.rv.scope")
    assert f'href="{source_of(BOOK.rule("us.tcpa.rv.scope")).address}"' in shown
    assert "Primary source" not in shown


def test_general_knowledge_has_no_link_out(console):
    known = next(rule for rule in BOOK.pack("us").rules if rule.source == "facts")
    shown = card(console, known.id)
    assert "General knowledge" in shown
    assert "https://" not in shown


def test_a_page_of_law_loads_nothing_from_outside(console):
    answer = console.get("/law/us-fl")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    html = answer.content.decode()
    assert not re.findall(r'(?:src|action)="https?:|<link[^>]*href="https?:', html)
    assert not re.findall(r'<a [^>]*href="https?:[^>]*target=', html)
