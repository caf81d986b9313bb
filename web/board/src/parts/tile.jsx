import { TriangleAlert } from "lucide";
import { memo } from "./memo.js";
import { to } from "../route.js";
import { stationLook } from "../status.js";
import { jobs, sourceTitle, staleness } from "../store.js";
import { called, plain } from "../words.js";
import { Old, Progress, Since } from "./bits.jsx";
import { Icon } from "./icon.jsx";

/** Letters of a name that fit into a line; longer ones are written smaller, on more lines. */
const LONG = 24;
const LONG_WORD = 9;

export const statusOf = (station) => station.state?.status ?? "UNKNOWN";

export function progressOf(station) {
  const job = station.currentJob && jobs.map.value.get(station.currentJob.id);
  return station.progress ?? job?.progress ?? station.currentJob?.progress ?? null;
}

export function workOf(station) {
  const job = station.currentJob?.name ?? station.jobName;
  const order = station.currentJob?.order?.name ?? station.orderName;
  if (!job) return order ? called("Order", order) : "";
  return [called("Job", job), order !== job && order].filter(Boolean).join(" · ");
}

/** One station: what it does can be read from afar, by word, letter, icon and colour. */
export const Tile = memo(function Tile({ station }) {
  const status = statusOf(station);
  const look = stationLook(status);
  const stale = staleness(station);
  const [alarm, ...more] = station.alarms ?? [];
  const own = station.state?.name;
  return (
    <a class={`tile tone-${look.tone}${stale ? " stale" : ""}`} href={to("station", station.id)} data-status={status} data-id={station.id}>
      <span class={station.name.length > LONG ? "name long" : "name"} title={station.name}>{station.name}</span>
      <span class="state">
        <span class="what">
          <Icon of={look.icon} size={30} />
          <span class={status.length > LONG_WORD ? "word long" : "word"}>{plain(status)}</span>
        </span>
        <span class="for">
          <Since at={station.state?.since} approximate={station.state?.sinceApproximate} />
        </span>
      </span>
      <span class="note">{own && own.toLowerCase() !== plain(status).toLowerCase() ? own : (station.state?.comment ?? "")}</span>
      <span class="work">{workOf(station)}</span>
      <Progress of={progressOf(station)} label={`Progress of ${station.name}`} />
      {alarm && (
        <span class="alarm">
          <Icon of={TriangleAlert} size={16} />
          <span>
            {[alarm.code, alarm.message].filter(Boolean).join(" ")}
            {more.length > 0 && ` (+${more.length})`}
          </span>
        </span>
      )}
      {stale && <Old of={station} why={stale} />}
      <span class="where">{[sourceTitle(station.source.key), station.workshop].filter((one, at, all) => one && all.indexOf(one) === at).join(" · ")}</span>
    </a>
  );
});
