import healthDocument from "../documents/source-health.graphql?raw";
import { now } from "../clock.js";
import { Facts, Loading, Since } from "../parts/bits.jsx";
import { Status } from "../parts/icon.jsx";
import { useQuery } from "../parts/query.js";
import { sources } from "../store.js";
import { compare, date, number, plain, span } from "../words.js";

export function SourcesPage() {
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
      <div class="scroll" tabIndex={0} role="region" aria-label="Feeds">
        <table>
          <thead><tr><th scope="col">Asked for</th><th scope="col">Every</th><th scope="col">Why</th><th scope="col">Last</th><th scope="col">Followers</th></tr></thead>
          <tbody>
            {feeds.map((feed) => (
              <tr key={feed.name}>
                <th scope="row">{feed.name}</th>
                <td class="number">{feed.intervalSeconds === null ? "–" : `${number(feed.intervalSeconds)} s`}</td>
                <td>{plain(feed.reason)}{feed.consecutiveFailures > 0 && ` (${feed.consecutiveFailures} failures)`}</td>
                <td class="number">{feed.lastPolledAt ? <><Since at={feed.lastPolledAt} /> ago</> : "–"}</td>
                <td class="number">{feed.subscribers}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>Budget</h3>
      <ul class="plain-list">
        {budget.map((one) => (
          <li key={one.endpoint}>
            <Budget {...one} />
          </li>
        ))}
      </ul>
      <Notes title="Words without a meaning here" of={unmapped.map((one) => `${one.vocabulary}: "${one.word}" (${one.count} times)`)} open />
      <Notes title="Payload fields that differ from the vendor's document" of={drift.map((one) => `${one.payload}: ${one.field} ${plain(one.change).toLowerCase()} (${one.count} times)`)} />
      <Notes title="Records that could not be read" of={quarantined.map((one) => `${date(one.at)} ${one.payload} ${one.remoteId ?? ""}: ${one.reason}`)} open />
      <Notes title="What it cannot do" of={missing.map((one) => `${plain(one.name)}${one.reason ? `: ${one.reason}` : ""}`)} />
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
