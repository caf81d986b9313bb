import dagre from "@dagrejs/dagre";
import { useEffect, useState } from "preact/hooks";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { amount, plain, tellApart } from "../words.js";

const HEIGHT = 64;
/** Side by side on a wide page; one below the other, and narrower, where only two fit across. */
const WIDE = { rankdir: "LR", width: 224, letters: 24, ranksep: 56 };
const NARROW = { rankdir: "TB", width: 148, letters: 15, ranksep: 40 };
const SMALL = "(max-width: 40rem)";

/** What a batch was made from and what was made from it, in the direction of the arrows, with where it is used. */
export function Genealogy({ batch }) {
  const shape = useSmall() ? NARROW : WIDE;
  const { nodes, edges } = related(batch);
  const { graph, places, lines } = arrange(nodes, edges, shape);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Genealogy">
      <svg class="graph" width={graph.width} height={graph.height} viewBox={`0 0 ${graph.width} ${graph.height}`} role="group" aria-label={`Genealogy of ${batch.name}: ${nodes.size} nodes`}>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 8 4 0 8z" fill="var(--soft)" />
          </marker>
        </defs>
        {lines.map((points, at) => (
          <polyline key={at} points={points.map(({ x, y }) => `${x},${y}`).join(" ")} fill="none" stroke="var(--soft)" stroke-width="2" marker-end="url(#arrow)" />
        ))}
        {[...nodes].map(([id, node]) => (
          <Node key={id} {...node} {...places.get(id)} self={id === batch.id} shape={shape} />
        ))}
      </svg>
    </div>
  );
}

function useSmall() {
  const [small, setSmall] = useState(matchMedia(SMALL).matches);
  useEffect(() => {
    const query = matchMedia(SMALL);
    const changed = () => setSmall(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return small;
}

/** Everything around a batch, by id, and the edges between, as pairs of ids with a line break between. */
function related(batch) {
  const batches = new Map([[batch.id, batch]]);
  const edges = new Set();
  const walk = (one, relation) => {
    for (const next of one[relation]?.nodes ?? []) {
      batches.set(next.id, next);
      edges.add(relation === "parents" ? `${next.id}\n${one.id}` : `${one.id}\n${next.id}`);
      walk(next, relation);
    }
  };
  walk(batch, "parents");
  walk(batch, "children");
  const apart = tellApart([...batches.values()]);
  const nodes = new Map();
  for (const [id, one] of batches) {
    const under = [one.status !== "UNKNOWN" && plain(one.status), one.quantity !== null && amount(one.quantity, one.unit)];
    nodes.set(id, { title: one.name, mark: apart(one), status: one.status, under: under.filter(Boolean).join(" · "), href: to("batch", id) });
  }
  if (batch.station) {
    nodes.set(batch.station.id, { title: batch.station.name, under: "loaded here", href: to("station", batch.station.id) });
    edges.add(`${batch.id}\n${batch.station.id}`);
  }
  for (const lot of batch.lots) {
    nodes.set(`lot ${lot.name}`, { title: lot.name, under: lot.supplier ? `lot of ${lot.supplier}` : "supplier's lot" });
    edges.add(`lot ${lot.name}\n${batch.id}`);
  }
  return { nodes, edges };
}

function arrange(nodes, edges, { rankdir, width, ranksep }) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir, nodesep: 16, ranksep, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, node] of nodes) graph.setNode(id, { width, height: heightOf(node) });
  for (const edge of edges) graph.setEdge(...edge.split("\n"));
  dagre.layout(graph);
  return {
    graph: graph.graph(),
    places: new Map([...nodes.keys()].map((id) => [id, graph.node(id)])),
    lines: graph.edges().map((edge) => graph.edge(edge).points),
  };
}

const heightOf = ({ mark }) => HEIGHT + (mark ? 18 : 0);
const cut = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

function Node({ title, mark, under, status, href, x, y, self, shape }) {
  const look = status ? anyLook(status) : null;
  const height = heightOf({ mark });
  const card = (
    <g transform={`translate(${x - shape.width / 2} ${y - height / 2})`}>
      <title>{[title, mark, under].filter(Boolean).join(" · ")}</title>
      <rect width={shape.width} height={height} rx="10" fill="var(--card)" stroke={self ? "var(--accent)" : "var(--line)"} stroke-width={self ? 3 : 1.5} />
      <rect class={look ? `tone-${look.tone}` : ""} x="0" y="8" width="6" height={height - 16} fill={look ? "var(--tone)" : "var(--soft)"} />
      <text x="16" y="27" fill="var(--text)" font-weight="650" font-size="15">{cut(title, shape.letters)}</text>
      {mark && <text x="16" y="47" fill="var(--soft)" font-size="13" font-family="ui-monospace, Consolas, monospace">{mark}</text>}
      <text x="16" y={height - 16} fill="var(--soft)" font-size="13">{cut(under, shape.letters + 2)}</text>
    </g>
  );
  return href ? <a href={href} aria-current={self ? "page" : undefined}>{card}</a> : card;
}
