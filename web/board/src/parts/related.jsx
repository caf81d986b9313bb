// Lists of records that belong to another one, as several pages show them.
import { to } from "../route.js";
import { amount, jobName, tellApart } from "../words.js";
import { Empty, Mark, Panel, Progress } from "./bits.jsx";
import { Status } from "./icon.jsx";
import { Table } from "./table.jsx";

export function JobsPanel({ jobs, title = "Jobs", wide, ofOrders = true, none = "No jobs." }) {
  const nodes = jobs?.nodes ?? [];
  const columns = ["Job", "Status", ...(ofOrders ? ["Order"] : []), "Progress"];
  return (
    <Panel title={title} count={jobs?.totalCount} wide={wide}>
      {nodes.length === 0 ? (
        <Empty>{none}</Empty>
      ) : (
        <Table
          label={title}
          columns={columns}
          rows={nodes.map((job) => ({
            key: job.id,
            cells: [
              <a href={to("job", job.id)}>{jobName(job)}</a>,
              <Status of={job.status} />,
              ...(ofOrders ? [job.order ? <a href={to("order", job.order.id)}>{job.order.name}</a> : (job.orderName ?? "")] : []),
              job.progress && <Progress of={job.progress} label={`Progress of ${jobName(job)}`} />,
            ],
          }))}
        />
      )}
      {jobs?.totalCount > nodes.length && <p class="empty">The first {nodes.length} of {jobs.totalCount}.</p>}
    </Panel>
  );
}

/** What a vendor does not tell of a batch is left out. */
export function BatchList({ of }) {
  const apart = tellApart(of);
  return (
    <ul class="plain-list">
      {of.map((one) => (
        <li key={one.id}>
          <a href={to("batch", one.id)}>{one.name}<Mark of={apart(one)} /></a> {one.status !== "UNKNOWN" && <Status of={one.status} />} {one.quantity !== null && amount(one.quantity, one.unit)} <span class="soft">{one.material}</span>
        </li>
      ))}
    </ul>
  );
}

export function LayoutList({ of }) {
  return (
    <ul class="plain-list">
      {of.map((one) => (
        <li key={one.id}>
          <a href={to("layout", one.id)}>{one.name}</a> {one.productionStatus !== "UNKNOWN" && <Status of={one.productionStatus} />}
        </li>
      ))}
    </ul>
  );
}
