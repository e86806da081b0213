"""Where do invented names, words, dates, amounts and noise come from?"""

import random
from functools import cache

from starter.corpus import words


def spaced(text: str) -> list[str]:
    """Return the words of *text*."""
    return text.split()


def barred(text: str) -> list[str]:
    """Return the alternatives in *text*, which are divided by bars."""
    return text.split("|")


CONSONANTS = spaced(
    "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr kl kr pl pr sch sh sl sp st str th tr"
)
VOWELS = spaced("a e i o u a e i o ae ei ie ou oo ea y")
ENDINGS = spaced("n r s t l nd rt st ck m ng x lt rd th")
FIRST = spaced(
    "Anna Ben Clara David Elena Felix Greta Hugo Ida Jonas Karin Liam Maya Noah Olga Paul Rosa Simon Tara "
    "Ulrich Vera Will Yara Zoe Amir Chloe Diego Fatima Giulia Hassan Ines Jakub Kofi Lucia Marek Nadia "
    "Omar Priya Quentin Ravi Sofia Tomas"
)
MONTHS = spaced("January February March April May June July August September October November December")
MONTHS_DE = spaced("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
COMPANY = barred(
    "GmbH|Ltd|Inc.|AG|& Sons|Supplies|Services|S.A.|B.V.|Studio|Energy|Telecom|Workshop|Market|Bakery"
)
TRADE = "Print|Druck|Services|Energy|Bau|Foods|Books|Media|Systems|Logistics|Design|Garden Supplies|Elektro|Water & Gas"
LEGAL = "GmbH|Ltd|Inc.|AG|LLC|S.A.|B.V.|KG|Limited|e.V.|Sons"


def pick(dice: random.Random, text: str) -> str:
    """Return one of the alternatives in *text*, which are divided by bars."""
    return dice.choice(text.split("|"))


@cache
def vocabulary(language: str = "english") -> list[str]:
    return (words.ENGLISH if language == "english" else words.OTHER[language]).split()


def syllables(dice: random.Random, low: int = 1, high: int = 4) -> str:
    made = "".join(
        dice.choice(CONSONANTS) + dice.choice(VOWELS) + (dice.choice(ENDINGS) if dice.random() < 0.35 else "")
        for _ in range(dice.randint(low, high))
    )
    return made if dice.random() > 0.15 else dice.choice(VOWELS) + made


def surname(dice: random.Random) -> str:
    return syllables(dice, 2, 3).capitalize()


def first_name(dice: random.Random) -> str:
    return dice.choice(FIRST) if dice.random() < 0.6 else syllables(dice, 1, 2).capitalize()


def name(dice: random.Random) -> str:
    return f"{first_name(dice)} {surname(dice)}"


def company(dice: random.Random) -> str:
    base = surname(dice)
    shape = dice.random()
    if shape < 0.25:
        return base
    if shape < 0.45:
        return f"{base} & {surname(dice)}"
    if shape < 0.65:
        return f"{base} {pick(dice, TRADE)} {pick(dice, LEGAL)}"
    return f"{base} {dice.choice(COMPANY)}"


def place(dice: random.Random) -> str:
    return (
        surname(dice)
        if dice.random() < 0.5
        else surname(dice) + pick(dice, " Street| Hall|stadt|ville| Square|burg| Park|bridge")
    )


def clock(dice: random.Random) -> str:
    exact = f"{dice.randint(6, 22)}:{dice.randint(0, 59):02}"
    half = f"{dice.randint(1, 12)} am|{dice.randint(1, 12)} pm"
    french = f"{dice.randint(6, 22)} h {dice.randint(0, 59):02}"
    return pick(
        dice, f"{exact}|{exact}|{half}|{dice.randint(6, 22)} o'clock|{french}|{exact.replace(':', '.')}"
    )


def date(dice: random.Random) -> str:
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(1995, 2032)
    return dice.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{day} {MONTHS[month - 1]} {year}",
            f"{MONTHS[month - 1]} {day}",
            f"{day}.{month}.{year}",
            f"{day:02}/{month:02}/{year}",
            f"{day} {MONTHS[month - 1]}",
            f"{MONTHS[month - 1]} {day}, {year}",
            f"{day}. {MONTHS_DE[month - 1]} {year}",
        )
    )


def amount(dice: random.Random) -> str:
    whole, cents = int(10 ** dice.uniform(0.5, 4.3)), dice.randint(0, 99)
    return dice.choice(
        (
            f"{whole} euros",
            f"€{whole}.{cents:02}",
            f"{whole}.{cents:02} EUR",
            f"${whole:,}.{cents:02}",
            f"£{whole}",
            f"{whole},{cents:02} €",
            f"{whole} USD",
            f"{whole} €",
            f"CHF {whole}.{cents:02}",
            f"${whole}",
        )
    )


def number(dice: random.Random) -> str:
    digits = "".join(str(dice.randint(0, 9)) for _ in range(dice.randint(3, 9)))
    letters = "".join(dice.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(dice.randint(1, 3)))
    return dice.choice(
        (
            f"{letters}-{digits}",
            digits,
            f"{digits[:3]}/{digits[3:] or 7}",
            f"{letters}{digits}",
            f"{digits[:4]}-{dice.randint(1, 999)}",
        )
    )


def email(dice: random.Random) -> str:
    who = f"{first_name(dice).lower()}{pick(dice, '.|_|')}{surname(dice).lower()}"
    return f"{who}@{surname(dice).lower()}.{pick(dice, 'com|org|net|example|de|fr')}"


def phone(dice: random.Random) -> str:
    return f"+{dice.randint(1, 99)} {dice.randint(10, 999)} {dice.randint(1000, 9999999)}"


def identifier(dice: random.Random) -> str:
    """Return what a programmer calls something."""
    word = _letters(dice.choice(vocabulary()).lower() if dice.random() < 0.7 else syllables(dice, 1, 2))
    if dice.random() < 0.2:
        word += "_" + _letters(dice.choice(vocabulary()).lower())
    return dice.choice((word, word, word, word[0]))


def _letters(word: str) -> str:
    return "".join(letter for letter in word if letter.isalpha()) or "it"


def random_letters(dice: random.Random) -> str:
    alphabet = dice.choice((words.LETTERS, words.LETTERS, words.CHINESE, words.JAPANESE))
    return "".join(dice.choice(alphabet) for _ in range(dice.randint(1, 9)))


def any_unicode(dice: random.Random) -> str:
    """Return a few characters of one Unicode block, most of which have no piece of their own."""
    low, high = dice.choice(
        (
            (0x00C0, 0x024F),
            (0x0250, 0x02AF),
            (0x0370, 0x03FF),
            (0x0400, 0x052F),
            (0x0531, 0x0556),
            (0x05D0, 0x05EA),
            (0x0620, 0x064A),
            (0x0905, 0x0939),
            (0x0E01, 0x0E2E),
            (0x10D0, 0x10F0),
            (0x1E00, 0x1EFF),
            (0x2190, 0x23FF),
            (0x2500, 0x26FF),
            (0x3041, 0x30FE),
            (0x4E00, 0x9FA5),
            (0x4E00, 0x9FA5),
            (0xAC00, 0xD7A3),
            (0x1F300, 0x1F64F),
        )
    )
    return "".join(chr(dice.randint(low, high)) for _ in range(dice.randint(1, 8)))


def odd_word(dice: random.Random) -> str:
    """Return a word of almost any kind."""
    roll = dice.random()
    if roll >= 0.75:
        return _odder_word(dice, roll)
    if roll < 0.42:
        return dice.choice(vocabulary())
    if roll < 0.55:
        return dice.choice(vocabulary(dice.choice(list(words.OTHER))))
    made = syllables(dice)
    return made.capitalize() if dice.random() < 0.3 else made


def _odder_word(dice: random.Random, roll: float) -> str:
    if roll < 0.83:
        return dice.choice((date, amount, number, name, email, clock))(dice)
    if roll < 0.88:
        return random_letters(dice)
    if roll < 0.93:
        return any_unicode(dice)
    if roll < 0.95:
        return dice.choice(words.EMOJI)
    return str(dice.randint(0, 10 ** dice.randint(1, 5)))
