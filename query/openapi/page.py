"""The document as a page for people: plain HTML, nothing loaded from anywhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import msgspec

Json = Mapping[str, Any]
_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem 1rem 6rem;
color:#1c1c1c;background:#fff}
nav{columns:16rem;font-size:.9rem}nav a{display:block}code,pre{font:.85rem/1.45 ui-monospace,monospace}
pre{background:#f4f4f4;padding:.75rem;overflow:auto;max-height:24rem}section{border-top:1px solid #ddd;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;
border-bottom:1px solid #eee}.m{display:inline-block;min-width:4.5rem;font-weight:700}a{color:#0b57d0}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}pre{background:#232323}a{color:#8ab4f8}
td,th{border-color:#333}section{border-color:#333}}
"""


def page(document: Json) -> str:
    """Return *document* as HTML."""
    return "".join(_lines(document))


def _lines(document: Json) -> Iterator[str]:
    info = document["info"]
    yield '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(info['title'])}</title><style>{_STYLE}</style>"
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{_prose(info['description'])}</p>"
    yield '<p>For machines: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p><nav>'
    operations = [(path, method, row) for path, rows in document["paths"].items() for method, row in rows.items()]
    for path, method, row in operations:
        yield f'<a href="#{row["operationId"]}"><code>{method.upper()} {escape(path)}</code></a>'
    yield '<a href="#problems">Problems</a><a href="#shapes">Shapes</a></nav>'
    for path, method, row in operations:
        yield from _operation(path, method, row)
    yield '<section id="problems"><h2>Problems</h2><table><tr><th>code<th>status<th>'
    for code, told in document["x-problems"].items():
        yield f"<tr><td><code>{code}</code><td>{told['status']}<td>{_prose(told['tells'])}"
    yield '</table></section><section id="shapes"><h2>Shapes</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield f'<h3 id="shape-{name}">{name}</h3>{_json(schema)}'
    yield "</section></html>"


def _operation(path: str, method: str, row: Json) -> Iterator[str]:
    yield f'<section id="{row["operationId"]}">'
    yield f'<h2><span class="m">{method.upper()}</span><code>{escape(path)}</code></h2>'
    yield f"<p>{escape(row['summary'])} {_prose(row.get('description', ''))}</p>"
    if row["parameters"]:
        yield "<table><tr><th>parameter<th>in<th>shape<th>"
        for each in row["parameters"]:
            shape = escape(msgspec.json.encode(each["schema"]).decode())
            told = _prose(each.get("description", ""))
            yield f"<tr><td><code>{each['name']}</code><td>{each['in']}<td><code>{shape}</code><td>{told}"
        yield "</table>"
    if "requestBody" in row:
        yield f"<p>Body: {_shape(row['requestBody']['content'])}</p>"
    for status, answer in row["responses"].items():
        yield f"<p>{status}: {_prose(answer['description'])} {_shape(answer.get('content', {}))}</p>"
    yield "</section>"


def _shape(content: Json) -> str:
    """Return the media types, each with a link to its shape."""
    links = []
    for media, body in content.items():
        name = body["schema"].get("$ref", "").rpartition("/")[2]
        links.append(f'<code>{media}</code> <a href="#shape-{name}">{name}</a>' if name else f"<code>{media}</code>")
    return ", ".join(links)


def _json(schema: Json) -> str:
    return f"<pre>{escape(msgspec.json.format(msgspec.json.encode(schema)).decode())}</pre>"


def _prose(text: str) -> str:
    """Return *text* with what stands between backticks as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
