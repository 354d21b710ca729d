"""Insights: flags, verdicts, the queue and the precision of what people had time for, each drawn and as a table, and
each to be taken along as CSV or PNG. Looking and exporting are logged."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import figure_files, insight_figures
from labeling.web.gate import Call
from labeling.web.plots import NARROW, Plot, drawing

WEEKS = (4, 12, 26, 52)
USUAL = 12
FILES: dict[str, tuple[str, Callable[[Plot], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", figure_files.as_csv),
    "png": ("image/png", figure_files.as_png),
}


def show(call: Call) -> Response:
    """Every figure over the last weeks."""
    weeks = _weeks(call)
    asked = insight_figures.span(weeks, call.now.date())
    with call.app.store.reading() as connection:
        plots = [insight_figures.plot(connection, key, asked, call.speech) for key in insight_figures.FIGURES]
    call.log("insights.view", f"{weeks} weeks")
    return call.page(
        "insights.html",
        figures=[(plot, () if plot.is_empty else (drawing(plot), drawing(plot, width=NARROW))) for plot in plots],
        weeks=weeks,
        choices=WEEKS,
        asked=asked,
    )


def export(call: Call) -> Response:
    """One figure as a file."""
    key, _, ending = str(call.request.path_params["file"]).partition(".")
    if key not in insight_figures.FIGURES or ending not in FILES:
        raise HTTPException(404)
    weeks = _weeks(call)
    asked = insight_figures.span(weeks, call.now.date())
    media, made = FILES[ending]
    with call.app.store.reading() as connection:
        plot = insight_figures.plot(connection, key, asked, call.speech)
    name = f"zorya-{key}-{asked.first}-{asked.last}.{ending}"
    call.log("insights.export", name)
    return Response(made(plot), media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _weeks(call: Call) -> int:
    asked = call.request.query_params.get("weeks", "")
    return int(asked) if asked in {str(number) for number in WEEKS} else USUAL
