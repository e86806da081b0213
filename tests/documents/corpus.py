"""Small valid documents of every format, each with the words that must be in its text: what mutation starts from."""

import base64

from make_packages import docx, epub, odt, paragraph, pptx, shape, xlsx
from make_pdf import make_pdf

TABLE = "<w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{0}</w:tc></w:tr></w:tbl>".format(paragraph("cell"))
ODT_TABLE = (
    "<table:table table:name='T'><table:table-row table:number-rows-repeated='2'><table:table-cell"
    " table:number-columns-repeated='3'><text:p>cell</text:p></table:table-cell></table:table-row></table:table>"
)
CELLS = "<row><c r='A1' t='s'><v>0</v></c><c r='B1' s='1'><v>46350.5</v></c><c r='D1'><f>A1</f><v>3.5</v></c></row>"
PAGE = (
    "<!DOCTYPE html><html><head><meta charset=utf-8><title>Roof</title><style>p{}</style></head><body><!-- x -->"
    "<h1>Roof</h1><p>Tiles &amp; gutters<ul><li>a<li>b</ul><table><tr><td>1<td>2</table><p hidden>c<pre> d\ne</pre>"
    "<a href=x>f</a><div style='display:none'>g</div><svg><text>h</text></svg></body></html>"
)
MAIL = (
    "From: =?utf-8?q?Jos=C3=A9?= <a@b.example>\nTo: c@d.example\nDate: Tue, 24 Nov 2026 17:30:00 +0100\n"
    "Subject: =?utf-8?b?Um9vZg==?=\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=e\n\n"
    "--e\nContent-Type: multipart/alternative; boundary=f\n\n--f\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: quoted-printable\n\nRoof =C3=A9\n"
    "--f\nContent-Type: text/html\n\n<p>Roof <b>b</b>\n--f--\n"
    "--e\nContent-Type: application/pdf; name*=utf-8''a%20b.pdf\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode(b"%PDF-1.7").decode()
    + "\n--e--\n"
)
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 A;}}{\info{\title x}}"
    r"\pard Roof\tab Gr\'f6\'dfe {\v hidden}\par{\f1\'ea\'f0}\u8364?\u-10179?\u-8704?{\pict 00ff}"
    r"\trowd a\cell b\cell\row}"
)

CORPUS: dict[str, list[bytes]] = {
    ".txt": [
        "The Roof leaks. Größe!\n".encode(),
        "Roof: Größe".encode("utf-16"),
        b"Roof Gr\xf6\xdfe\r\n" * 20,
    ],
    ".md": ["---\ntitle: Größe\ntags: [a, b]\n---\n# Roof\n\nA sentence. Another!\n".encode()],
    ".csv": [b'Roof;area;"how; old"\r\nGr\xf6\xdfe;"1,5";\r\n', b"Roof,1\nb,2\n"],
    ".json": [b'{"Roof": [1.50, "Gr\\u00f6\\u00dfe \\ud83d\\ude00", {}], "b": null}'],
    ".srt": [
        b"1\n00:00:01,000 --> 00:00:02,000\n<i>Roof</i>\nb\n\n2\n00:00:03,000 --> 00:00:04,000\n- c\n- d\n"
    ],
    ".vtt": [
        b"WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000 align:start\n<v Anna>Roof <00:00:01.500><c>b</c> &amp;\n"
    ],
    ".pdf": [
        make_pdf([["Roof 17", "312.40 €"], ["Second page"]]),
        make_pdf([[f"Roof {n}"] for n in range(20)]),
    ],
    ".html": [PAGE.encode(), PAGE.replace("utf-8", "windows-1252").encode("cp1252")],
    ".docx": [
        docx(
            paragraph("Roof", about='<w:pStyle w:val="H"/>')
            + TABLE
            + paragraph("gone", run="<w:vanish/>")
            + '<w:p><w:r><w:t>a</w:t><w:tab/><w:br/><a:blip/><w:footnoteReference w:id="1"/></w:r></w:p>',
            styles='<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>',
            header=paragraph("Meier"),
            footnotes=f'<w:footnote w:id="1">{paragraph("note")}</w:footnote>',
        )
    ],
    ".odt": [
        odt(
            f"<text:h>Roof</text:h><text:p>a<text:s text:c='3'/>b</text:p>{ODT_TABLE}"
            "<text:list><text:list-item><text:p>c</text:p></text:list-item></text:list>"
        )
    ],
    ".xlsx": [
        xlsx(
            {"Roof": CELLS, "Other": CELLS},
            strings="<si><t>Item</t></si>",
            styles="<numFmts><numFmt numFmtId='164' formatCode='dd/mm/yy'/></numFmts>"
            "<cellXfs><xf numFmtId='0'/><xf numFmtId='164'/></cellXfs>",
        )
    ],
    ".pptx": [pptx([shape("Roof", "tiles"), shape("End") + shape("x", about=' hidden="1"')])],
    ".rtf": [RTF.encode()],
    ".eml": [MAIL.encode()],
    ".mbox": [f"From a Tue Nov 24 2026\n{MAIL}\nFrom b Tue Nov 24 2026\n{MAIL}".encode()],
    ".epub": [
        epub({"a": "<html><body><h1>Roof</h1><p>One<a/></p></body></html>", "b": "<p>Two</p>"}, title="T")
    ],
}
"""By suffix; in the text of each stands the word Roof."""
