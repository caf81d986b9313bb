import { History, TriangleAlert } from "lucide";
import stationDocument from "../documents/station.graphql?raw";
import { Gauge, Timeline } from "../parts/charts.jsx";
import { Empty, Facts, Loading, Panel, Progress, Since } from "../parts/bits.jsx";
import { Icon, Status } from "../parts/icon.jsx";
import { errorsAt, useQuery } from "../parts/query.js";
import { BatchList, JobsPanel, LayoutList } from "../parts/related.jsx";
import { Table } from "../parts/table.jsx";
import { Title, useTitle } from "../parts/title.jsx";
import { progressOf, statusOf, workOf } from "../parts/tile.jsx";
import { choices, choose, to } from "../route.js";
import { anyLook, stationLook } from "../status.js";
import { sourceTitle, staleness, stations } from "../store.js";
import { date, number, plain, span } from "../words.js";
import { Select } from "./stations.jsx";

const SPANS = { 1: "Last hour", 8: "Last 8 hours", 24: "Last 24 hours", 168: "Last 7 days" };

export function StationPage({ id }) {
  const known = stations.map.value.get(id);
  const hours = SPANS[choices.value.get("hours")] ? Number(choices.value.get("hours")) : 1;
  const { data, errors, failed, loading } = useQuery(
    stationDocument,
    () => ({ id, from: new Date(Date.now() - hours * 3.6e6).toISOString(), to: new Date().toISOString() }),
    { again: `${hours} ${known?.state?.status} ${known?.state?.since}`, seconds: 20 },
  );
  const station = data?.station;
  useTitle((known ?? station)?.name, "Station");
  if (!known && !station) {
    if (loading || !stations.known.value) return <Loading what="Asking for the station" />;
    return <Empty>{failed || "There is no such station."} <a href={to("stations")}>All stations</a></Empty>;
  }
  return (
    <>
      <div class="head">
        <a class="back" href={to("stations")}>← All stations</a>
        <Title kind="Station" name={(known ?? station).name}>
          {station && <span class="soft">{[station.manufacturer, station.model].filter(Boolean).join(" ")}</span>}
        </Title>
      </div>
      {failed && <p class="trouble" role="alert">{failed}</p>}
      <div class="panels">
        {known && <Hero station={known} />}
        {station && <Details {...{ station, known, errors, hours }} />}
        {!station && !failed && <Loading what="Asking for history, jobs and programs" />}
      </div>
    </>
  );
}

function Hero({ station }) {
  const look = stationLook(statusOf(station));
  const stale = staleness(station);
  const { state } = station;
  return (
    <section class={`hero tone-${look.tone}${stale ? " stale" : ""}`} aria-label="State now" data-status={statusOf(station)}>
      <Icon of={look.icon} size={44} />
      <p class="word">{plain(statusOf(station))}</p>
      <p>
        {[state?.name, state?.comment, state?.reason && plain(state.reason)].filter(Boolean).join(" · ")}
        {state?.since && <> for <Since at={state.since} approximate={state.sinceApproximate} /></>}
      </p>
      {workOf(station) && <p><strong>{workOf(station)}</strong></p>}
      <Progress of={progressOf(station)} />
      {stale && <p><Icon of={History} size={18} /> {stale}: seen <Since at={station.observedAt} /> ago</p>}
    </section>
  );
}

const byStatus = (a, b) => anyLook(a.status).rank - anyLook(b.status).rank;

function Details({ station, known, errors, hours }) {
  return (
    <>
      <HistoryPanel {...{ station, errors, hours }} />
      <div class="column">
        <KpiPanel {...{ station, errors }} />
        <JobsPanel jobs={station.jobs && { ...station.jobs, nodes: [...station.jobs.nodes].sort(byStatus) }} />
        <BatchesPanel station={station} />
      </div>
      <div class="column">
        <AlarmsPanel {...{ station, known, errors }} />
        <ProgramsPanel station={station} />
        <AboutPanel station={station} />
      </div>
    </>
  );
}

/** Why a source does not have something, in its own words. */
export function lacking(source, capability) {
  const found = source.capabilities.find((one) => one.name === capability);
  return found && !found.available ? `${sourceTitle(source.key)}: ${found.reason ?? "not available"}.` : "";
}

const trouble = (errors, name) => errorsAt(errors, name)[0];

function HistoryPanel({ station, errors, hours }) {
  const end = Date.now();
  const intervals = station.history ?? [];
  return (
    <Panel title="State history" wide>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Select label="Span of time" name="hours" value={String(hours)} onChange={(event) => choose("hours", event.currentTarget.value)} options={Object.entries(SPANS)} />
      </form>
      {intervals.length > 0 ? (
        <>
          <Timeline intervals={intervals} from={end - hours * 3.6e6} to={end} />
          <details>
            <summary>The {intervals.length} intervals as a table</summary>
            <Table
              label="Intervals"
              columns={["State", "Vendor's word", "Began", "Lasted"]}
              rows={[...intervals].reverse().map((one) => ({
                key: one.startedAt,
                cells: [
                  <Status of={one.state.status} station />,
                  one.state.name,
                  date(one.startedAt),
                  one.ongoing ? "until now" : span((Date.parse(one.endedAt) - Date.parse(one.startedAt)) / 1000),
                ],
              }))}
            />
          </details>
        </>
      ) : (
        <Empty>{trouble(errors, "history") || lacking(station.source, "STATE_HISTORY") || "Nothing is recorded in this span."}</Empty>
      )}
    </Panel>
  );
}

function KpiPanel({ station, errors }) {
  const kpis = station.kpis;
  const rates = kpis && [kpis.oee, kpis.availability, kpis.performance, kpis.quality].some((one) => one !== null);
  return (
    <Panel title="Effectiveness (OEE)">
      {rates && (
        <div class="gauges">
          <Gauge title="OEE" ratio={kpis.oee} color="#0f766e" first />
          <Gauge title="Availability" ratio={kpis.availability} color="#2563eb" />
          <Gauge title="Performance" ratio={kpis.performance} color="#d97706" />
          <Gauge title="Quality" ratio={kpis.quality} color="#7e22ce" />
        </div>
      )}
      {kpis ? (
        <>
          <h3>{date(kpis.startedAt)} to {date(kpis.endedAt)}</h3>
          <Facts
            of={[
              ["Run time", kpis.runTimeSeconds !== null ? span(kpis.runTimeSeconds) : null],
              ["In failure", kpis.failureTimeSeconds !== null ? span(kpis.failureTimeSeconds) : null],
              ["Planned", kpis.plannedProductionTimeSeconds !== null ? span(kpis.plannedProductionTimeSeconds) : null],
              ["Mean time between failures", kpis.meanTimeBetweenFailuresSeconds !== null ? span(kpis.meanTimeBetweenFailuresSeconds) : null],
              ["Mean time to repair", kpis.meanTimeToRepairSeconds !== null ? span(kpis.meanTimeToRepairSeconds) : null],
            ]}
          />
        </>
      ) : (
        <Empty>{trouble(errors, "kpis") || lacking(station.source, "KPIS") || "No figures for this span."}</Empty>
      )}
    </Panel>
  );
}

function AlarmsPanel({ station, known, errors }) {
  const active = known?.alarms ?? [];
  const past = [...(station.alarmHistory ?? [])].filter((one) => !one.active).reverse();
  const none = trouble(errors, "alarmHistory") || lacking(station.source, "ALARMS") || "None in this span.";
  return (
    <Panel title="Alarms" count={active.length || null}>
      <ul class="plain-list">
        {active.map((one) => (
          <li key={one.id} class="trouble">
            <strong><Icon of={TriangleAlert} size={16} /> {one.code}</strong> {one.message} {one.startedAt && <>· since <Since at={one.startedAt} /></>}
          </li>
        ))}
        {past.slice(0, 12).map((one) => (
          <li key={one.id}><span class="soft">{date(one.startedAt)}</span> {one.code} {one.message}</li>
        ))}
      </ul>
      {active.length + past.length === 0 && <Empty>{none}</Empty>}
    </Panel>
  );
}

function ProgramsPanel({ station }) {
  const nodes = station.programs?.nodes ?? [];
  return (
    <Panel title="Programs" count={station.programs?.totalCount}>
      <Facts of={[["Running", station.runningProgram], ["Selected", station.selectedProgram]]} />
      {nodes.length === 0 ? (
        <Empty>{lacking(station.source, "PROGRAMS") || "None is assigned."}</Empty>
      ) : (
        <ul class="plain-list">
          {nodes.map((one) => (
            <li key={one.id}>
              <strong>{one.name}</strong> <span class="soft">{[one.versionLabel, one.sizeBytes && `${number(one.sizeBytes)} bytes`, one.modifiedAt && date(one.modifiedAt)].filter(Boolean).join(" · ")}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function BatchesPanel({ station }) {
  const batches = station.batches?.nodes ?? [];
  const layouts = station.layouts?.nodes ?? [];
  return (
    <Panel title="Material and layouts" count={batches.length + layouts.length || null}>
      <BatchList of={batches} />
      <LayoutList of={layouts} />
      {batches.length + layouts.length === 0 && <Empty>{lacking(station.source, "BATCHES") || "Nothing is loaded."}</Empty>}
    </Panel>
  );
}

function AboutPanel({ station }) {
  return (
    <Panel title="About">
      {station.imageUrl && <img class="photo" src={station.imageUrl.replace(/^\//, "")} alt={`Picture of ${station.name}`} onError={(event) => event.currentTarget.remove()} />}
      <Facts
        of={[
          ["Source", sourceTitle(station.source.key)],
          ["Kind", plain(station.kind)],
          ["Workshop", station.workshop],
          ["Groups", station.groups.join(", ")],
          ["Location", station.location],
          ["Protocol", station.protocol],
          ["Parts in total", station.partsTotal && number(station.partsTotal)],
          ["Parts since reset", station.partsSinceReset && number(station.partsSinceReset)],
          ["Description", station.description],
          ["Id", <code>{station.id}</code>],
        ]}
      />
      {(station.downtimes ?? []).map((one) => (
        <p key={one.remoteId}><Status of={one.status} /> {one.reason} <span class="soft">{date(one.startedAt)} – {date(one.endedAt)}</span></p>
      ))}
    </Panel>
  );
}
