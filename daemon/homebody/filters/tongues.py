"""In which language is a text? By its script and by its most frequent small words. Pure, and honest: it may not know.

The small words (the, der, och) make up a third to a half of any running text, and no two of these languages share
most of theirs.
"""

import re
import unicodedata
from collections import Counter
from functools import cache

MOST_WORDS = 5000
"""So many words from the beginning are looked at."""

LEAST_HITS = 3
"""So many small words at least must speak for a language; a heading alone says nothing."""

LEAST_SHARE = 0.12
"""So much of the text must be small words of the language; lists of names and numbers have fewer."""

LEAST_LEAD = 1.15
"""So far the first must lie before the second."""

SMALL_WORDS = {
    "en": "the and of to in is that it for was with as on be are this have from or by at not but they which you we he "
    "his her an were been has had their there will would can if when what who all one so do",
    "de": "der die das und ist nicht ein eine einen einem einer mit von zu den dem des auf für im sich auch es an als "
    "wie bei nach aus wird werden wurde sind war hat haben oder aber wenn dass sie wir ich ihr noch nur über zum zur",
    "fr": "le la les des et est une un du dans que qui pour pas sur avec par au aux ce cette il elle sont ne se nous "
    "vous ils plus mais ou où être avoir été ont leur leurs son ses comme tout très aussi je",
    "es": "el la los las de y que en un una es por con para no se del al lo como más pero sus su este esta ha fue son "
    "está ser también hay muy cuando sin sobre entre ya todo nos porque desde hasta donde yo",
    "pt": "o a os as de e que em um uma é por com para não se do da dos das no na nos nas ao mais mas seu sua como foi "
    "são está ser também há muito quando sem sobre entre já tem ele ela isso pelo pela você eu",
    "it": "il lo la i gli le di e che in un una è per con non si del della dei delle al alla nel nella da dal più ma "
    "come sono anche ha questo questa ci se essere stato tutto molto quando o dopo io suo sua loro",
    "nl": "de het een en van is dat niet in op te voor met zijn aan er maar om ook als bij dan naar door over uit nog "
    "wordt werd hebben heeft deze dit die ik je hij zij we wij hun of geen wel moet kan worden",
    "sv": "och att det är en ett som på för med av inte den till de har om var men jag vi han hon kan från när så här "
    "ska eller vid också mycket efter blir blev under mot skulle finns sig sin sina våra",
    "da": "og at det er en et som på for med af ikke den til de har om var men jeg vi han hun kan fra når så her skal "
    "eller ved også meget efter bliver blev under mod ville findes sig sin sine hvad hvor nogle",
    "nb": "og å at det er en et som på for med av ikke den til de har om var men jeg vi han hun kan fra når så her "
    "skal eller ved også mye etter blir ble under mot ville finnes seg sin sine hva hvor noen",
    "fi": "ja on ei se että oli hän mutta joka kun niin kuin ovat myös tai jos vain olla sen sitä tämä siitä mitä nyt "
    "minä sinä me he ne olen ole voi mukaan kanssa jo vielä sekä kaikki jälkeen ennen hyvin",
    "pl": "i w na nie się z do jest to że o jak ale po co za od tak dla czy przez przy był była było są ten ta tego "
    "jego jej ich już tylko może oraz który która które być ma bardzo jeszcze lub",
    "cs": "a je v na se že to s z do jako ale pro po by bylo byl byla jsou jsem si ve k o od za při který která které "
    "jeho její jejich také už jen nebo aby když může být má velmi ještě než jak co až bude tak není jsme kde",
    "hu": "a az és hogy nem is egy van volt de meg ez mint csak már még ha vagy ki mi el be aki ami azt ezt lehet kell "
    "nagyon után szerint között ezek azok minden mert amely lesz lett pedig sem",
    "ro": "și de în la cu nu că este a o un pe din pentru mai ce care sau sunt au fost al ale lui ei se prin dar ca "
    "după între foarte acest această aceste când fără toate despre am ar fi",
    "tr": "ve bir bu da de için ile çok ne daha gibi ama olarak olan var yok o mi ki değil kadar sonra her şey en ben "
    "sen biz siz onlar oldu olduğu göre ise veya hem ya",
    "ru": "и в не на что с он как это по но к у из за от так же для было был была они мы вы я бы все его её их или "
    "если когда только уже ещё чтобы очень может после при до который которые есть нет",
    "uk": "і в не на що з він як це по але до у із за від так для було був була вони ми ви я би все його її їх або "
    "якщо коли тільки вже ще щоб дуже може після при та який які є немає цей",
    "bg": "и в не на че с той как това по но към от за така е са беше бяха те ние вие аз би всички неговата му ѝ им "
    "или ако когато само вече още да много може след при до който които има няма се ще",
    "ar": "في من على إلى أن هذا هذه التي الذي عن مع كان كانت لا ما هو هي قد كل بعد قبل بين أو ثم لم لن إن ذلك غير حتى "
    "عند أي كما حيث أنا نحن هم",
    "fa": "و در به از که این را با است برای آن یک بود شد شده می هم تا بر یا اما هر او ما شما آنها نیز باید کرد کرده "
    "خود دارد دارند نیست من چه اگر پس",
}
"""The small words of each language that is told apart by them."""

SCRIPTS = {"GREEK": "el", "HEBREW": "he", "HANGUL": "ko", "DEVANAGARI": "hi", "THAI": "th"}
"""Scripts that stand for one language here."""

LANGUAGES = tuple(sorted([*SMALL_WORDS, *SCRIPTS.values(), "ja", "zh"]))
"""The languages that can be told, by their codes of ISO 639-1."""

_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 8


def language_of(text: str) -> str | None:
    """Return the code of the language in which most of *text* is written, or None when that cannot be told."""
    words = [match[0] for _, match in zip(range(MOST_WORDS), _WORD.finditer(text), strict=False)]
    scripts = Counter(script for word in words for letter in word[:20] if (script := _script(letter)))
    letters = sum(scripts.values())
    if letters < _LEAST_LETTERS:
        return None
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana + scripts["CJK"] > letters / 2:
        return "ja" if kana > scripts["CJK"] / 5 else "zh"
    script, count = scripts.most_common(1)[0]
    if script in SCRIPTS:
        return SCRIPTS[script] if count > letters / 2 else None
    return _by_small_words([unicodedata.normalize("NFC", word).casefold() for word in words])


@cache
def _script(letter: str) -> str:
    """Return the first word of a letter's name in Unicode, which is its script."""
    return unicodedata.name(letter, "").split(" ", 1)[0].removesuffix("-")


@cache
def _weights() -> dict[str, dict[str, float]]:
    """Return of each small word the languages that have it; the fewer they are, the more it says."""
    having: dict[str, list[str]] = {}
    for code, words in SMALL_WORDS.items():
        for word in dict.fromkeys(words.split()):
            having.setdefault(word, []).append(code)
    return {word: dict.fromkeys(codes, 1 / len(codes)) for word, codes in having.items()}


def _by_small_words(words: list[str]) -> str | None:
    """Return the language whose small words are most frequent among *words*, if it is clear enough."""
    weights = _weights()
    scores: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for word in words:
        for code, weight in weights.get(word, {}).items():
            scores[code] += weight  # type: ignore[assignment]  # a Counter of fractions
            hits[code] += 1
    if not scores:
        return None
    (first, most), *rest = scores.most_common(2)
    lead = most / rest[0][1] if rest else LEAST_LEAD
    clear = hits[first] >= LEAST_HITS and hits[first] >= LEAST_SHARE * len(words) and lead >= LEAST_LEAD
    return first if clear else None
