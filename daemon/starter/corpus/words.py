"""Which everyday words and letters do the invented texts consist of?

The words stand in words.txt, written for the project.
"""

from pathlib import Path


def _read() -> dict[str, str]:
    """Return the words of each language."""
    found: dict[str, str] = {}
    language = ""
    for line in Path(__file__).with_name("words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
            found[language] = ""
        else:
            found[language] += f" {line}"
    return found


OTHER = _read()
ENGLISH = OTHER.pop("english")

CHINESE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重"
)
JAPANESE = (
    "のはをにがでとてしたれるまさいんかあうえおくけこすせそちつぬねはひふへほみむめもやゆよらりわアイウエオカキクケコサシスセ"
    "ソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンー日本語会議明日庭水曜金曜学校旅行家族料理"
)
EMOJI = "😀🎉🚗🏠🌱🍞📅✅❌🔧🎵📚💡🩺✈🧾🐶🐱☕🌧☀❤👍🙏🚀🥕🍎👩‍👧"
LETTERS = (
    "".join(chr(c) for c in range(33, 127))
    + "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÀÁÂÄÅÆÇÈÉÊËÍÎÓÔÖØŒÚÜŁłńŃśŚźżŻęąćčČšŠžŽřŘěďťůőűğĞıİşŞ"
    + "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
    + "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯіїєґ"
    + "–—…“”„‘’‚«»•·°€£§©®™±×÷½¼→←✓¿¡\t"
    + "、。，！？：「」（）・"
)
