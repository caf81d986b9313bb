import layoutDocument from "../documents/layout.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { placed, placedName, Plate } from "../parts/plate.jsx";
import { errorsAt, useQuery } from "../parts/query.js";
import { JobsPanel } from "../parts/related.jsx";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { layouts, sourceTitle } from "../store.js";
import { byName, extent, number, plain } from "../words.js";
import { PiecesPanel } from "./orders.jsx";

export function LayoutsPage() {
  return (
    <Listing
      title="Layouts"
      about="Pieces placed on a sheet or build plate"
      collection={layouts}
      records={useCollection(layouts)}
      status={(layout) => layout.productionStatus}
      words={(layout) => [layout.name, layout.material, layout.station?.name, plain(layout.kind), sourceTitle(layout.source.key)]}
      order={(a, b) => anyLook(a.productionStatus).rank - anyLook(b.productionStatus).rank || byName(a, b)}
      columns={["Layout", "Production", "Layout is", { name: "Kind", whole: true }, "Size", { name: "Pieces", number: true }, { name: "Used", number: true }, "Station", { name: "Source", whole: true }]}
      cells={(layout) => [
        <a href={to("layout", layout.id)}>{layout.name}</a>,
        <Status of={layout.productionStatus} />,
        layout.status !== "READY" && plain(layout.status),
        plain(layout.kind),
        extent(layout.widthMm, layout.depthMm),
        number(layout.pieceCount),
        layout.utilisationPercent !== null && `${number(layout.utilisationPercent)} %`,
        layout.station && <a href={to("station", layout.station.id)}>{layout.station.name}</a>,
        sourceTitle(layout.source.key),
      ]}
    />
  );
}

export function LayoutPage({ id }) {
  const answer = useQuery(layoutDocument, () => ({ id }), { seconds: 60, again: layouts.map.value.get(id)?.productionStatus ?? "" });
  return (
    <Detail kind="Layout" answer={answer} record={answer.data?.layout} back="layouts" all="All layouts">
      {(layout) => (
        <div class="panels">
          <div class="column">
            <Drawing layout={layout} trouble={errorsAt(answer.errors, "placements")[0]} />
          </div>
          <div class="column">
            <About layout={layout} />
            <JobsPanel jobs={layout.jobs} />
            <PiecesPanel pieces={layout.pieces} none="The vendor names none." />
          </div>
        </div>
      )}
    </Detail>
  );
}

function About({ layout }) {
  return (
    <Panel title="About">
      <p><Status of={layout.productionStatus} /> Layout: {plain(layout.status)}</p>
      <Facts
        of={[
          ["Kind", plain(layout.kind)],
          ["Material", layout.material],
          ["Size", extent(layout.widthMm, layout.depthMm)],
          ["Height", layout.heightMm && `${number(layout.heightMm)} mm`],
          ["Thickness", layout.thicknessMm && `${number(layout.thicknessMm)} mm`],
          ["Pieces", number(layout.pieceCount)],
          ["Used", layout.utilisationPercent === null ? null : `${number(layout.utilisationPercent)} %`],
          ["Copies", layout.plannedCopies === null ? null : `${number(layout.finishedCopies ?? 0)} of ${number(layout.plannedCopies)}`],
          ["Station", layout.station && <a href={to("station", layout.station.id)}>{layout.station.name}</a>],
          ["Material batch", layout.batch && <a href={to("batch", layout.batch.id)}>{layout.batch.name}</a>],
          ["Source", sourceTitle(layout.source.key)],
          ["Error", layout.error],
        ]}
      />
    </Panel>
  );
}

function Drawing({ layout, trouble }) {
  const placements = layout.placements ?? [];
  const places = placements.map((placement) => ({ placement, at: placed(placement) })).filter(({ at }) => at);
  const drawn = layout.widthMm > 0 && layout.depthMm > 0 && places.length > 0;
  const dots = places.some(({ at }) => !at.width || !at.depth);
  return (
    <Panel title="Placements" count={placements.length}>
      {drawn && <Plate layout={layout} places={places} />}
      {drawn && <p class="soft">From above, {extent(layout.widthMm, layout.depthMm)}.{dots && " A dot marks where the vendor places a piece whose size it does not tell."}</p>}
      {placements.length > 0 && places.length === 0 && <Empty>The vendor tells which pieces are on it, but not where they lie.</Empty>}
      {placements.length === 0 && <Empty>{trouble || "The vendor tells nothing of its pieces."}</Empty>}
      <Members placements={placements} numbered={drawn} />
    </Panel>
  );
}

/** What is placed, each name once; by the numbers of the drawing where there is one, else by how many. */
function Members({ placements, numbered }) {
  const members = new Map();
  for (const one of placements) {
    const name = placedName(one);
    if (!members.has(name)) members.set(name, []);
    members.get(name).push(one);
  }
  return (
    <ul class="plain-list members">
      {[...members].map(([name, of]) => (
        <li key={name}>
          <strong>{numbered ? runs(of.map(({ position }) => position + 1)) : `${number(of.reduce((sum, { quantity }) => sum + quantity, 0))} ×`}</strong>{" "}
          {of[0].piece ? <a href={to("piece", of[0].piece.id)}>{name}</a> : name} <span class="soft">{extent(of[0].widthMm, of[0].depthMm, of[0].heightMm)}</span>
        </li>
      ))}
    </ul>
  );
}

/** 1, 2, 3, 7 as "1–3, 7". */
function runs(numbers) {
  const found = [];
  for (const one of numbers) {
    if (found.length > 0 && found.at(-1)[1] === one - 1) found.at(-1)[1] = one;
    else found.push([one, one]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}
