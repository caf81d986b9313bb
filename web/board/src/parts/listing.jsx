import { Search } from "lucide";
import { useEffect } from "preact/hooks";
import { choices, choose } from "../route.js";
import { anyLook } from "../status.js";
import { plain } from "../words.js";
import { staleness } from "../store.js";
import { Loading, Old } from "./bits.jsx";
import { useTitle } from "./title.jsx";
import { Icon } from "./icon.jsx";
import { Table } from "./table.jsx";

const SHOWN = 300;
const SLOW = "Some vendors give each record by a call of its own: the first list takes longest.";

/** Follows a collection while a page shows it. */
export function useCollection(collection) {
  useEffect(() => collection.use(), []);
  return collection.list.value;
}

/** A page that lists records: counts per status, search, and one row per record; `cells` gives what stands in it. */
export function Listing({ title, about, collection, records, status, words, order, columns, cells }) {
  useTitle(title);
  const settled = collection.settled.value;
  const chosen = choices.value;
  const [wanted, text] = [chosen.get("status") ?? "", (chosen.get("q") ?? "").toLowerCase()];
  const matching = records.filter((one) => !text || words(one).filter(Boolean).join(" ").toLowerCase().includes(text));
  const shown = matching.filter((one) => !wanted || status(one) === wanted).sort(order);
  const counts = new Map();
  for (const one of matching) counts.set(status(one), (counts.get(status(one)) ?? 0) + 1);
  const ranked = [...counts.keys()].sort((a, b) => anyLook(a).rank - anyLook(b).rank);
  return (
    <>
      <div class="head">
        <h1>{title}</h1>
        <span class="soft">{about}</span>
      </div>
      <ul class="counts" aria-label={`${title} by status`}>
        {ranked.map((one) => (
          <li key={one}>
            <button type="button" class={`tone-${anyLook(one).tone}`} aria-pressed={one === wanted} onClick={() => choose("status", one === wanted ? "" : one)}>
              <Icon of={anyLook(one).icon} size={22} />
              <strong>{counts.get(one)}</strong>
              <span>{plain(one)}</span>
            </button>
          </li>
        ))}
      </ul>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <label class="search">
          <Icon of={Search} size={18} />
          <span class="hidden">Search</span>
          <input type="search" placeholder="Search  /" value={chosen.get("q") ?? ""} onInput={(event) => choose("q", event.currentTarget.value)} />
        </label>
        {!settled && records.length > 0 && <span class="soft asking">{records.length} known, asking for all …</span>}
      </form>
      {!settled && records.length === 0 && <Loading what={`Asking for ${title.toLowerCase()}`} slow={SLOW} />}
      {settled && shown.length === 0 && <p class="empty">{records.length === 0 ? `No source tells of any ${title.toLowerCase()}.` : "None matches what is chosen."}</p>}
      {shown.length > 0 && (
        <div class="panel">
          <Table label={title} columns={columns} rows={shown.slice(0, SHOWN).map((one) => rowOf(one, cells))} />
          {shown.length > SHOWN && <p class="empty">The first {SHOWN} of {shown.length}; search for the others.</p>}
        </div>
      )}
    </>
  );
}

function rowOf(record, cells) {
  const stale = staleness(record);
  const [first, ...rest] = cells(record);
  const named = stale ? <>{first} <Old of={record} why={stale} /></> : first;
  return { key: record.id, cells: [named, ...rest], stale: Boolean(stale) };
}
