"""Headings that name the kind of page and not the ad: a title is looked for elsewhere."""

_GENERIC = frozenset(
    (
        *("job", "jobs", "job posting", "job offer", "job details", "job description", "vacancy", "vacancies"),
        *("position", "advertisement", "classified ad", "ad", "details", "offer", "careers", "apply now", "welcome"),
        *(
            "find jobs",
            "job search",
            "search jobs",
            "all jobs",
            "breadcrumb",
            "menu",
            "home",
            "поиск работы",
            "пошук роботи",
        ),
        *("anunț", "anunt", "anunțuri", "ofertă de muncă", "oferta de munca", "loc de muncă", "locuri de muncă"),
        *("detalii anunț", "вакансия", "вакансии", "объявление", "объявления", "описание вакансии", "работа"),
        *("предложение работы", "вакансія", "вакансії", "оголошення", "опис вакансії", "робота", "обява", "обяви"),
        *("предложение за работа", "oferta pracy", "oferty pracy", "ogłoszenie", "ogłoszenia", "szczegóły oferty"),
        *("praca", "állás", "állások", "állásajánlat", "álláshirdetés", "hirdetés", "nabídka práce", "inzerát"),
        *("pracovní nabídka", "volné místo", "volná místa", "detail nabídky", "práce", "vacature", "vacatures"),
        *("vacaturedetails", "functie", "stellenangebot", "stellenangebote", "stellenanzeige", "jobangebot"),
        *("anzeige", "stelle", "jobdetails"),
    )
)


def is_generic(heading: str) -> bool:
    """True for `JOB POSTING`, `Вакансия №`, `Oferta pracy:`: words and signs that every page of a board shares."""
    bare = heading.casefold().replace("№", " ").strip(" \t.:!-–—|#*0123456789")
    return " ".join(bare.split()) in _GENERIC
