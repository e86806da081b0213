"""How are small real Office, OpenDocument and EPUB files made, for tests? From their XML, part by part."""

import io
import zipfile
from collections.abc import Mapping

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODF_SPACES = "".join(
    f' xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "text", "table", "style", "drawing")
) + (f' xmlns:draw="{OFFICE}drawing:1.0" xmlns:svg="{OFFICE}svg-compatible:1.0"'
     f' xmlns:presentation="{OFFICE}presentation:1.0"')  # fmt: skip


def pack(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the ZIP file of *parts*, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 11, 24, 12, 0, 0))
            info.compress_type = method
            file.writestr(info, content)
    return out.getvalue()


def relations(*found: tuple[str, str, str], mode: str = "") -> str:
    """Return a list of relationships: number, kind and target."""
    body = "".join(
        f'<Relationship Id="{number}" Type="{RELATION}/{kind}" Target="{target}"{mode}/>'
        for number, kind, target in found
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{body}</Relationships>'


def docx_parts(body: str, *, styles: str = "", **others: str) -> dict[str, str | bytes]:
    """Return the parts of a Word document; *others* are headers, footers and notes by their kind."""
    linked = [("rId1", "styles", "styles.xml")]
    linked += [(f"rId{number}", kind, f"{kind}.xml") for number, kind in enumerate(others, start=2)]
    wrap = f'xmlns:w="{W}" xmlns:a="{A}" xmlns:mc="{MC}" xmlns:r="{RELATION}"'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relations(*linked),
        "word/document.xml": f"<w:document {wrap}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {wrap}>{styles}</w:styles>",
        **{f"word/{kind}.xml": f"<w:part {wrap}>{part}</w:part>" for kind, part in others.items()},
    }


def docx(body: str, *, styles: str = "", **others: str) -> bytes:
    """Return a Word document."""
    return pack(docx_parts(body, styles=styles, **others))


def paragraph(text: str, run: str = "", about: str = "") -> str:
    """Return a paragraph of Word with one run, and what both say of themselves."""
    return (
        f"<w:p><w:pPr>{about}</w:pPr><w:r><w:rPr>{run}</w:rPr>"
        f'<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def xlsx_parts(
    sheets: Mapping[str, str], *, strings: str = "", styles: str = "", states: Mapping[str, str] | None = None
) -> dict[str, str | bytes]:
    """Return the parts of a workbook; a sheet is the XML of its rows, or of all that is in it."""
    numbered = list(enumerate(sheets, start=1))
    named = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}" state="{(states or {}).get(name, "visible")}"/>'
        for number, name in numbered
    )
    linked = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered]
    linked += [("rId98", "sharedStrings", "sharedStrings.xml"), ("rId99", "styles", "styles.xml")]
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(*linked),
        "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{RELATION}"><sheets>{named}</sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{S}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{S}">{styles}</styleSheet>',
        **{
            f"xl/worksheets/sheet{number}.xml": f'<worksheet xmlns="{S}">'
            + (sheets[name] if "<sheetData" in sheets[name] else f"<sheetData>{sheets[name]}</sheetData>")
            + "</worksheet>"
            for number, name in numbered
        },
    }


def xlsx(sheets: Mapping[str, str], **others: str) -> bytes:
    """Return a workbook."""
    return pack(xlsx_parts(sheets, **others))


def pptx_parts(slides: list[str], attributes: str = "") -> dict[str, str | bytes]:
    """Return the parts of a presentation; a slide is the XML of its shapes, *attributes* are those of the last."""
    numbers = range(1, len(slides) + 1)
    order = "".join(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>' for number in numbers)
    linked = [(f"rId{number}", "slide", f"slides/slide{number}.xml") for number in numbers]
    spaces = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{RELATION}"'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "ppt/presentation.xml")),
        "ppt/_rels/presentation.xml.rels": relations(*linked),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
        **{
            f"ppt/slides/slide{number}.xml": f"<p:sld {spaces}{attributes if number == len(slides) else ''}><p:cSld>"
            f"<p:spTree>{slides[number - 1]}</p:spTree></p:cSld></p:sld>"
            for number in numbers
        },
    }


def pptx(slides: list[str], attributes: str = "") -> bytes:
    """Return a presentation."""
    return pack(pptx_parts(slides, attributes))


def shape(*lines: str, about: str = "") -> str:
    """Return a shape of a slide, a paragraph for each line."""
    body = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"{about}/></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>'


def odf_parts(body: str, *, kind: str = "text", styles: str = "", page: str = "") -> dict[str, str | bytes]:
    """Return the parts of an OpenDocument file."""
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{space}"/>',
        "content.xml": f"<office:document-content{ODF_SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>",
        "styles.xml": f"<office:document-styles{ODF_SPACES}><office:master-styles><style:master-page>{page}"
        "</style:master-page></office:master-styles></office:document-styles>",
    }


def odt(body: str, **others: str) -> bytes:
    """Return an OpenDocument text."""
    return pack(odf_parts(body, **others))


def epub_parts(chapters: Mapping[str, str], title: str = "") -> dict[str, str | bytes]:
    """Return the parts of a book; a chapter is its XHTML."""
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in chapters
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{f"OEBPS/{name}.xhtml": chapter for name, chapter in chapters.items()},
    }


def epub(chapters: Mapping[str, str], title: str = "") -> bytes:
    """Return a book."""
    return pack(epub_parts(chapters, title))


def cell(place: str, value: str, kind: str = "n", style: int = 0) -> str:
    """Return a cell."""
    return f'<c r="{place}" t="{kind}" s="{style}"><v>{value}</v></c>'
