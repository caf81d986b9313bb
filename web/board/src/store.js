// The records that streams keep current. Changes of one frame become one new value.
import { computed, effect, signal } from "@preact/signals";
import { ask, link } from "./link.js";
import { follow } from "./follow.js";
import batchesDocument from "./documents/batches.graphql?raw";
import jobsDocument from "./documents/running-jobs.graphql?raw";
import layoutsDocument from "./documents/layouts.graphql?raw";
import ordersDocument from "./documents/orders.graphql?raw";
import piecesDocument from "./documents/pieces.graphql?raw";
import sourcesDocument from "./documents/sources.graphql?raw";
import stationsDocument from "./documents/stations.graphql?raw";

const FLUSH_MS = 100;
const ASK_AGAIN_MS = 60_000;

class Collection {
  constructor(query, field, record, options = {}) {
    this.map = signal(new Map());
    this.known = signal(false);
    this.settled = computed(() => this.known.value);
    this.list = computed(() => [...this.map.value.values()]);
    this.followed = 0;
    this.what = { query, field, record, ...options, records: this };
    this.pending = new Map();
    this.seen = null;
  }

  begin() {
    this.seen = new Set();
  }

  put(id, record) {
    this.seen?.add(id);
    this.pending.set(id, record);
    this.flushSoon();
  }

  drop(id) {
    this.pending.set(id, null);
    this.flushSoon();
  }

  end() {
    for (const id of this.map.value.keys()) if (this.seen && !this.seen.has(id)) this.pending.set(id, null);
    this.seen = null;
    this.flush();
    this.known.value = true;
  }

  flushSoon() {
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.pending.size === 0) return;
    const next = new Map(this.map.value);
    for (const [id, record] of this.pending) record ? next.set(id, record) : next.delete(id);
    this.pending.clear();
    this.map.value = next;
  }

  start() {
    return follow(this.what);
  }

  /** Follows for as long as anybody wants to: what nobody looks at is not polled. */
  use() {
    this.followed += 1;
    if (this.followed === 1) this.stop = this.start();
    return () => {
      this.followed -= 1;
      if (this.followed > 0) return;
      this.stop();
      this.known.value = false;
    };
  }
}

/**
 * A collection of which some vendors tell no changes: their records are asked for, once a minute, so that
 * a page shows what there is and not only what is followed.
 */
class Listed extends Collection {
  constructor(query, names, field, record) {
    super(query, field, record, { operationName: names });
    this.names = names;
    this.asked = signal([]);
    this.answered = signal(false);
    this.settled = computed(() => this.known.value && this.answered.value);
    this.list = computed(() => {
      const followed = new Set([...this.map.value.values()].map((one) => one.source.key));
      return [...this.map.value.values(), ...this.asked.value.filter((one) => !followed.has(one.source.key))];
    });
  }

  start() {
    const leave = super.start();
    const stop = effect(() => {
      if (!this.known.value || !sources.known.value || link.value.phase !== "LIVE") return;
      const followed = new Set([...this.map.peek().values()].map((one) => one.source.key));
      const quiet = [...sources.map.peek().keys()].filter((key) => !followed.has(key));
      const run = () => this.askFor(quiet);
      run();
      const timer = setInterval(() => document.hidden || run(), ASK_AGAIN_MS);
      return () => clearInterval(timer);
    });
    return () => {
      leave();
      stop();
      this.answered.value = false;
    };
  }

  async askFor(keys) {
    try {
      if (keys.length > 0) {
        const { data } = await ask(this.what.query, { sources: keys }, { operationName: `${this.names}Of` });
        this.asked.value = Object.values(data)[0].nodes;
      }
    } catch {
      // What was known stays; the banner says what is wrong with the line, the source or the rights.
    }
    this.answered.value = true;
  }
}

export const stations = new Collection(stationsDocument, "stationChanged", "station");
export const jobs = new Collection(jobsDocument, "jobChanged", "job");
export const sources = new Collection(sourcesDocument, "sourceChanged", "source", { id: "key", resumable: false });
export const orders = new Listed(ordersDocument, "BoardOrders", "orderChanged", "order");
export const pieces = new Listed(piecesDocument, "BoardPieces", "pieceChanged", "piece");
export const batches = new Listed(batchesDocument, "BoardBatches", "batchChanged", "batch");
export const layouts = new Listed(layoutsDocument, "BoardLayouts", "layoutChanged", "layout");

const SILENT = new Set(["DOWN", "AUTH_REQUIRED", "PAUSED"]);
export const silent = (key) => SILENT.has(sources.map.value.get(key)?.status);

/** Why a record may no longer hold; empty when it does. */
export function staleness(record) {
  if (link.value.phase === "LOST") return "No connection";
  return record.stale || silent(record.source.key) ? "Out of date" : "";
}

export const sourceTitle = (key) => sources.map.value.get(key)?.title || key;
