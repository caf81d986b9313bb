// The records that streams keep current. Changes of one frame become one new value.
import { computed, signal } from "@preact/signals";
import { follow } from "./follow.js";
import batchesDocument from "./documents/batches.graphql?raw";
import jobsDocument from "./documents/running-jobs.graphql?raw";
import layoutsDocument from "./documents/layouts.graphql?raw";
import ordersDocument from "./documents/orders.graphql?raw";
import piecesDocument from "./documents/pieces.graphql?raw";
import sourcesDocument from "./documents/sources.graphql?raw";
import stationsDocument from "./documents/stations.graphql?raw";

const FLUSH_MS = 100;

class Collection {
  constructor(query, field, record, options = {}) {
    this.map = signal(new Map());
    this.known = signal(false);
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

  /** Follows for as long as anybody wants to: what nobody looks at is not polled. */
  use() {
    this.followed += 1;
    if (this.followed === 1) this.stop = follow(this.what);
    return () => {
      this.followed -= 1;
      if (this.followed > 0) return;
      this.stop();
      this.known.value = false;
    };
  }
}

export const stations = new Collection(stationsDocument, "stationChanged", "station");
export const jobs = new Collection(jobsDocument, "jobChanged", "job");
export const sources = new Collection(sourcesDocument, "sourceChanged", "source", { id: "key", resumable: false });
export const orders = new Collection(ordersDocument, "orderChanged", "order");
export const pieces = new Collection(piecesDocument, "pieceChanged", "piece");
export const batches = new Collection(batchesDocument, "batchChanged", "batch");
export const layouts = new Collection(layoutsDocument, "layoutChanged", "layout");

export const sourceTitle = (key) => sources.map.value.get(key)?.title || key;
