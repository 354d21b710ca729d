"""Words boards date ads with, in the ten languages: days, months, weekdays, units and marks of "ago".

Accents do not matter (words and texts are folded before they are compared); `stem*` stands for any ending, `+` joins
words that stand together.
"""

TODAY = (
    "today azi astazi сегодня сьогодни днес dzisiaj dzis dnes vandaag heute zojuist щоино gerade eben "
    "только+что току+що just+now przed+chwila prave+ted chiar+acum"
)
YESTERDAY = "yesterday ieri вчера вчора wczoraj tegnap vcera gisteren gestern"
BEFORE_YESTERDAY = (
    "позавчера позавчора alaltaieri przedwczoraj predevcirem tegnapelott eergisteren vorgestern завчера онзи+ден "
    "day+before+yesterday"
)
AGO = "ago acum urma назад тому преди temu przed pred vor geleden ezelott perce oraja napja hete honapja eve percje"
"""One of these must stand beside `3 days`; Hungarian says it in the ending of the unit."""

MONTHS = (
    "jan jan. januar* january ianuarie ian styczen stycznia sty leden ledna янв январ* яну януари сичень сичня сич "
    "janner januari",
    "feb febr februar* february februarie luty lutego lut unor unora uno фев феврал* феб февруари лютии лютого лют",
    "mar mart march martie marca marzec brezen brezna bre мар март марта марте березень березня бер marz maart mrt "
    "marcius marc",
    "apr april aprilie kwiecien kwietnia kwi duben dubna dub апр апрел* април квитень квитня квит aprilis",
    "may mai maj maja kveten kvetna kve маи мая травень травня трав mei majus",
    "jun june iun iunie czerwiec czerwca cze cerven cervna cvn июн июнь июня юни червень червня черв juni junius",
    "jul july iul iulie lipiec lipca lip cervenec cervence cvc июл июль июля юли липень липня лип juli julius",
    "aug august sierpien sierpnia sie srpen srpna srp авг август августа серпень серпня серп augustus augusztus",
    "sep sept september* septembrie wrzesien wrzesnia wrz zari zar сен сент сентябр* септ септември вересень вересня "
    "вер szept szeptember",
    "oct oct. october octombrie pazdziernik pazdziernika paz rijen rijna rij окт октябр* октомври жовтень жовтня жовт "
    "okt oktober",
    "nov november noi noiembrie noie listopad listopadu listopada lis ноя нояб ноябр* ноем ноември листопад листопада "
    "лист",
    "dec december decembrie grudzien grudnia gru prosinec prosince pro дек декабр* декември грудень грудня груд dez "
    "dezember",
)
"""January to December."""

WEEKDAYS = (
    "monday luni понедельник понедилок понеделник poniedzialek hetfo hetfon pondeli maandag montag",
    "tuesday marti вторник вивторок wtorek kedd kedden utery dinsdag dienstag",
    "wednesday miercuri среду среда середа середу сряда sroda srode szerda szerdan streda stredu woensdag mittwoch",
    "thursday joi четверг четвер четвъртък czwartek csutortok csutortokon ctvrtek donderdag donnerstag",
    "friday vineri пятницу пятница пятниця пятницю петък piatek pentek penteken patek vrijdag freitag",
    "saturday sambata субботу суббота субота суботу събота sobota sobote szombat szombaton sobotu zaterdag samstag",
    "sunday duminica воскресенье недиля недилю неделя niedziela niedziele vasarnap nedele nedeli zondag sonntag",
)
"""Monday to Sunday."""

UNITS = {
    "minute": "m min mins minut* мин минут* минуту хвилин* хв perc* minuten",
    "hour": "h hr hrs hour* ore ora oraja orat час часа часов годин* год godzin* godz hodin* uur uren stunde* std ч",
    "day": "d day* zi zile день дня днеи дни днив ден dzien dni dnia den dny dnu dnem nap* dag dagen tag tage tagen дн",
    "week": "w week* weken saptaman* недел* тижн* тиждень седмиц* tydzien tygodni* tyden tydn* tydny het hete woche*",
    "month": "month* mo luna luni месяц* мисяц* месец* miesiac* miesiec* mesic* honap* maand* monat*",
    "year": "year* an ani года лет рик роки рокив rok roku lat lata let lety ev eve jaar jaren jahr*",
}
