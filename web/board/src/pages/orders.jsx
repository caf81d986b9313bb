import orderDocument from "../documents/order.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel, Progress } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { useQuery } from "../parts/query.js";
import { JobsPanel } from "../parts/related.jsx";
import { Table } from "../parts/table.jsx";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { orders, pieces, sourceTitle } from "../store.js";
import { byName, date, number, share } from "../words.js";
import { pieceName, pieceProgress, stepWords } from "./pieces.jsx";
import { lacking } from "./station.jsx";

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
      columns={["Order", "Status", { name: "Pieces", kept: !pieces.settled.value }, "Customer", "Part", "Due", { name: "Source", whole: true }]}
      cells={(order) => [
        <a href={to("order", order.id)}>{order.name}</a>,
        <Status of={order.status} />,
        made.has(order.id) && <Progress of={progress(made.get(order.id))} label={`Pieces of ${order.name}`} />,
        order.customer,
        order.partReference,
        order.dueAt && date(order.dueAt),
        sourceTitle(order.source.key),
      ]}
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
    <Detail kind="Order" answer={answer} record={answer.data?.order} back="orders" all="All orders">
      {(order) => (
        <div class="panels">
          <div class="column">
            <About order={order} />
            {order.lineItems?.length > 0 && <LineItems of={order.lineItems} />}
            <JobsPanel jobs={order.jobs} ofOrders={false} />
          </div>
          <div class="column">
            <PiecesPanel pieces={order.pieces} none={lacking(order.source, "PIECES") || "None yet."} />
          </div>
        </div>
      )}
    </Detail>
  );
}

function About({ order }) {
  return (
    <Panel title="About">
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
  );
}

function LineItems({ of }) {
  return (
    <Panel title="Line items" count={of.length}>
      <Table
        label="Line items"
        columns={["Item", { name: "Quantity", number: true }, "Status"]}
        rows={of.map((one) => ({ key: one.remoteId, cells: [one.name, number(one.quantity), <Status of={one.status} />] }))}
      />
    </Panel>
  );
}

export function PiecesPanel({ pieces, none }) {
  const nodes = [...pieces.nodes].sort(byName);
  return (
    <Panel title="Pieces" count={pieces.totalCount}>
      {nodes.length === 0 ? (
        <Empty>{none}</Empty>
      ) : (
        <Table
          label="Pieces"
          columns={["Piece", "Status", "Step", "Progress"]}
          rows={nodes.map((piece) => ({
            key: piece.id,
            cells: [
              <a href={to("piece", piece.id)}>{pieceName(piece)}</a>,
              <Status of={piece.status} />,
              stepWords(piece),
              pieceProgress(piece) && <Progress of={pieceProgress(piece)} label={`Progress of ${piece.name}`} />,
            ],
          }))}
        />
      )}
      {pieces.totalCount > nodes.length && <p class="empty">The first {nodes.length} of {pieces.totalCount}.</p>}
    </Panel>
  );
}
