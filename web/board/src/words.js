// Values in words for people.
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const SMALL = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const written = (value) => (Math.abs(value) < 1 ? SMALL : WHOLE).format(value);

/** READY_TO_SHIP becomes "Ready to ship". */
export function plain(word) {
  if (!word) return "";
  const text = word.toLowerCase().replaceAll("_", " ").replace(/\bcnc\b/, "CNC");
  return text[0].toUpperCase() + text.slice(1);
}

export const number = (value) => (value === null || value === undefined ? "" : written(value));
export const percent = (ratio) => (ratio === null || ratio === undefined ? "–" : `${Math.round(ratio * 100)} %`);

/** Lengths as "300 × 250 mm", broken before a sign where there is no room; empty while one of the first two is not known. */
export function extent(width, depth, ...more) {
  if (!width || !depth) return "";
  return `${[width, depth, ...more].filter(Boolean).map(number).join(" ×\u00a0")}\u00a0mm`;
}

export function amount(value, unit) {
  if (value === 1 && unit === "pieces") return "1 piece";
  return value === null || value === undefined ? "–" : `${written(value)}${unit ? ` ${unit}` : ""}`;
}

/** Seconds as "42 s", "5 min", "2 h 10 min" or "3 d 4 h". */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

export const age = (time, now) => span((now - Date.parse(time)) / 1000);

export function clock(time) {
  return time ? new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" }) : "–";
}

export function date(time) {
  if (!time) return "–";
  return new Date(time).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

export function progressWords(progress) {
  if (!progress) return "";
  const { done, total, unit, percent: share, estimated } = progress;
  const about = estimated ? "about " : "";
  if (unit === "PERCENT" || total === null) return share === null ? number(done) : `${about}${Math.round(share)} %`;
  return `${about}${number(done)} of ${number(total)} ${unit.toLowerCase()}`;
}

export const share = (progress) =>
  progress?.percent ?? (progress?.total ? (100 * progress.done) / progress.total : null);

/** What is named by a number alone says what it is: "Job 10". */
export const called = (kind, name) => (/^\d+$/.test(name) ? `${kind} ${name}` : name);
export const jobName = (job) => called("Job", job.name);

/** The beginning of the vendor's own id, for people to compare. */
export const mark = ({ remoteId }) => remoteId.split("/").at(-1).slice(0, 8);

/** Gives what tells records of one name apart: "" for a name that only one of them has. */
export function tellApart(records) {
  const counts = new Map();
  for (const { name } of records) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (one) => (counts.get(one.name) > 1 ? mark(one) : "");
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
export const byName = (a, b) => collator.compare(a.name, b.name);
export const compare = collator.compare;
