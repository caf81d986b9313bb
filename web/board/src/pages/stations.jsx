import { useMemo } from "preact/hooks";
import { Search } from "lucide";
import { Icon } from "../parts/icon.jsx";
import { Loading } from "../parts/bits.jsx";
import { statusOf, Tile, workOf } from "../parts/tile.jsx";
import { useTitle } from "../parts/title.jsx";
import { Wall } from "../parts/wall.jsx";
import { choices, choose, to } from "../route.js";
import { stationLook, stationRank } from "../status.js";
import { sources, sourceTitle, staleness, stations } from "../store.js";
import { byName, compare, plain } from "../words.js";

const GROUPS = {
  "": { title: "Not grouped", of: () => "" },
  source: { title: "Source", of: (station) => sourceTitle(station.source.key) },
  workshop: { title: "Workshop", of: (station) => station.workshop ?? "No workshop" },
  status: { title: "Status", of: (station) => plain(statusOf(station)) },
};

const ORDERS = { "": "By name", attention: "Needs attention first" };

export function StationsPage() {
  useTitle("Stations");
  const chosen = choices.value;
  const all = stations.list.value;
  const [source, workshop, status, text] = ["source", "workshop", "status", "q"].map((name) => chosen.get(name) ?? "");
  const grouping = GROUPS[chosen.get("group") ?? ""] ?? GROUPS[""];
  const here = all.filter((station) => matches(station, { source, workshop, text }));
  const shown = here.filter((station) => !status || statusOf(station) === status);
  const order = ORDERS[chosen.get("order") ?? ""] ? (chosen.get("order") ?? "") : "";
  const groups = useMemo(() => grouped(shown, grouping, order), [all, chosen, sources.map.value]);
  const attention = here.filter((station) => station.alarms?.length).length;
  const old = here.filter(staleness).length;
  const wall = chosen.get("size") === "wall";
  return (
    <>
      <h1 class="hidden">Stations</h1>
      <Counts stations={here} status={status} />
      <Filters all={all} grouping={chosen.get("group") ?? ""} {...{ source, workshop, text, order }} />
      <p class="summary" role="status">
        {shown.length === all.length ? `${all.length} stations` : `${shown.length} of ${all.length} stations`}
        {attention > 0 && ` · ${attention} with alarms`}
        {old > 0 && ` · ${old} out of date`}
      </p>
      {!stations.known.value && all.length === 0 && <Loading what="Asking for the stations" />}
      {stations.known.value && shown.length === 0 && <Nothing none={all.length === 0} />}
      {wall && shown.length > 0 && <Wall stations={groups.flatMap(([, members]) => members)} />}
      {!wall && groups.map(([name, members]) => (
        <section key={name} aria-label={name || "All stations"}>
          {name && (
            <h2 class="group">
              {name} <span class="count">{members.length}</span>
            </h2>
          )}
          <ul class={`tiles size-${chosen.get("size") || "m"}`}>
            {members.map((station) => (
              <li key={station.id}>
                <Tile station={station} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Nothing({ none }) {
  if (!none) return <p class="empty">No station matches what is chosen.</p>;
  return (
    <p class="empty">
      No source tells of any stations. <a href={to("sources")}>How the sources do</a>
    </p>
  );
}

function matches(station, { source, workshop, text }) {
  if (source && station.source.key !== source) return false;
  if (workshop && (station.workshop ?? "") !== workshop) return false;
  if (!text) return true;
  const words = [station.name, station.workshop, station.model, station.state?.name, workOf(station), station.partReference];
  return words.filter(Boolean).join(" ").toLowerCase().includes(text.toLowerCase());
}

/** What somebody must see to first: after a fault comes an alarm, whatever the station does. */
const urgency = (station) => Math.min(stationRank(statusOf(station)), station.alarms?.length ? 0.5 : Infinity);
const byUrgency = (a, b) => urgency(a) - urgency(b) || byName(a, b);

function grouped(shown, grouping, order) {
  const groups = new Map();
  for (const station of [...shown].sort(order === "attention" ? byUrgency : byName)) {
    const name = grouping.of(station);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(station);
  }
  const rank = ([, [first]]) => (grouping === GROUPS.status ? stationRank(statusOf(first)) : 0);
  return [...groups].sort((a, b) => rank(a) - rank(b) || compare(a[0], b[0]));
}

function Counts({ stations: here, status }) {
  const counts = new Map();
  for (const station of here) counts.set(statusOf(station), (counts.get(statusOf(station)) ?? 0) + 1);
  const words = [...counts.keys()];
  if (status && !counts.has(status)) words.push(status);
  words.sort((a, b) => stationRank(a) - stationRank(b));
  return (
    <ul class="counts" aria-label="Stations by status">
      {words.map((word) => (
        <li key={word}>
          <button
            type="button"
            class={`tone-${stationLook(word).tone}`}
            aria-pressed={status === word}
            data-status={word}
            onClick={() => choose("status", status === word ? "" : word)}
          >
            <Icon of={stationLook(word).icon} size={22} />
            <strong>{counts.get(word) ?? 0}</strong>
            <span>{plain(word)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Filters({ all, source, workshop, text, grouping, order }) {
  const workshops = [...new Set(all.map((station) => station.workshop).filter(Boolean))].sort(compare);
  const keys = [...new Set([...sources.map.value.keys(), ...all.map((station) => station.source.key)])].sort(compare);
  const picked = (name) => (event) => choose(name, event.currentTarget.value);
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label class="search">
        <Icon of={Search} size={18} />
        <span class="hidden">Search stations</span>
        <input type="search" name="q" placeholder="Search  /" value={text} onInput={picked("q")} />
      </label>
      <Select label="Source" name="source" value={source} onChange={picked("source")} options={[["", "All sources"], ...keys.map((key) => [key, sourceTitle(key)])]} />
      <Select label="Workshop" name="workshop" value={workshop} onChange={picked("workshop")} options={[["", "All workshops"], ...workshops.map((one) => [one, one])]} />
      <Select label="Group by" name="group" value={grouping} onChange={picked("group")} options={Object.entries(GROUPS).map(([key, { title }]) => [key, key ? `By ${title.toLowerCase()}` : title])} />
      <Select label="Order" name="order" value={order} onChange={picked("order")} options={Object.entries(ORDERS)} />
      <Select label="Tiles" name="size" value={choices.value.get("size") ?? ""} onChange={picked("size")} options={[["s", "Small tiles"], ["", "Medium tiles"], ["l", "Large tiles"], ["wall", "Wall screen"]]} />
    </form>
  );
}

export function Select({ label, name, value, onChange, options }) {
  return (
    <label>
      <span class="hidden">{label}</span>
      <select name={name} value={value} onChange={onChange}>
        {options.map(([key, title]) => (
          <option key={key} value={key} selected={key === value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
