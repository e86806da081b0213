"""How does the report look: its one style sheet, light and dark as the reader has it, and the colours of its plots."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --soft: #62696f; --grid: #dde1e4; --card: #f5f6f7;
  --c0: #2a78a8; --c1: #c8433a; --c2: #3f9a58; --c3: #b07d12; --c4: #8c3b74; --c5: #6f5fc4; --c6: #9aa3aa;
  --c7: #4a4f55; }
@media (prefers-color-scheme: dark) { :root { --paper: #16191c; --ink: #e6e9eb; --soft: #9aa3aa; --grid: #33393e;
  --card: #1f2327; --c0: #5aa9d6; --c1: #ef7168; --c2: #6cc486; --c3: #dcab45; --c4: #cf7fb8; --c5: #a599ee;
  --c6: #707a82; --c7: #c3c9ce; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 54rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 0.6rem; }
p.soft, footer { color: var(--soft); margin: 0.2rem 0; }
footer { margin-top: 3rem; font-size: 0.9rem; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: 0.7rem; margin: 1.4rem 0; }
dl.tiles div { background: var(--card); border-radius: 0.5rem; padding: 0.6rem 0.8rem; }
dl.tiles dt { color: var(--soft); font-size: 0.85rem; }
dl.tiles dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; }
svg text.name { text-anchor: end; fill: var(--ink); }
svg text.tick { text-anchor: end; }
svg text.label { text-anchor: middle; }
svg line.grid { stroke: var(--grid); }
svg .line { fill: none; stroke-width: 2; }
figure ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.4rem 0 0; padding: 0;
  color: var(--soft); font-size: 0.85rem; }
figure i { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 0.2em; margin-right: 0.4em; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th { text-align: start; color: var(--soft); font-weight: 500; }
th, td { padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
td { overflow-wrap: anywhere; }
""" + "".join(
    f"svg .c{n} {{ fill: var(--c{n}); }} svg .line.c{n} {{ fill: none; stroke: var(--c{n}); }}"
    f" i.c{n} {{ background: var(--c{n}); }}\n"
    for n in range(8)
)
