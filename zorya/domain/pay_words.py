"""Words in which the ten languages write pay: currencies, thousands, periods, net and gross, ranges.

`stem*` stands for any ending, `+` joins words that stand together, a `.` may be left out; spellings without accents
stand beside those with. Whatever is read is read in any case.
"""

SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH"}
CURRENCIES = {
    "EUR": "€ eur euro euros eura eurów eurow euró eurót eurók eurótól euróért euróig euróval євро евро еврo евр.",
    "USD": "$ usd dollar dollars доллар* долл. дол. долар* dolar* dollár*",
    "GBP": "£ gbp pound pounds фунт* funt* lire",
    "PLN": "zł zl pln złot* zlot* zloț* zloţ* злот* зл.",
    "HUF": "ft huf forint* форинт*",
    "CZK": "kč kc czk korun* крон*",
    "LEI": "lei leu леев лей лея лєй",
    "RON": "ron румынск*+лей румынск*+леев румунськ*+лей румунськ*+леїв румънск*+леи",
    "MDL": "mdl молд*+лей молд*+леев молд*+леїв молд*+леи",
    "BGN": "лв. лева bgn lv leva",
    "UAH": "₴ грн. гривень гривен гривні uah hrn",
    "RUB": "₽ руб. рублей рубля rub. rur",
    "CHF": "chf fr. franken",
    "SEK": "sek",
    "NOK": "nok",
    "DKK": "dkk",
    "AED": "aed dirham* дирхам*",
}
"""By ISO 4217 code; `LEI` are Moldovan or Romanian."""
WHOSE_LEI = {
    "MDL": "mdl moldovenești moldoveneşti moldovenesti молдавск* молдовск* молдовськ*",
    "RON": "ron românești româneşti romanesti румынск* румунськ*",
}
"""What after `lei` says whose they are."""
LEADING = "€ $ £ ₽ ₴ eur usd gbp pln huf czk ron mdl chf aed"
"""Currencies that are also written before the amount."""
THOUSANDS = (
    "k к тыс. тысяча тысячи тысяч тис. тисяча тисячі тисяч хил. хиляди tys. tysiące tysiac* tysięcy tysiecy tis. tisíc "
    "tisíce mii mie ezer tsd. tausend duizend thousand"
)

PERIODS = {
    "hour": "h hr. hrs hour hourly std. stunde stündlich uur p.u. p/u godz. godzina godzinę godzine godziny hod. "
    "hodinu hodina hodinově óra óránként órá* ora orankent or oră час годину година год. ч. p.h. p/h",
    "day": "day daily tag täglich dag dagelijks dzień dzien dnia dniówka dniówkę dniowka dziennie den denně denne nap "
    "naponta zi zilnic день сутки сут. ден дневно щодня ежедневно добу night noapte ночь ніч нощ nacht noc éjszaka "
    "shift смену смена зміну зміна смяна zmiana zmianę zmiane směnu směna smenu tură tura műszak schicht p.d. p/d",
    "week": "week weekly wekelijks woche wöchentlich p.w. p/w tydzień tydzien tygodniowo tyg. týden týdně tyden tydne "
    "hét hetente /het săptămână săptămâna saptamana săptămânal saptamanal săpt. sapt. неделю еженедельно нед. тиждень "
    "тижд. щотижня седмица седмично",
    "month": "month monthly monat monatlich mtl. maand maandelijks mies. miesiąc miesiac miesięcznie miesiecznie mc "
    "měsíc mesic měsíčně mesicne mesačne měs. mes. hó hónap honap havi havonta /ho lună luna lunar мес. месяц месяца "
    "месеца месец месечно месячно ежемесячно місяць міс. щомісяця щомісячно pm pcm p.m. p/m mo",
    "year": "year annum annually pa p.a. jahr jährlich jaar rok rocznie ročně rocne év évente pe+an /an anual год "
    "рік година годишно",
}
AHEAD = {
    "hour": "hourly stundenlohn uurloon órabér oraber почасов* погодинн*",
    "day": "daily dziennie щодня ежедневно zilnic denně denne napi naponta täglich за+день на+день дневно",
    "week": "weekly tygodniowo щотижня еженедельно heti hetente",
    "month": "monthly miesięcznie miesiecznie щомісяця ежемесячно lunar havi havonta monatlich месечно в+месяц",
}
"""Periods told before the amount."""
PER = (
    "/ per pro im am in+der die der al na an a za в у за на pe p/ je à each every jede jeden każdy każdą každý minden "
    "elke fiecare каждый каждую кожен кожну всеки всяка"
)
CODES = {"HUR": "hour", "WEE": "week", "MON": "month", "ANN": "year"} | {
    "PT1H": "hour", "P1D": "day", "P1W": "week", "P1M": "month", "P1Y": "year"
}  # fmt: skip
"""Period codes of UN/CEFACT and ISO 8601, as structured data has them (`DAY` is a word)."""

NET = (
    "netto net neto nettó нетто нето на+руки на+рукі чистыми чистими чиста чисто чистые чисти чистого čistého čistá "
    "čistý čisté cisteho na+rękę na+ręke na+reke în+mână in+mana in+de+hand на+ръка after+tax after+taxes "
    "после+вычета take-home take+home"
)
GROSS = (
    "brutto gross bruto brut bruttó брутто бруто hrubého hrubá hrubý hrubé hrubeho before+tax before+taxes до+вычета "
    "до+вирахування до+сплати+податків"
)
TO = "- – — до do to bis tot až până+la pana+la"
BETWEEN = "between zwischen tussen między miedzy mezi între intre между між"
AND = "and und en i a și si şi и та і й"
FROM = "from up+to ab von bis vanaf tot od do az de+la până+la pana+la от від ca. około circa"
"""What a field may say before its amount."""
