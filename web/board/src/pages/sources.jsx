import healthDocument from "../documents/source-health.graphql?raw";
import { now } from "../clock.js";
import { Empty, Facts, Loading, Since } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { useQuery } from "../parts/query.js";
import { Table } from "../parts/table.jsx";
import { useTitle } from "../parts/title.jsx";
import { sources } from "../store.js";
import { compare, date, number, plain, span } from "../words.js";

export function SourcesPage() {
  useTitle("Sources");
  const { data, failed } = useQuery(healthDocument, () => ({}), { seconds: 5 });
  const health = new Map((data?.sources ?? []).map((one) => [one.key, one]));
  const all = [...sources.list.value].sort((a, b) => compare(a.key, b.key));
  return (
    <>
      <div class="head">
        <h1>Sources</h1>
        <span class="soft">The vendors' servers that this board lives on</span>
      </div>
      {failed && <p class="trouble" role="alert">{failed}</p>}
      {all.length === 0 && (sources.known.value ? <p class="empty">No source is configured.</p> : <Loading what="Asking for the sources" />)}
      <div class="cards">
        {all.map((source) => (
          <Card key={source.key} source={source} health={health.get(source.key)} />
        ))}
      </div>
    </>
  );
}

function Card({ source, health }) {
  return (
    <article class="panel" aria-label={source.title || source.key} data-source={source.key} data-status={source.status}>
      <div class="source-head">
        <h2>{source.title || source.key}</h2>
        <Status of={source.status} />
      </div>
      {source.status !== "UP" && (source.failure || source.failingSince) && (
        <p class="trouble">
          {source.failure ?? plain(source.failureCode)}
          {source.failingSince && <> · failing for <Since at={source.failingSince} /></>}
          {source.nextAttemptAt && <> · next attempt {wait(source.nextAttemptAt)}</>}
        </p>
      )}
      <Facts
        of={[
          ["Vendor", source.vendor],
          ["Version", source.version],
          ["Key", <code>{source.key}</code>],
          ["Last answer", source.lastAnswerAt && <><Since at={source.lastAnswerAt} /> ago</>],
        ]}
      />
      {health && <Health {...health} />}
    </article>
  );
}

function wait(time) {
  const seconds = (Date.parse(time) - now.value) / 1000;
  return seconds > 0 ? `in ${span(seconds)}` : "now";
}

function Health({ budget, feeds, capabilities, unmapped, drift, quarantined }) {
  const missing = capabilities.filter((one) => !one.available);
  return (
    <>
      <h3>Pace</h3>
      <Table
        label="Feeds"
        compact
        columns={["Asked for", { name: "Every", number: true }, "Why", { name: "Ago", number: true }, { name: "Followers", number: true }]}
        rows={feeds.map((feed) => ({
          key: feed.name,
          cells: [
            feed.name,
            feed.intervalSeconds === null ? "–" : `${number(feed.intervalSeconds)} s`,
            `${plain(feed.reason)}${feed.consecutiveFailures > 0 ? ` (${feed.consecutiveFailures} failures)` : ""}`,
            feed.lastPolledAt ? <Since at={feed.lastPolledAt} /> : "–",
            feed.subscribers,
          ],
        }))}
      />
      <h3>Budget</h3>
      <Budgets of={budget} />
      <Notes title="Words without a meaning here" of={unmapped.map((one) => `${one.vocabulary}: "${one.word}" (${one.count} times)`)} open />
      <Notes title="Payload fields that differ from the vendor's document" of={drift.map((one) => `${one.payload}: ${one.field} ${plain(one.change).toLowerCase()} (${one.count} times)`)} />
      <Notes title="Records that could not be read" of={quarantined.map((one) => `${date(one.at)} ${one.payload} ${one.remoteId ?? ""}: ${one.reason}`)} open />
      <Notes title="What it cannot do" of={missing.map((one) => `${plain(one.name)}${one.reason ? `: ${one.reason}` : ""}`)} />
    </>
  );
}

const spent = ({ limit, used }) => (limit ? used / limit : 0);
const SEEN = 4;

/** The budgets that are used most; the others can be unfolded. */
function Budgets({ of }) {
  const ranked = [...of].sort((a, b) => spent(b) - spent(a) || b.used - a.used);
  const rest = ranked.slice(SEEN);
  const list = (some) => (
    <ul class="plain-list">
      {some.map((one) => (
        <li key={one.endpoint}>
          <Budget {...one} />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {ranked.length === 0 && <Empty>None is counted.</Empty>}
      {list(ranked.slice(0, SEEN))}
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more, used less</summary>
          {list(rest)}
        </details>
      )}
    </>
  );
}

function Budget({ endpoint, limit, used, perSecond, resetAt }) {
  const rest = [perSecond && `at most ${number(perSecond)} a second`, resetAt && `until ${date(resetAt)}`].filter(Boolean).join(", ");
  if (!limit) return <span><strong>{endpoint}</strong>: {number(used)} calls{rest && `, ${rest}`}</span>;
  const width = Math.min(100, (100 * used) / limit);
  return (
    <span>
      <strong>{endpoint}</strong>: {number(used)} of {number(limit)}{rest && `, ${rest}`}
      <span class="progress">
        <span class="track" role="progressbar" aria-label={`Budget of ${endpoint}`} aria-valuenow={Math.round(width)} aria-valuemin={0} aria-valuemax={100}>
          <span class="fill" style={{ width: `${width}%` }} />
        </span>
      </span>
    </span>
  );
}

function Notes({ title, of, open = false }) {
  if (of.length === 0) return null;
  return (
    <details open={open}>
      <summary>{title} ({of.length})</summary>
      <ul class="plain-list">
        {of.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </details>
  );
}
