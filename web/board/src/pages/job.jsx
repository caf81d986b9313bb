import jobDocument from "../documents/job.graphql?raw";
import { Detail } from "../parts/detail.jsx";
import { Empty, Facts, Panel, Progress } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { BatchList, JobsPanel, LayoutList } from "../parts/related.jsx";
import { useQuery } from "../parts/query.js";
import { to } from "../route.js";
import { jobs, sourceTitle } from "../store.js";
import { called, date, jobName, number, plain, span } from "../words.js";
import { PiecesPanel } from "./orders.jsx";

export function JobPage({ id }) {
  const answer = useQuery(jobDocument, () => ({ id }), { seconds: 15, again: `${jobs.map.value.has(id)}` });
  return (
    <Detail kind="Job" answer={answer} record={answer.data?.job} back="stations" all="All stations" about={(job) => called("Order", job.order?.name ?? job.orderName ?? "")}>
      {(job) => (
        <div class="panels">
          <div class="column">
            <About job={job} />
            <Panel title="Layouts and material" count={job.layouts.totalCount + job.batches.totalCount || null}>
              <BatchList of={job.batches.nodes} />
              <LayoutList of={job.layouts.nodes} />
              {job.layouts.totalCount + job.batches.totalCount === 0 && <Empty>The vendor names none.</Empty>}
            </Panel>
            {job.parents.totalCount > 0 && <JobsPanel title="Belongs to" jobs={job.parents} />}
            {job.children.totalCount > 0 && <JobsPanel title="Consists of" jobs={job.children} />}
          </div>
          <div class="column">
            <PiecesPanel pieces={job.pieces} none="The vendor names none." />
          </div>
        </div>
      )}
    </Detail>
  );
}

function About({ job }) {
  const progress = jobs.map.value.get(job.id)?.progress ?? job.progress;
  return (
    <Panel title="About">
      <p><Status of={job.status} /></p>
      <Progress of={progress} label={`Progress of ${jobName(job)}`} />
      {job.error && <p class="trouble">{job.error}</p>}
      <Facts
        of={[
          ["Station", job.station && <a href={to("station", job.station.id)}>{job.station.name}</a>],
          ["Order", job.order ? <a href={to("order", job.order.id)}>{job.order.name}</a> : job.orderName],
          ["Vendor's status", job.vendorStatus],
          ["Kind", plain(job.kind)],
          ["Operation", job.operation],
          ["Number", job.number],
          ["Part", job.partReference],
          ["Program", job.program?.name],
          ["One cycle", job.cycleTimeSeconds && span(job.cycleTimeSeconds)],
          ["Parts per cycle", job.partsPerCycle && number(job.partsPerCycle)],
          ["Priority", job.priority],
          ["Planned", (job.plannedStartAt || job.plannedEndAt) && `${date(job.plannedStartAt)} to ${date(job.plannedEndAt)}`],
          ["Begun", job.startedAt && date(job.startedAt)],
          ["Ended", job.endedAt && date(job.endedAt)],
          ["Due", job.dueAt && date(job.dueAt)],
          ["Source", sourceTitle(job.source.key)],
          ["Description", job.description],
          ["Notes", job.notes],
        ]}
      />
    </Panel>
  );
}
