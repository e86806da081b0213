"""The language of a text is told from a sentence or two, and not where it cannot be told."""

import pytest

from homebody.filters.tongues import LANGUAGES, language_of

SENTENCES = {
    "en": "The roof has been leaking since Monday, and the plumber will come when he has the time to look at it.",
    "de": "Das Dach ist seit Montag undicht, und der Klempner kommt, wenn er die Zeit hat, es sich anzusehen.",
    "fr": "Le toit fuit depuis lundi, et le plombier viendra quand il aura le temps de regarder ce qui ne va pas.",
    "es": "El tejado gotea desde el lunes, y el fontanero vendrá cuando tenga tiempo para ver lo que pasa con la casa.",
    "pt": "O telhado está a pingar desde segunda-feira, e o canalizador vem quando tiver tempo para ver o que é.",
    "it": "Il tetto perde da lunedì, e l'idraulico verrà quando avrà il tempo di vedere che cosa non va nella casa.",
    "nl": "Het dak lekt sinds maandag, en de loodgieter komt als hij de tijd heeft om er naar te kijken.",
    "sv": "Taket har läckt sedan måndag, och rörmokaren kommer när han har tid att se vad det är som inte fungerar.",
    "da": "Taget har været utæt siden mandag, og mesteren kommer, når han har tid til at se, hvad der ikke er godt.",
    "nb": "Taket har lekket siden mandag, og mesteren kommer når han har tid til å se hva som ikke er bra etter alt.",
    "fi": "Katto on vuotanut maanantaista, ja putkimies tulee kun hän ehtii, mutta se ei ole vielä varmaa.",
    "pl": "Dach przecieka od poniedziałku, a hydraulik przyjdzie, jak będzie miał czas, żeby zobaczyć, co się stało.",
    "cs": "Střecha od pondělí zatéká a instalatér přijde, až bude mít čas, aby se podíval, co se stalo a jak to je.",
    "hu": "A tető hétfő óta beázik, és a szerelő akkor jön, ha van ideje, hogy megnézze, mi az, ami nem jó.",
    "ro": "Acoperișul curge de luni, iar instalatorul vine când are timp să vadă ce nu este în regulă și de ce.",
    "tr": "Çatı pazartesiden beri akıyor ve usta zamanı olduğu kadar çok bakacak ama bu hafta için bir şey demedi.",
    "ru": "Крыша течёт с понедельника, и мастер придёт, когда у него будет время, чтобы посмотреть, что там не так.",
    "uk": "Дах протікає з понеділка, і майстер прийде, якщо він матиме час, щоб подивитися, що там не так і як це є.",
    "bg": "Покривът тече от понеделник и майсторът ще дойде, когато има време да види какво не е наред с него.",
    "el": "Η στέγη στάζει από τη Δευτέρα και ο υδραυλικός θα έρθει όταν έχει χρόνο.",
    "he": "הגג דולף מאז יום שני והשרברב יבוא כשיהיה לו זמן.",
    "ar": "السقف يسرب الماء منذ يوم الاثنين، وسيأتي السباك عندما يكون لديه وقت، لكن هذا لا يكفي في كل مرة.",
    "fa": "سقف از روز دوشنبه چکه می‌کند و لوله‌کش هر وقت که وقت داشته باشد می‌آید تا آن را ببیند و برای ما درست کند.",
    "hi": "छत सोमवार से टपक रही है और मिस्त्री समय मिलने पर आएगा।",
    "th": "หลังคารั่วตั้งแต่วันจันทร์ และช่างจะมาเมื่อมีเวลา",
    "ja": "屋根は月曜日から雨漏りしていて、時間があるときに職人が見に来る予定です。",
    "zh": "屋顶从星期一开始漏水,水管工有时间的时候会来看看。",
    "ko": "지붕이 월요일부터 새고 있고, 배관공은 시간이 나면 올 것이다.",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_tells_its_language(code: str) -> None:
    """Each language that a recipe may name is told from a sentence of daily life."""
    assert code == language_of(SENTENCES[code])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4711 / 2026-03-02 / 12.50",
        "Müller GmbH\nRechnung 4711\nBrot 2,50\nMilch 1,20",
        "Ann Baker, Carl Dow, Eve Fox",
        "def main(argv):\n    return len(argv)",
        "Invoice",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    """Lists, numbers, names and code are in no language."""
    assert language_of(text) is None


def test_most_of_a_text_decides() -> None:
    """A quotation in another language changes nothing, and a long text is looked at from its beginning."""
    assert language_of(SENTENCES["de"] * 3 + SENTENCES["en"]) == "de"
    assert language_of(SENTENCES["fr"] * 2000) == "fr"
