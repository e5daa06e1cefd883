"""What the vendor's word for an order's state means to us."""

from __future__ import annotations

import pytest

from app.services.domain.block_order import FINAL_WORDS, OrderStatus


@pytest.mark.parametrize(
    ("word", "status", "refused", "final"),
    [
        ("Compl Pending", OrderStatus.PENDING_COMPLIANCE, False, False),
        ("Open", OrderStatus.LIVE, False, False),
        ("a tenant's own word", OrderStatus.LIVE, False, False),
        ("canceled", OrderStatus.LIVE, False, False),
        ("Booked", OrderStatus.BOOKED, False, True),
        ("Canceled", OrderStatus.CANCELLED, True, True),
        ("Rejected", OrderStatus.REJECTED, True, True),
        ("Expired", OrderStatus.EXPIRED, True, True),
        ("UNREPORTED", OrderStatus.UNREPORTED, False, False),
        ("", OrderStatus.UNREPORTED, False, False),
        (None, OrderStatus.UNREPORTED, False, False),
    ],
)
def test_every_word_has_one_meaning(word, status, refused, final):
    found = OrderStatus.of(word)
    assert (found, found.is_refused, found.is_final) == (status, refused, final)


def test_queries_ask_for_the_words_of_the_same_meanings():
    assert frozenset({"Booked", "Canceled", "Rejected", "Expired"}) == FINAL_WORDS
