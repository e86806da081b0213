"""Is the encoding of an old file found, from its bytes alone? And is it told that it was assumed?"""

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.formats import charsets, text
from homebody.documents.reader import ENCODING, Reader

LETTERS = {
    "German": "Sehr geehrte Frau Müller, die Dachrinne über dem Schuppen ist undicht. Bitte überweisen Sie 312,40"
    " bis zum 3. März. Mit freundlichen Grüßen, Jürgen Weiß",
    "French": "Chère Madame, le toit de la remise a été réparé lundi. Veuillez régler la facture avant le 3 août. Où"
    " êtes-vous ? À bientôt, François",
    "Spanish": "Estimada señora: el tejado del cobertizo se reparó el lunes. ¿Podría pagar la factura antes del día 3?"
    " Atentamente, Ángel Núñez",
    "Polish": "Szanowna Pani, dach szopy został naprawiony w poniedziałek. Proszę zapłacić do 3 marca. Z poważaniem,"
    " Łukasz Żółkiewski. Dziękuję bardzo za wszystko, również za gościnę.",
    "Czech": "Vážená paní, střecha kůlny byla opravena v pondělí. Prosím zaplaťte do 3. března. S pozdravem, Jiří"
    " Dvořák. Příště přijďte dříve.",
    "Hungarian": "Tisztelt Hölgyem! A fészer tetejét hétfőn megjavították. Kérjük, fizessen ki 312 forintot március"
    " 3-ig. Üdvözlettel, Győző Ősz",
    "Turkish": "Sayın Hanımefendi, kulübenin çatısı pazartesi günü onarıldı. Lütfen 3 Mart'a kadar ödeyin."
    " Saygılarımla, Şükrü Öztürk, İzmir",
    "Russian": "Уважаемая госпожа Иванова, крыша сарая отремонтирована в понедельник. Пожалуйста, оплатите счёт до"
    " третьего марта. С уважением, Пётр",
    "Ukrainian": "Шановна пані, дах сараю відремонтовано в понеділок. Будь ласка, сплатіть рахунок до третього"
    " березня. З повагою, Євген",
    "Greek": "Αγαπητή κυρία, η στέγη της αποθήκης επισκευάστηκε τη Δευτέρα. Παρακαλώ πληρώστε το λογαριασμό. Με"
    " εκτίμηση, Γιώργος",
    "Hebrew": "גברת נכבדה, גג המחסן תוקן ביום שני. אנא שלמי את החשבון עד השלישי במרץ. בכבוד רב, דוד",
    "Arabic": "سيدتي العزيزة، تم إصلاح سقف المخزن يوم الاثنين. يرجى دفع الفاتورة قبل الثالث من مارس.",
    "Thai": "เรียนคุณผู้หญิง หลังคาโรงเก็บของได้รับการซ่อมแซมเมื่อวันจันทร์ กรุณาชำระเงินภายในวันที่สามมีนาคม",
    "Japanese": "拝啓、物置の屋根は月曜日に修理されました。\n三月三日までに三千円をお支払いください。\n田中 17",
    "Chinese": "尊敬的女士，棚屋的屋顶已于星期一修好。\n请在三月三日之前支付三百一十二元。\n王小明 17",
    "Taiwanese": "尊敬的女士，棚屋的屋頂已於星期一修好。\n請在三月三日之前支付三百一十二元。\n王小明 17",
    "Korean": "존경하는 부인, 창고 지붕은 월요일에 수리되었습니다. 삼월 삼일까지 지불해 주십시오. 김철수",
}

USED = {
    "German": ("cp1252", "latin_1", "iso8859_15", "cp850", "mac_roman"), "French": ("cp1252", "latin_1"),
    "Spanish": ("cp1252", "latin_1"), "Polish": ("cp1250", "iso8859_2"), "Czech": ("cp1250", "iso8859_2"),
    "Hungarian": ("cp1250", "iso8859_2"), "Turkish": ("cp1254",), "Russian": ("cp1251", "koi8_r", "iso8859_5", "cp866"),
    "Ukrainian": ("cp1251", "koi8_u"), "Greek": ("cp1253", "iso8859_7"), "Hebrew": ("cp1255",), "Arabic": ("cp1256",),
    "Thai": ("cp874",), "Japanese": ("cp932", "euc_jp", "iso2022_jp"), "Chinese": ("gb18030",), "Taiwanese": ("big5",),
    "Korean": ("cp949",),
}  # fmt: skip
"""What programs of each country wrote before Unicode."""

UNICODE = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language in USED for name in USED[language]]
)
def test_an_old_file_is_read_in_its_encoding(reader: Reader, language: str, name: str):
    """Letter for letter, in the real reader, and the history can tell that it was assumed."""
    found = reader.read(LETTERS[language].encode(name), ".txt")
    assert found.text == LETTERS[language]
    assert found.encoding is not None
    assert found.encoding.endswith(" (assumed)")
    assert found.left_out == {}


@pytest.mark.parametrize("language", LETTERS)
@pytest.mark.parametrize("name", UNICODE)
def test_unicode_without_a_mark_is_read(reader: Reader, language: str, name: str):
    """In units of two and of four bytes, either end first."""
    words = LETTERS[language] + "\n"
    assert reader.read(words.encode(name), ".txt").text == words
    assert reader.read(words.encode("utf-8"), ".txt").encoding == "utf-8"


@pytest.mark.parametrize(
    "words",
    ["Größe", "café", "Größe: 5 m²\n", "naïve", "1 £", "Ærø", "Roof Größe\r\n" * 20, "5 € “a” – b", "Señor Núñez pagó",
     "name;city\nMüller;Köln\nWeiß;Düsseldorf\n", "x" * 100_000 + " Größe und Länge"],
)  # fmt: skip
def test_where_a_handful_of_bytes_decides_the_usual_one_is_taken(words: str):
    """A single word says nothing of its language."""
    assert text.extract(words.encode("cp1252")).text == words.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("# Это комментарий\nx = 1\ny = foo(bar, baz, qux)\n", "cp1251"),
        ("# Это комментарий\nx = 1\ny = foo(bar, baz, qux)\n", "koi8_r"),
        ("def f():\n    # 日本語のコメント\n    return 1\n", "cp932"),
        ("Привет", "cp1251"),
        ("日本語のメモ", "cp932"),
        ("你好世界", "gb18030"),
    ],
)
def test_a_few_words_in_another_script_are_found(words: str, name: str):
    """Letters beyond ASCII that stand side by side are no Latin ones."""
    assert text.extract(words.encode(name)).text == words


def test_what_could_not_be_read_is_counted(reader: Reader):
    """In any format: no character is lost without a word."""
    found = reader.read("Ελληνικά και ένα λάθος: ".encode() + b"\xff" + " και συνέχεια".encode(), ".md")
    assert (found.encoding, found.left_out_words()) == (
        "utf-8 (damaged)",
        "1 character that could not be read",
    )
    assert (
        reader.read(b"<meta charset=gb18030><p>Roof \xff\xff", ".html")
        .left_out_words()
        .startswith("2 characters")
    )


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 64,
        b"\x7fELF\x02\x01\x01\0" + b"\0\x01\0\x02" * 400,
        b"#!/bin/sh\necho unpack\n" * 5_000 + b"\0\x01\x02\0",
        bytes(5_000),
        b"\0\1\2binary\n\n",
        bytes(number * number % 251 for number in range(20_000)),
        b"RIFF" + bytes(byte for number in range(4_000) for byte in (number % 7, 0)),
    ],
    ids=["all bytes", "elf", "script with a load", "zeros", "a few", "numbers", "sound"],
)
def test_bytes_that_are_no_text_become_none(data: bytes):
    """However many encodings are tried."""
    with pytest.raises(FormatError, match="binary, not text"):
        text.extract(data)


@pytest.mark.parametrize("name", [*charsets.KNOWN, *UNICODE])
def test_every_name_of_an_encoding_is_one_that_the_house_believes(name: str):
    """What the reader says is held against a form, and every real answer has it."""
    from homebody.documents.formats.guessing import told

    assert ENCODING.fullmatch(told(name))
