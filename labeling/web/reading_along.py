"""The page of an ad beside its translation. The original counts; what is masked in it stays masked."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.translating import Pair, Segment, TranslationBusy, TranslationRefused
from labeling.web import caring
from labeling.web.ad_desk import ad_of, address_of_tab, head
from labeling.web.adview import AdView
from labeling.web.gate import Call
from labeling.web.marking import Piece
from labeling.web.speech import N_
from zorya import logs

BUSY = N_("Other translations are being made. Try again in a moment.")
NONE = N_("No model reads %(source)s here. The operator gets one and installs it: %(command)s")

FAILED = N_("The model could not translate this. Whoever runs Zorya finds the cause in the log.")


def show(call: Call) -> Response:
    """Both texts, side by side; that the ad was looked at, and translated, is logged before."""
    asked = str(call.request.path_params["posting"])
    with call.app.store.reading() as connection:
        ad = ad_of(connection, call, asked)
        if ad.posting_id != asked:
            return call.go(address_of_tab(ad.posting_id, "translation"))
        context = head(connection, call, ad, "translation") | {"care": caring.notes_of(connection, call, ad)}
    pair = call.app.translators.pair_for(ad.language, call.speech.code)
    if not ad.language or ad.language == call.speech.code:
        raise HTTPException(404)
    call.log("ad.view", ad.version_id)
    if pair is None:
        return call.page("ad.html", status=404, lines=(), error=_none(call, ad), **context)
    call.log("ad.translate", ad.version_id, reason=pair.name)
    return _page(call, ad, pair, context)


def _none(call: Call, ad: AdView) -> str:
    """Which file is lacking and how it is added, for who asked for a translation that cannot be made."""
    command = f"zorya translation add translate-{ad.language}_{call.speech.code}.argosmodel"
    return call.say(NONE, source=call.speech.language(ad.language or ""), command=command)


def _page(call: Call, ad: AdView, pair: Pair, context: dict[str, object]) -> Response:
    lines, left_out, error = list[str](), 0, ""
    try:
        lines, left_out = call.app.translators.translate(pair, [*_lines(ad.title), *_lines(ad.body)])
    except TranslationBusy:
        error = BUSY
    except TranslationRefused as exc:
        logs.get("labeling.web").error("translation failed", model=pair.name, error=str(exc.__cause__))
        error = FAILED
    status = 503 if error else 200
    return call.page("ad.html", status=status, pair=pair, lines=lines, left_out=left_out, error=error, **context)


def _lines(parts: Sequence[Piece]) -> list[list[Segment]]:
    """A text as its lines, cut at what is masked."""
    lines: list[list[Segment]] = [[]]
    for piece in parts:
        if piece.contact:
            lines[-1].append(Segment(piece.text, fixed=True))
            continue
        for number, text in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if lines[-1] and not lines[-1][-1].fixed:
                lines[-1][-1] = Segment(lines[-1][-1].text + text)  # marks of indicators part no sentence
            elif text:
                lines[-1].append(Segment(text))
    return lines
