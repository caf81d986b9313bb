import layoutDocument from "../documents/layout.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { placed, Plate } from "../parts/plate.jsx";
import { errorsAt, useQuery } from "../parts/query.js";
import { JobsPanel } from "../parts/related.jsx";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { layouts, sourceTitle } from "../store.js";
import { byName, number, plain } from "../words.js";
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
      columns={["Layout", "Production", "Layout is", "Kind", "Size", { name: "Pieces", number: true }, { name: "Used", number: true }, "Station", "Source"]}
      cells={(layout) => [
        <a href={to("layout", layout.id)}>{layout.name}</a>,
        <Status of={layout.productionStatus} />,
        plain(layout.status),
        plain(layout.kind),
        layout.widthMm && layout.depthMm && `${number(layout.widthMm)} × ${number(layout.depthMm)} mm`,
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
    <Detail answer={answer} record={answer.data?.layout} back="layouts" all="All layouts">
      {(layout) => (
        <div class="panels">
          <Drawing layout={layout} trouble={errorsAt(answer.errors, "placements")[0]} />
          <div class="column">
          <Panel title="Layout">
            <p><Status of={layout.productionStatus} /> Layout: {plain(layout.status)}</p>
            <Facts
              of={[
                ["Kind", plain(layout.kind)],
                ["Material", layout.material],
                ["Size", layout.widthMm && layout.depthMm && `${number(layout.widthMm)} × ${number(layout.depthMm)} mm`],
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
          <JobsPanel jobs={layout.jobs} />
          </div>
          <div class="column">
            <PiecesPanel pieces={layout.pieces} none="The vendor names none." />
          </div>
        </div>
      )}
    </Detail>
  );
}

function Drawing({ layout, trouble }) {
  const placements = layout.placements ?? [];
  const places = placements.map((placement) => ({ placement, at: placed(placement) })).filter(({ at }) => at);
  const sized = layout.widthMm > 0 && layout.depthMm > 0;
  const marks = places.some(({ at }) => !at.width || !at.depth);
  const counts = new Map();
  for (const one of placements) {
    const name = one.piece?.name ?? (one.geometry ? "" : one.name ?? `#${one.position + 1}`);
    if (name) counts.set(name, (counts.get(name) ?? 0) + one.quantity);
  }
  return (
    <Panel title="Placements" count={placements.length} wide>
      {sized && places.length > 0 && <Plate layout={layout} places={places} />}
      {sized && places.length > 0 && marks && <p class="soft">A cross marks where the vendor places a piece whose outline it does not tell.</p>}
      {placements.length > 0 && places.length === 0 && <Empty>The vendor tells which pieces are on it, but not where they lie.</Empty>}
      {placements.length === 0 && <Empty>{trouble || "The vendor tells nothing of its pieces."}</Empty>}
      <ul class="plain-list">
        {[...counts].map(([name, count]) => (
          <li key={name}><strong>{number(count)} ×</strong> {name}</li>
        ))}
      </ul>
    </Panel>
  );
}
