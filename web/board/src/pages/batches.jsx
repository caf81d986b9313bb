import batchDocument from "../documents/batch.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Mark, Panel } from "../parts/bits.jsx";
import { Genealogy } from "../parts/genealogy.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { useQuery } from "../parts/query.js";
import { JobsPanel } from "../parts/related.jsx";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { batches, sourceTitle } from "../store.js";
import { amount, byName, date, extent, mark, number, plain, tellApart } from "../words.js";

export function BatchesPage() {
  const all = useCollection(batches);
  const apart = tellApart(all);
  return (
    <Listing
      title="Material"
      about="Batches that are tracked as one: powder, resin, sheets"
      collection={batches}
      records={all}
      status={(batch) => batch.status}
      words={(batch) => [batch.name, mark(batch), batch.material, batch.location, batch.station?.name, plain(batch.kind), sourceTitle(batch.source.key)]}
      order={(a, b) => anyLook(a.status).rank - anyLook(b.status).rank || byName(a, b)}
      columns={["Batch", "Status", { name: "Kind", whole: true }, "Material", "Quantity", "Where", { name: "Source", whole: true }]}
      cells={(batch) => [
        <a href={to("batch", batch.id)}>{batch.name}<Mark of={apart(batch)} /></a>,
        <Status of={batch.status} />,
        plain(batch.kind),
        [batch.material, size(batch)].filter(Boolean).join(" · "),
        batch.quantity !== null && <Quantity of={batch} />,
        batch.station ? <a href={to("station", batch.station.id)}>{batch.station.name}</a> : batch.location,
        sourceTitle(batch.source.key),
      ]}
    />
  );
}

const size = ({ widthMm, depthMm, thicknessMm }) => extent(widthMm, depthMm, thicknessMm);

function Quantity({ of }) {
  if (of.quantity === null) return null;
  if (!of.fullQuantity) return <span>{amount(of.quantity, of.unit)}</span>;
  const width = Math.max(0, Math.min(100, (100 * of.quantity) / of.fullQuantity));
  return (
    <span class="progress">
      <span class="track" role="progressbar" aria-label={`Left of ${of.name}`} aria-valuenow={Math.round(width)} aria-valuemin={0} aria-valuemax={100}>
        <span class="fill" style={{ width: `${width}%` }} />
      </span>
      <span class="figures">{number(of.quantity)} of {amount(of.fullQuantity, of.unit)}</span>
    </span>
  );
}

export function BatchPage({ id }) {
  const answer = useQuery(batchDocument, () => ({ id }), { seconds: 20, again: batches.map.value.get(id)?.status ?? "" });
  return (
    <Detail kind="Batch" answer={answer} record={answer.data?.batch} back="batches" all="All material" about={(batch) => <Mark of={mark(batch)} />}>
      {(batch) => (
        <div class="panels">
          <Panel title="Genealogy" wide>
            <Genealogy batch={batch} />
          </Panel>
          <div class="column">
          <Panel title="About">
            <p><Status of={batch.status} /></p>
            <Quantity of={batch} />
            <Facts
              of={[
                ["Kind", plain(batch.kind)],
                ["Material", batch.material],
                ["Size", size(batch)],
                ["Available", batch.availableQuantity !== null ? amount(batch.availableQuantity, batch.unit) : null],
                ["Reserved", batch.reservedQuantity !== null ? amount(batch.reservedQuantity, batch.unit) : null],
                ["Quality", batch.quality],
                ["Uses", batch.usageCycles !== null ? number(batch.usageCycles) : null],
                ["Location", batch.location],
                ["Source", sourceTitle(batch.source.key)],
                ["Recorded", batch.createdAt && date(batch.createdAt)],
                ["Notes", batch.notes],
              ]}
            />
            {batch.containers.length > 0 && <h3>Containers</h3>}
            <ul class="plain-list">
              {batch.containers.map((one) => (
                <li key={one.name}>{one.name} <span class="soft">{[one.location, one.quantity !== null && amount(one.quantity, batch.unit)].filter(Boolean).join(" · ")}</span></li>
              ))}
            </ul>
          </Panel>
          </div>
          <div class="column">
            <Actions of={batch.actions} name={batch.name} />
            <JobsPanel jobs={batch.jobs} />
          </div>
        </div>
      )}
    </Detail>
  );
}

function Actions({ of, name }) {
  return (
    <Panel title="What was done with it" count={of?.length}>
      {!of?.length && <Empty>Nothing is recorded.</Empty>}
      <ul class="plain-list">
        {[...(of ?? [])].reverse().map((one, at) => (
          <li key={at}>
            <span class="soft">{date(one.at)}</span> {plain(one.kind)} {one.quantity !== null && amount(one.quantity, one.unit)}{" "}
            {one.counterpart && <a href={to("batch", one.counterpart.id)}>{one.counterpart.name}<Mark of={one.counterpart.name === name && mark(one.counterpart)} /></a>}{" "}
            {one.station && <a href={to("station", one.station.id)}>{one.station.name}</a>} <span class="soft">{one.notes}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
