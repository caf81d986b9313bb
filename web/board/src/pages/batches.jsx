import batchDocument from "../documents/batch.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel } from "../parts/bits.jsx";
import { Genealogy } from "../parts/genealogy.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { useQuery } from "../parts/query.js";
import { JobsPanel } from "../parts/related.jsx";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { batches, sourceTitle } from "../store.js";
import { amount, byName, date, number, plain } from "../words.js";

export function BatchesPage() {
  return (
    <Listing
      title="Material"
      about="Batches that are tracked as one: powder, resin, sheets"
      collection={batches}
      records={useCollection(batches)}
      status={(batch) => batch.status}
      words={(batch) => [batch.name, batch.material, batch.location, batch.station?.name, plain(batch.kind), sourceTitle(batch.source.key)]}
      order={(a, b) => anyLook(a.status).rank - anyLook(b.status).rank || byName(a, b)}
      columns={["Batch", "Status", "Kind", "Material", "Quantity", "Where", "Source"]}
      cells={(batch) => [
        <a href={to("batch", batch.id)}>{batch.name}</a>,
        <Status of={batch.status} />,
        plain(batch.kind),
        [batch.material, size(batch)].filter(Boolean).join(" · "),
        <Quantity of={batch} />,
        batch.station ? <a href={to("station", batch.station.id)}>{batch.station.name}</a> : batch.location,
        sourceTitle(batch.source.key),
      ]}
    />
  );
}

function size({ widthMm, depthMm, thicknessMm }) {
  return widthMm && depthMm ? `${number(widthMm)} × ${number(depthMm)}${thicknessMm ? ` × ${number(thicknessMm)}` : ""} mm` : "";
}

function Quantity({ of }) {
  if (of.quantity === null || !of.fullQuantity) return <span>{amount(of.quantity, of.unit)}</span>;
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
    <Detail answer={answer} record={answer.data?.batch} back="batches" all="All material">
      {(batch) => (
        <div class="panels">
          <Panel title="Genealogy" wide>
            <Genealogy batch={batch} />
          </Panel>
          <div class="column">
          <Panel title="Batch">
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
            <Actions of={batch.actions} />
            <JobsPanel jobs={batch.jobs} />
          </div>
        </div>
      )}
    </Detail>
  );
}

function Actions({ of }) {
  return (
    <Panel title="What was done with it" count={of?.length}>
      {!of?.length && <Empty>Nothing is recorded.</Empty>}
      <ul class="plain-list">
        {[...(of ?? [])].reverse().map((one, at) => (
          <li key={at}>
            <span class="soft">{date(one.at)}</span> {plain(one.kind)} {one.quantity !== null && amount(one.quantity, one.unit)}{" "}
            {one.counterpart && <a href={to("batch", one.counterpart.id)}>{one.counterpart.name}</a>}{" "}
            {one.station && <a href={to("station", one.station.id)}>{one.station.name}</a>} <span class="soft">{one.notes}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
