"""The picture as a page: search, and a click lights up everything above and below a package. Loads nothing."""

from __future__ import annotations

import json
from html import escape
from string import Template
from typing import Final

from sygaldry.spack.lock import Lock
from sygaldry.spack.render import About, Render
from sygaldry.spack.render.svg import RENDER as SVG

# No innerHTML, no eval: the page only ever sets classes and text.
_PAGE: Final = Template("""\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>
body { margin: 0; font: 14px system-ui, sans-serif; height: 100vh; display: flex; flex-direction: column }
form { padding: 8px; border-bottom: 1px solid #ccc }
main { flex: 1; min-height: 0; overflow: auto }
svg { display: block } main.fit svg { width: 100%; height: 100% }
.n { cursor: pointer } .dim .n { opacity: .12 } .dim .e { opacity: .03 }
.dim .n.lit { opacity: 1 } .dim .e.lit { opacity: 1; stroke: #000; stroke-width: 1.2 }
</style></head><body>
<form role="search"><label>Find a package <input id="find" type="search" list="names" autocomplete="off"></label>
<datalist id="names">$options</datalist> <output id="counts"></output>
<label><input id="fit" type="checkbox" checked> fit to the window</label></form>
<main class="fit">$picture</main>
<script type="application/json" id="edges">$edges</script>
<script>
"use strict";
const needs = JSON.parse(document.getElementById("edges").textContent), users = {};
for (const key in needs) for (const each of needs[key]) (users[each] ||= []).push(key);
const reach = (start, way) => {
  const seen = new Set(start), left = [...start];
  while (left.length) for (const each of way[left.pop()] || [])
    if (!seen.has(each)) { seen.add(each); left.push(each); }
  return seen;
};
const picture = document.querySelector("svg"), nodes = [...document.querySelectorAll(".n")];
const counted = document.getElementById("counts");
function light(start) {
  const below = reach(start, needs), above = reach(start, users), lit = new Set([...below, ...above]);
  picture.classList.toggle("dim", start.length > 0);
  for (const node of nodes) node.classList.toggle("lit", lit.has(node.id));
  for (const edge of document.querySelectorAll(".e")) { const [, from, to] = edge.getAttribute("class").split(" ");
    edge.classList.toggle("lit", (below.has(from) && below.has(to)) || (above.has(from) && above.has(to))); }
  const counts = [below.size - start.length, above.size - start.length];
  counted.textContent = start.length ? counts[0] + " below, " + counts[1] + " above" : "";
}
for (const node of nodes) node.addEventListener("click", event => { event.stopPropagation(); light([node.id]); });
picture.addEventListener("click", () => light([]));
document.getElementById("fit").addEventListener("change", event =>
  document.querySelector("main").classList.toggle("fit", event.target.checked));
document.querySelector("form").addEventListener("submit", event => event.preventDefault());
document.getElementById("find").addEventListener("input", event => {
  const word = event.target.value.trim();
  const found = word ? nodes.filter(node => node.textContent.split(" ")[0].includes(word)) : [];
  light(found.map(node => node.id));
  if (found[0]) found[0].scrollIntoView({ block: "center", inline: "center" });
});
</script></body></html>
""")


def _html(lock: Lock, about: About) -> str:
    nodes = sorted(lock.nodes.values(), key=lambda node: (node.label, node.hash))  # whatever the lock's own order
    needs = {node.hash: sorted(edge.hash for edge in node.edges) for node in nodes}
    options = "".join(f'<option value="{escape(node.label)}">' for node in nodes)
    # A closing tag inside the data would end the script element.
    edges = json.dumps(needs).replace("<", "\\u003c")
    return _PAGE.substitute(title=escape(about.title), options=options, picture=SVG(lock, about), edges=edges)


RENDER: Final[Render] = _html
