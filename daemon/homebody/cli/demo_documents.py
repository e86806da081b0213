"""Which six documents does the demo drop, and which one is it killed over?"""

from collections.abc import Sequence

MARKDOWN = """---
title: Roof repair
created: 2026-03-02   # a comment that must survive
aliases: [roof, "Ostweg 7"]
---

# Roof repair at Ostweg 7

Met Ines Falk at the house this morning. The valley on the north side leaks and must be replaced before
the autumn rain. We decided to give the work to Falk Roofing for 4,850 euros. They begin on 14 September
and need three days. I have to clear the attic by then and tell the neighbours about the scaffolding.

- [ ] clear the attic
- [ ] ask the insurance whether it pays for the water stain
"""

PLAIN = """Hello Jonas,

thank you for the tickets. The train to Lisbon leaves on 3 October at 07:42 from platform 9, and we have
to change in Irun. The hotel in the Rua das Flores is booked for four nights under my name. Please bring
the blue suitcase and the camera. On the last evening we meet Marta for dinner at the harbour.

See you on Saturday
Helene
"""

GERMAN = """# Elternabend der Klasse 4b

Der Elternabend findet am 12. November um 19 Uhr im Musikraum der Schule statt. Frau Öztürk erklärt, wie
die Kinder auf die neue Schule vorbereitet werden. Die Klassenfahrt nach Büsum kostet 245 Euro und muss
bis zum 30. November bezahlt sein. Wir suchen noch zwei Eltern, die beim Grillen helfen. Größere Kinder
dürfen ihre Geschwister mitbringen.
"""

INVOICE = (
    "Kessler & Daughters, heating and plumbing",
    "",
    "Invoice for the yearly service of the gas boiler in the cellar of Ostweg 7.",
    "The pressure vessel was replaced and the system was filled again.",
    "The total is 312.40 euros, to be paid by 4 March 2026.",
    "Next year's service is due in February.",
)

MONTHS = (
    (
        "January",
        "The ground was frozen until the 20th, so nobody dug. Pavel repaired the eleven hand tools in the "
        "shed and found that the long saw is beyond saving. The seed exchange brought in thirty-one kinds "
        "of beans and a purple potato that nobody had seen before. We decided to keep the water tank "
        "empty until March, because last year the valve burst in the frost and cost us 180 euros.",
    ),
    (
        "February",
        "The fence along the railway was finished on the 14th with the posts that the town gave us. "
        "Twelve members came to the pruning course, and the old pear tree lost a third of its crown. Edda "
        "counted the money: there are 1,240 euros in the box, a little more than a year ago. The beehives "
        "survived the winter without a loss.",
    ),
    (
        "March",
        "The tank was filled on the 9th and the new valve holds. Beds one to six were dug over and given "
        "compost. A family from the Lindenstrasse took over plot nineteen, which had been empty for two "
        "years. The school asked whether the third form may come every Thursday, and the members agreed "
        "in the meeting of the 22nd.",
    ),
    (
        "April",
        "A late frost on the night of the 17th took the blossom of both plum trees. The tomatoes were "
        "still under glass and came to no harm. The children sowed radishes, and the first ones were "
        "eaten on the 30th. Pavel built a bench from the wood of the old shed door, and it has become the "
        "place where everybody meets.",
    ),
    (
        "May",
        "Slugs ate the first row of lettuce in a single night. We bought two kilos of copper band and "
        "agreed not to use poison. The open day on the 23rd brought a hundred and forty visitors and 415 "
        "euros for cakes and young plants. A reporter of the local paper took pictures of the school bed.",
    ),
    (
        "June",
        "It did not rain for nineteen days. From the 11th on, every plot was watered only in the evening "
        "and from the tank, never from the tap. The beans stood it well, the lettuce bolted. A swarm of "
        "bees settled in the pear tree and was caught by Edda with a cardboard box, so that we now have "
        "three hives.",
    ),
    (
        "July",
        "Forty kilos of courgettes were more than anybody could eat, and the food bank took half of them. "
        "The pump of the tank failed on the 8th and was replaced for 96 euros. The children of the third "
        "form weighed their potatoes: twenty-two kilos from ten plants, the purple ones not counted.",
    ),
    (
        "August",
        "The storm of the 3rd broke the glass of the cold frame and tore the roof felt from the shed. The "
        "insurance pays for the felt and not for the glass. Honey was taken twice, thirty-eight jars in "
        "all. In the meeting of the 27th the members voted for a second tank, with eleven votes against "
        "two.",
    ),
    (
        "September",
        "The second tank was delivered on the 16th and stands behind the shed. It holds a thousand litres "
        "and cost 340 euros with the pipes. The pears were picked on the 21st; the pruned tree gave more "
        "than ever. Plot four is free, because the Brandt family moves to Kiel.",
    ),
    (
        "October",
        "Apple juice was pressed with the machine of the next village: two hundred and ten bottles. The "
        "compost was turned for the last time. A hedgehog lives under the bench, so the leaves there stay "
        "where they are. The school goes on next year, and its bed is doubled.",
    ),
    (
        "November",
        "The pipes were emptied on the 6th and both tanks on the 7th. Twenty-six members came to the "
        "yearly meeting. Edda gave the box to Tomasz after nine years, with 1,365 euros in it, and was "
        "made an honorary member. The fee stays at forty euros a year. The path to the gate gets gravel "
        "in spring.",
    ),
    (
        "December",
        "The tools were oiled and counted; the long saw was at last thrown away. On the 13th there was "
        "soup for everybody who came. The year's most important decision was the second tank, and its "
        "greatest surprise the purple potato, of which everybody wants some. The list for the seed "
        "exchange hangs in the shed.",
    ),
)
"""A year in a community garden; two of them are longer than the starter model's context."""


def logbook(title: str, months: Sequence[tuple[str, str]] = MONTHS) -> str:
    """Return the long text: a heading, and a paragraph a month for each of two years."""
    year = "\n\n".join(f"{month}. {text}" for month, text in months)
    return f"{title}\n\n{year}\n\nThe second year went like the first.\n\n{year}\n"


def documents() -> dict[str, bytes]:
    """Return the six documents by file name, in the order in which they are dropped."""
    return {
        "roof.md": MARKDOWN.encode(),
        "journey.txt": PLAIN.encode(),
        "garden.txt": logbook("The logbook of the community garden").encode(),
        "elternabend.md": GERMAN.encode(),
        "invoice.pdf": pdf(INVOICE),
        "nothing.md": b"",
    }


def killed_over() -> tuple[str, bytes]:
    """Return the name and text of the document in whose middle the daemon is killed."""
    return "garden-again.txt", logbook("The garden, told backwards", tuple(reversed(MONTHS))).encode()


def pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page with *lines* in Helvetica (ISO 32000-1, 7.5: header, body, xref, trailer)."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "\n".join(f"({line}) Tj T*" for line in escaped)
    stream = f"BT /F1 12 Tf 16 TL 60 760 Td\n{shown}\nET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
