import { History } from "lucide";
import { useState } from "preact/hooks";
import { now } from "../clock.js";
import { age, progressWords, share } from "../words.js";
import { Icon } from "./icon.jsx";

/** How long ago something began; counts on by itself. */
export function Since({ at, approximate }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {approximate ? "≈ " : ""}
      {age(at, now.value)}
    </time>
  );
}

/** Says that a record may no longer hold, and when it was seen last. */
export function Old({ of, why }) {
  return (
    <span class="old">
      <Icon of={History} size={16} />
      <span>
        {why} · <Since at={of.observedAt} />
      </span>
    </span>
  );
}

export function Progress({ of, label = "Progress" }) {
  const part = share(of);
  if (part === null || part === undefined) return of ? <span class="soft">{progressWords(of)}</span> : null;
  const width = Math.max(0, Math.min(100, part));
  return (
    <span class="progress">
      <span class="track" role="progressbar" aria-label={label} aria-valuenow={Math.round(width)} aria-valuemin={0} aria-valuemax={100}>
        <span class="fill" style={{ width: `${width}%` }} />
      </span>
      <span class="figures">{progressWords(of)}</span>
    </span>
  );
}

/** A part of a page that cannot be filled says why. */
export function Empty({ children }) {
  return <p class="empty">{children}</p>;
}

export function Panel({ title, count, children, wide }) {
  return (
    <section class={`panel${wide ? " wide" : ""}`} aria-label={title}>
      <h2>
        {title}
        {count === undefined || count === null ? null : <span class="count">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

/** What tells one record from others of its name. */
export function Mark({ of }) {
  return of ? <> <code class="mark">{of}</code></> : null;
}

const SLOW_SECONDS = 3;

/** Says that something is on its way, and for how long already; `slow` says why it may take a while. */
export function Loading({ what, slow }) {
  const [since] = useState(Date.now());
  const seconds = Math.floor((now.value - since) / 1000);
  return (
    <div class="loading">
      <p role="status">{what} …</p>
      <span class="busy" aria-hidden="true" />
      {seconds >= SLOW_SECONDS && <p aria-hidden="true">{seconds} s. {slow}</p>}
    </div>
  );
}

export function Facts({ of }) {
  const known = of.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false && value !== 0);
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
