"""Documents that a person has, part one: texts, tables, code, mail and pages, as programs of all times write them."""

import codecs
import json
import mailbox
import tempfile
from email.message import EmailMessage
from pathlib import Path

from shelves import Document

LETTER = (
    "Liebe Frau Öztürk,\n\nder Klempner kommt am Dienstag um 9:30 Uhr. Bitte lassen Sie die Tür offen.\n\n"
    "Grüße\nJürgen Weiß\n"
)
SHOPPING = "Τετάρτη\n- γάλα\n- ψωμί\n- ελιές 250 γρ.\n"
NOTE = """---
title: Dach
tags: [Haus, Reparatur]
date: 2026-03-03
---
# Dach

Der **Dachdecker** war da. Siehe [[Rechnungen]] und [Angebot](https://dach.example/17).

- [x] Ziegel bestellt
- [ ] Rinne messen
"""
PROGRAM = """#!/usr/bin/env python3
# Считает плитки
def tiles(area_m2: float, per_m2: float = 10.5) -> int:
\treturn round(area_m2 * per_m2)  # “about”
"""
SUBRIP = """1
00:00:01,200 --> 00:00:03,000
<i>¿Quién vive en la casa?</i>

2
00:00:03,500 --> 00:00:06,000
- Nadie, señora.
- ¿Y la luz?
"""
WEBVTT = """WEBVTT

NOTE made by hand

00:01.000 --> 00:04.000 align:start
<v Anna>We start with the budget.

00:04.500 --> 00:06.000
<v Ben>It is 1,200 &euro; short.
"""
SAVED = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bread in a pot</title>
<style>.ad {display: none}</style><script>track()</script></head><body>
<nav><a href="/">Home</a></nav>
<article><h1>Bread in a pot</h1><p>Mix <b>500&nbsp;g</b> of flour with water.</p>
<ol><li>Wait 12 hours.</li><li>Bake at 230&deg;C.</li></ol>
<table><tr><th>Flour<th>Water</tr><tr><td>500 g<td>375 g</tr></table>
<p class="ad">Buy a pot!</p><img src="pot.jpg" alt="A pot"></article></body></html>"""
RUSSIAN_PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r">
<title>Дача</title></head><body><h1>Дача</h1>
<p>Крышу починили в понедельник.<br>Осталось покрасить забор.</p></body></html>"""
RTF = (
    r"{\rtf1\ansi\ansicpg1250\deff0{\fonttbl{\f0\fnil\fcharset238 Calibri;}}{\*\generator Riched20 10.0.19041;}"
    "\n"
    r"\viewkind4\uc1\pard\sa200\sl276\slmult1\f0\fs22\lang21 Vážená paní,\par".encode("cp1250").decode("latin-1")
    + "\n"
    + r"st\'f8echa k\'f9lny je \b opravena\b0 . Cena: 1\~200 K\'e8.\par" + "\n" + r"Ji\'f8\'ed\par" + "\n}\n"
)  # fmt: skip
SHOWN_PAGE = (
    "Bread in a pot\n\nHome\n\nBread in a pot\n\nMix 500 g of flour with water.\n\n"
    "1. Wait 12 hours.\n2. Bake at 230°C.\n\n"
    "Flour | Water\n500 g | 375 g"
)


def mail() -> EmailMessage:
    """Return a letter with an attachment, as a program of today sends it."""
    made = EmailMessage()
    made["From"] = "Zoë Müller <zoe@haus.example>"
    made["To"] = "verwaltung@haus.example"
    made["Date"] = "Tue, 24 Nov 2026 17:30:00 +0100"
    made["Subject"] = "Heizung fällt aus – bitte dringend"
    made.set_content("Guten Abend,\n\ndie Heizung ist seit 18 Uhr kalt.\n\nZoë Müller\n")
    made.add_alternative(
        "<p>Guten Abend,<p>die Heizung ist seit <b>18 Uhr</b> kalt.<p>Zoë Müller", subtype="html"
    )
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Zähler März.pdf")
    return made


def japanese_mail() -> bytes:
    """Return a mail as programs in Japan sent it: ISO-2022-JP in seven bits."""
    return (
        b"From: =?ISO-2022-JP?B?" + _base64("田中") + b"?= <tanaka@ie.example>\r\nTo: kanri@ie.example\r\n"
        b"Date: Mon, 2 Mar 2026 09:00:00 +0900\r\nSubject: =?ISO-2022-JP?B?"
        + _base64("屋根の修理")
        + b"?=\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        + "屋根は月曜日に直りました。\r\n".encode("iso2022_jp")
    )


def _base64(words: str) -> bytes:
    return codecs.encode(words.encode("iso2022_jp"), "base64").replace(b"\n", b"")


def box() -> bytes:
    """Return a mailbox with two mails, as Python's own library keeps it."""
    with tempfile.TemporaryDirectory() as folder:
        made = mailbox.mbox(Path(folder) / "box")
        for day, words in ((1, "The first one."), (2, "From here on it rains.")):
            one = EmailMessage()
            one["From"], one["Subject"], one["Date"] = (
                "a@b.example",
                f"Day {day}",
                f"Sun, {day} Mar 2026 08:00:00 +0000",
            )
            one.set_content(words + "\n")
            made.add(mailbox.mboxMessage(one))
        made.flush()
        made.close()
        return (Path(folder) / "box").read_bytes()


def items() -> str:
    """Return what a program writes for another: one line without a blank, every letter beyond ASCII as its number."""
    rows = [{"name": f"Fenster {n}", "breite_m": 1.5, "öffnet": n % 2 == 0} for n in range(30)]
    return json.dumps({"haus": "Straße 7", "teile": rows}, separators=(",", ":"))


def items_text() -> str:
    """Return the same as a person would have it."""
    rows = [
        f'  {{\n   "name": "Fenster {n}",\n   "breite_m": 1.5,\n   "öffnet": {"true" if n % 2 == 0 else "false"}\n  }}'
        for n in range(30)
    ]
    return '{\n "haus": "Straße 7",\n "teile": [\n' + ",\n".join(rows) + "\n ]\n}"


MAILED = (
    "From: Zoë Müller <zoe@haus.example>\nTo: verwaltung@haus.example\nDate: 2026-11-24 17:30 +0100\n"
    "Subject: Heizung fällt aus – bitte dringend\n\nGuten Abend,\n\n"
    "die Heizung ist seit 18 Uhr kalt.\n\nZoë Müller\n\nAttachments: Zähler März.pdf"
)

PLAIN = (
    Document("letter.txt", LETTER.encode(), LETTER),
    Document("letter of 1998.txt", LETTER.replace("\n", "\r\n").encode("cp1252"), LETTER),
    Document("notepad.txt", codecs.BOM_UTF16_LE + SHOPPING.replace("\n", "\r\n").encode("utf-16-le"), SHOPPING),
    Document("shopping in greek.txt", SHOPPING.encode("iso8859-7"), SHOPPING),
    Document("readme from moscow.txt", "Прочти меня: крыша готова.\r\n".encode("koi8-r"),
             "Прочти меня: крыша готова.\n"),
    Document("memo.txt", "屋根の修理は月曜日です。\r\n三千円\r\n".encode("cp932"),
             "屋根の修理は月曜日です。\n三千円\n"),
    Document("通知.txt", "屋顶已经修好。\n请付三百元。\n".encode("gb18030"), "屋顶已经修好。\n请付三百元。\n"),
    Document("hindi.txt", "छत की मरम्मत सोमवार को हुई।\n".encode(), "छत की मरम्मत सोमवार को हुई।\n"),
    Document("note.md", NOTE.encode(), NOTE.split("---\n", 2)[2]),
    Document("tiles.py", PROGRAM.encode(), PROGRAM),
    Document("settings.json", b'{\n  "name": "Z\\u00fcrich",\n  "price": 1.10\n}\n',
             '{\n  "name": "Zürich",\n  "price": 1.10\n}\n'),
    Document("export.json", items().encode(), items_text()),
    Document("sales.csv", 'Datum;Kunde;Betrag\r\n03.03.2026;"Weiß & Söhne; Bonn";1.234,50\r\n'.encode("cp1252"),
             "Datum | Kunde | Betrag\n03.03.2026 | Weiß & Söhne; Bonn | 1.234,50\n"),
    Document("readings.tsv", b"day\tkWh\n2026-03-01\t7.5\n2026-03-02\t\n", "day | kWh\n2026-03-01 | 7.5\n2026-03-02\n"),
    Document("film.srt", SUBRIP.encode("cp1252"), "¿Quién vive en la casa?\n- Nadie, señora.\n- ¿Y la luz?\n"),
    Document("meeting.vtt", WEBVTT.encode(), "Anna: We start with the budget.\nBen: It is 1,200 € short.\n",
             left_out="1 comment"),
    Document("bread.html", SAVED.encode(), SHOWN_PAGE, left_out="1 image, 1 address of a link, 1 hidden part"),
    Document("dacha.htm", RUSSIAN_PAGE.encode("koi8-r"),
             "Дача\n\nКрышу починили в понедельник.\nОсталось покрасить забор."),
    Document("wordpad.rtf", RTF.encode("latin-1"), "Vážená paní,\nstřecha kůlny je opravena. Cena: 1 200 Kč.\nJiří"),
    Document("heating.eml", mail().as_bytes(), MAILED, left_out="1 attachment"),
    Document("from japan.eml", japanese_mail(), "From: 田中 <tanaka@ie.example>\nTo: kanri@ie.example\n"
             "Date: 2026-03-02 09:00 +0900\nSubject: 屋根の修理\n\n屋根は月曜日に直りました。"),
    Document("archive.mbox", box(), "From: a@b.example\nDate: 2026-03-01 08:00 +0000\nSubject: Day 1\n\nThe first one."
             "\n\n----\n\nFrom: a@b.example\nDate: 2026-03-02 08:00 +0000\nSubject: Day 2\n\nFrom here on it rains."),
)  # fmt: skip
