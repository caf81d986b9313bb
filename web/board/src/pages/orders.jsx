import orderDocument from "../documents/order.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel, Progress } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { useQuery } from "../parts/query.js";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { orders, pieces, sourceTitle } from "../store.js";
import { byName, date, number, share } from "../words.js";
import { JobsPanel, lacking } from "./station.jsx";

const DONE = new Set(["COMPLETED", "SHIPPING", "READY_TO_SHIP"]);
const VOID = new Set(["CANCELLED", "REPLACED"]);

export function OrdersPage() {
  const all = useCollection(orders);
  const made = new Map();
  for (const piece of useCollection(pieces)) {
    if (!piece.order || VOID.has(piece.status)) continue;
    if (!made.has(piece.order.id)) made.set(piece.order.id, []);
    made.get(piece.order.id).push(piece);
  }
  return (
    <Listing
      title="Orders"
      about="What was asked for, and how far its pieces are"
      collection={orders}
      records={all}
      status={(order) => order.status}
      words={(order) => [order.name, order.customer, order.partReference, sourceTitle(order.source.key)]}
      order={(a, b) => anyLook(a.status).rank - anyLook(b.status).rank || byName(a, b)}
      columns={["Order", "Status", "Pieces", "Customer", "Part", "Due", "Source"]}
      row={(order) => (
        <tr key={order.id}>
          <th scope="row"><a href={to("order", order.id)}>{order.name}</a></th>
          <td><Status of={order.status} /></td>
          <td><Progress of={progress(made.get(order.id))} label={`Pieces of ${order.name}`} /></td>
          <td>{order.customer}</td>
          <td>{order.partReference}</td>
          <td>{order.dueAt ? date(order.dueAt) : ""}</td>
          <td>{sourceTitle(order.source.key)}</td>
        </tr>
      )}
    />
  );
}

/** How many of an order's pieces are made; counted pieces bring their own progress. */
function progress(made) {
  if (!made?.length) return null;
  let done = 0;
  let total = 0;
  for (const piece of made) {
    const many = piece.serialised ? 1 : (piece.progress?.total ?? piece.quantity ?? 1);
    total += many;
    if (DONE.has(piece.status)) done += many;
    else if (!piece.serialised) done += (many * (share(piece.progress) ?? 0)) / 100;
  }
  return { done: Math.round(done), total, percent: total ? (100 * done) / total : null, unit: "PIECES", estimated: false };
}

export function OrderPage({ id }) {
  const answer = useQuery(orderDocument, () => ({ id }), { seconds: 15, again: orders.map.value.get(id)?.status ?? "" });
  return (
    <Detail answer={answer} record={answer.data?.order} back="orders" all="All orders">
      {(order) => (
        <div class="panels">
          <Panel title="Order">
            <p><Status of={order.status} /></p>
            <Facts
              of={[
                ["Customer", order.customer],
                ["Part", order.partReference],
                ["Due", order.dueAt && date(order.dueAt)],
                ["Recorded", order.createdAt && date(order.createdAt)],
                ["Source", sourceTitle(order.source.key)],
                ["Description", order.description],
                ["Notes", order.notes],
              ]}
            />
            <h3>Progress</h3>
            <Progress of={progress(order.pieces.nodes.filter((one) => !VOID.has(one.status)))} label="Pieces made" />
          </Panel>
          {order.lineItems?.length > 0 && <LineItems of={order.lineItems} />}
          <JobsPanel jobs={order.jobs} of={false} />
          <Pieces order={order} />
        </div>
      )}
    </Detail>
  );
}

function LineItems({ of }) {
  return (
    <Panel title="Line items" count={of.length}>
      <div class="scroll" tabIndex={0} role="region" aria-label="Line items">
        <table>
          <thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col">Status</th></tr></thead>
          <tbody>
            {of.map((one) => (
              <tr key={one.remoteId}><th scope="row">{one.name}</th><td class="number">{number(one.quantity)}</td><td><Status of={one.status} /></td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Pieces({ order }) {
  const nodes = [...order.pieces.nodes].sort(byName);
  return (
    <Panel title="Pieces" count={order.pieces.totalCount}>
      {nodes.length === 0 ? (
        <Empty>{lacking(order.source, "PIECES") || "None yet."}</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Pieces">
          <table>
            <thead><tr><th scope="col">Piece</th><th scope="col">Status</th><th scope="col">Step</th><th scope="col">Progress</th></tr></thead>
            <tbody>
              {nodes.map((piece) => (
                <tr key={piece.id}>
                  <th scope="row">{piece.name}{!piece.serialised && piece.quantity ? ` × ${number(piece.quantity)}` : ""}</th>
                  <td><Status of={piece.status} /></td>
                  <td>{piece.stepName ? `${piece.stepName}${piece.stepCount ? ` (${piece.stepPosition} of ${piece.stepCount})` : ""}` : ""}</td>
                  <td><Progress of={piece.progress} label={`Progress of ${piece.name}`} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
