"""How far blind second looks agree, week by week, as a page and as a file; each view and export is logged."""

import csv
from io import StringIO

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.agreement import FEW
from labeling.web.gate import Call
from labeling.weekly_agreement import WEEKS, WeeklyAgreement, weekly
from zorya.domain.reviews import TaskReason
from zorya.spreadsheets import safe_cell
from zorya.store import waiting

FILE = "weeks.csv"


def show(call: Call) -> Response:
    """The table, and how many labels wait for another look."""
    with call.app.store.reading() as connection:
        found = weekly(connection, as_of=call.now)
        doubted = waiting.number_for(connection, TaskReason.LABEL_ISSUE)
    call.log("agreement.view", f"{WEEKS} weeks")
    return call.page("agreement.html", found=found, doubted=doubted, weeks=WEEKS, few=FEW)


def export(call: Call) -> Response:
    """The table as CSV."""
    if call.request.path_params["file"] != FILE:
        raise HTTPException(404)
    name = f"zorya-agreement-{call.now:%Y-%m-%d}.csv"
    with call.app.store.reading() as connection:
        found = weekly(connection, as_of=call.now)
    call.log("agreement.export", name)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(found: WeeklyAgreement) -> bytes:
    """A line per week (`all`: together) and label, UTF-8 with a byte-order mark; a number that cannot be said is
    empty."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(("week", "campaigns", "label", "alpha", "ac1"))
    for span in found.spans:
        for each in span.labels:
            numbers = ("" if value is None else f"{value:.3f}" for value in (each.alpha, each.ac1))
            writer.writerow((safe_cell(span.week) or "all", span.campaigns, each.label.value, *numbers))
    return b"\xef\xbb\xbf" + out.getvalue().encode()
