import pieceDocument from "../documents/piece.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel, Progress } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { Listing, useCollection } from "../parts/listing.jsx";
import { BatchList, JobsPanel, LayoutList } from "../parts/related.jsx";
import { Table } from "../parts/table.jsx";
import { useQuery } from "../parts/query.js";
import { to } from "../route.js";
import { anyLook } from "../status.js";
import { pieces, sourceTitle } from "../store.js";
import { byName, date, jobName, number, plain } from "../words.js";

export function PiecesPage() {
  return (
    <Listing
      title="Pieces"
      about="What is made, one by one or counted, and how far it is"
      collection={pieces}
      records={useCollection(pieces)}
      status={(piece) => piece.status}
      words={(piece) => [piece.name, piece.reference, piece.material, piece.order?.name, piece.stepName, sourceTitle(piece.source.key)]}
      order={(a, b) => anyLook(a.status).rank - anyLook(b.status).rank || byName(a, b)}
      columns={["Piece", "Status", "Step", "Progress", "Order", "Material", { name: "Source", whole: true }]}
      cells={(piece) => [
        <a href={to("piece", piece.id)}>{pieceName(piece)}</a>,
        <Status of={piece.status} />,
        stepWords(piece),
        pieceProgress(piece) && <Progress of={pieceProgress(piece)} label={`Progress of ${piece.name}`} />,
        piece.order && <a href={to("order", piece.order.id)}>{piece.order.name}</a>,
        piece.material,
        sourceTitle(piece.source.key),
      ]}
    />
  );
}

export const pieceName = (piece) => `${piece.name}${!piece.serialised && piece.quantity ? ` × ${number(piece.quantity)}` : ""}`;

export function stepWords({ stepName, stepPosition, stepCount }) {
  if (!stepName) return "";
  return stepCount ? `${stepName} (${stepPosition} of ${stepCount})` : stepName;
}

/** A piece's own progress, else how many of its steps lie behind it. */
export function pieceProgress({ progress, status, stepPosition, stepCount }) {
  if (progress || !stepCount || stepPosition === null) return progress;
  const done = status === "COMPLETED" ? stepCount : Math.max(0, stepPosition - 1);
  return { done, total: stepCount, percent: (100 * done) / stepCount, unit: "STEPS", estimated: false };
}

export function PiecePage({ id }) {
  const known = pieces.map.value.get(id);
  const answer = useQuery(pieceDocument, () => ({ id }), { seconds: 15, again: `${known?.status} ${known?.stepPosition}` });
  return (
    <Detail kind="Piece" answer={answer} record={answer.data?.piece} back="pieces" all="All pieces">
      {(piece) => (
        <div class="panels">
          <div class="column">
            <About piece={piece} />
            <Steps piece={piece} />
          </div>
          <div class="column">
            <JobsPanel title="Job" jobs={{ nodes: piece.job ? [piece.job] : [] }} />
            <Panel title="Layouts and material" count={piece.layouts.totalCount + piece.batches.totalCount || null}>
              <BatchList of={piece.batches.nodes} />
              <LayoutList of={piece.layouts.nodes} />
              {piece.layouts.totalCount + piece.batches.totalCount === 0 && <Empty>The vendor names none.</Empty>}
            </Panel>
          </div>
        </div>
      )}
    </Detail>
  );
}

function About({ piece }) {
  const sides = [piece.sizeXMm, piece.sizeYMm, piece.sizeZMm].filter((one) => one !== null);
  return (
    <Panel title="About">
      <p><Status of={piece.status} /> {piece.reworked && "Reworked"}</p>
      <Progress of={pieceProgress(piece)} label={`Progress of ${piece.name}`} />
      <Facts
        of={[
          ["Reference", piece.reference],
          ["Quantity", piece.serialised ? null : piece.quantity],
          ["Order", piece.order && <a href={to("order", piece.order.id)}>{piece.order.name}</a>],
          ["Station", piece.station && <a href={to("station", piece.station.id)}>{piece.station.name}</a>],
          ["Step", stepWords(piece)],
          ["Location", piece.location],
          ["Material", piece.material],
          ["Size", sides.length ? `${sides.map(number).join(" × ")} mm` : null],
          ["Thickness", piece.thicknessMm && `${number(piece.thicknessMm)} mm`],
          ["Mass", piece.massKg && `${number(piece.massKg)} kg`],
          ["Priority", piece.priority],
          ["Due", piece.dueAt && date(piece.dueAt)],
          ["Begun", piece.startedAt && date(piece.startedAt)],
          ["Ended", piece.endedAt && date(piece.endedAt)],
          ["Replaced by", piece.replacedBy && <a href={to("piece", piece.replacedBy.id)}>{piece.replacedBy.name}</a>],
          ["Source", sourceTitle(piece.source.key)],
          ...piece.properties.map(({ name, value }) => [plain(name), value]),
        ]}
      />
    </Panel>
  );
}

function Steps({ piece }) {
  const steps = piece.steps ?? [];
  return (
    <Panel title="Way through the shop" count={steps.length || null}>
      {steps.length === 0 ? (
        <Empty>The vendor tells no steps.</Empty>
      ) : (
        <Table
          label="Steps"
          columns={["Step", "Status", "Job"]}
          rows={steps.map((step) => ({
            key: step.position,
            cells: [
              <span aria-current={step.current ? "step" : undefined}>{step.current ? "▸ " : ""}{step.name}</span>,
              <Status of={step.status} />,
              step.job && <a href={to("job", step.job.id)}>{jobName(step.job)}</a>,
            ],
          }))}
        />
      )}
    </Panel>
  );
}
