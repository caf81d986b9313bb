import dagre from "@dagrejs/dagre";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { amount, plain } from "../words.js";

const WIDTH = 210;
const HEIGHT = 64;

/** What a batch was made from (left) and what was made from it (right), with where it is used. */
export function Genealogy({ batch }) {
  const nodes = new Map();
  const edges = new Set();
  const add = (one) => nodes.set(one.id, { title: one.name, status: one.status, under: `${plain(one.status)} · ${amount(one.quantity, one.unit)}`, href: to("batch", one.id) });
  const walk = (one, relation) => {
    for (const next of one[relation]?.nodes ?? []) {
      add(next);
      edges.add(relation === "parents" ? `${next.id}\n${one.id}` : `${one.id}\n${next.id}`);
      walk(next, relation);
    }
  };
  add(batch);
  walk(batch, "parents");
  walk(batch, "children");
  if (batch.station) {
    nodes.set(batch.station.id, { title: batch.station.name, under: "loaded at this station", href: to("station", batch.station.id) });
    edges.add(`${batch.id}\n${batch.station.id}`);
  }
  for (const lot of batch.lots) {
    nodes.set(`lot ${lot.name}`, { title: lot.name, under: lot.supplier ? `lot of ${lot.supplier}` : "supplier's lot" });
    edges.add(`lot ${lot.name}\n${batch.id}`);
  }
  const { graph, places, lines } = arrange(nodes, edges);
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
          <Node key={id} {...node} {...places.get(id)} self={id === batch.id} />
        ))}
      </svg>
    </div>
  );
}

function arrange(nodes, edges) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 56, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes.keys()) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const edge of edges) graph.setEdge(...edge.split("\n"));
  dagre.layout(graph);
  return {
    graph: graph.graph(),
    places: new Map([...nodes.keys()].map((id) => [id, graph.node(id)])),
    lines: graph.edges().map((edge) => graph.edge(edge).points),
  };
}

function Node({ title, under, status, href, x, y, self }) {
  const look = status ? anyLook(status) : null;
  const card = (
    <g transform={`translate(${x - WIDTH / 2} ${y - HEIGHT / 2})`}>
      <rect width={WIDTH} height={HEIGHT} rx="10" fill="var(--card)" stroke={self ? "var(--accent)" : "var(--line)"} stroke-width={self ? 3 : 1.5} />
      <rect class={look ? `tone-${look.tone}` : ""} x="0" y="8" width="6" height={HEIGHT - 16} fill={look ? "var(--tone)" : "var(--soft)"} />
      <text x="18" y="27" fill="var(--text)" font-weight="650" font-size="15">{title.length > 24 ? `${title.slice(0, 23)}…` : title}</text>
      <text x="18" y="48" fill="var(--soft)" font-size="13">{under}</text>
    </g>
  );
  return href ? <a href={href} aria-current={self ? "page" : undefined}>{card}</a> : card;
}
