"""What is a language called, in the words that a model reads, for whoever names it by its code (BCP 47)?"""

import re

CODES = {
    "af": "Afrikaans", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fil": "Filipino", "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "la": "Latin", "lb": "Luxembourgish", "lo": "Lao", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay",
    "mt": "Maltese", "my": "Burmese", "nb": "Norwegian Bokmål", "ne": "Nepali", "nl": "Dutch",
    "nn": "Norwegian Nynorsk", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "yi": "Yiddish", "zh": "Chinese",
    "zu": "Zulu",
}  # fmt: skip
"""Languages by their codes (ISO 639)."""

KINDS = {
    "de-at": "Austrian German", "de-ch": "Swiss German spelling (ss for ß)", "en-au": "Australian English",
    "en-ca": "Canadian English", "en-gb": "British English", "en-us": "American English",
    "es-419": "Latin American Spanish", "es-es": "European Spanish", "es-mx": "Mexican Spanish",
    "fr-ca": "Canadian French", "nl-be": "Flemish", "pt-br": "Brazilian Portuguese", "pt-pt": "European Portuguese",
    "sr-cyrl": "Serbian in Cyrillic script", "sr-latn": "Serbian in Latin script", "zh-cn": "Simplified Chinese",
    "zh-hans": "Simplified Chinese", "zh-hant": "Traditional Chinese", "zh-hk": "Traditional Chinese",
    "zh-tw": "Traditional Chinese",
}  # fmt: skip
"""What differs in writing, by code and region or script."""

_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def language_in_words(language: str) -> str | None:
    """Return the English name of the *language* with that code, a name as it is; None for a code that is not known.

    A region that is not known by itself (de-LI) leaves the language.
    """
    if not _CODE.fullmatch(language):
        return language
    code = language.lower().replace("_", "-")
    return KINDS.get(code) or CODES.get(code.split("-")[0])
