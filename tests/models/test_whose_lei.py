"""`lei` are Romanian or Moldovan: by the place of the work, then by the board."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.reading import complete
from zorya.domain.ads import Place, Posting
from zorya.domain.pay import parse_pay


@pytest.mark.parametrize(
    ("where", "board", "currency"),
    [
        ("Lucru în Chișinău", None, "MDL"),
        ("Lucru în Chișinău", "ro", "MDL"),
        ("Lucru în București", "md", "RON"),
        ("Chelneriță", "md", "MDL"),
        ("Chelneriță", None, "RON"),
    ],
)
def test_lei_are_of_the_place_of_work_then_of_the_board(
    ad: Callable[..., Posting], where: str, board: str | None, currency: str
) -> None:
    done = complete(ad(where, "Angajăm chelneriță, 9000 lei pe lună."), country=board)
    assert done.pay is not None
    assert done.pay.currency == currency


def test_lei_read_from_a_page_field_are_settled_by_the_place(ad: Callable[..., Posting]) -> None:
    field = replace(ad("Chelneriță", "Cu experiență."), places=(Place("Chișinău"),), pay=parse_pay("9000 lei pe lună"))
    done = complete(field)
    assert done.pay is not None
    assert done.pay.currency == "MDL"
