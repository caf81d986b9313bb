// How the Node peers ask the vendor: one pool of connections, and a loader per relation and operation.
import { readFileSync } from "node:fs";
import DataLoader from "dataloader";
import { Pool } from "undici";

const [, , upstream, mode] = process.argv;
const pool = new Pool(upstream, { connections: 100 });
const batch = mode === "batch";

export const typeDefs = readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");

const get = async (path) => (await pool.request({ path, method: "GET" })).body.json();
const number = (id) => id.slice(id.lastIndexOf(":") + 1);

const grouped = (path, key) => async (ids) => {
  const groups = new Map(ids.map((id) => [id, []]));
  for (const one of (await get(path)).nodes) groups.get(one[key])?.push(one);
  return ids.map((id) => groups.get(id));
};

const states = async (ids) => {
  if (ids.length === 1) return [await get(`/stations/${number(ids[0])}/state`)];
  const found = new Map((await get("/states")).nodes.map((one) => [one.stationId, one]));
  return ids.map((id) => found.get(id));
};

const each = async (ids) =>
  Promise.all(ids.map(async (id) => (await get(`/stations/${number(id)}/jobs`)).nodes));

export const context = () => ({
  states: new DataLoader(states),
  jobs: new DataLoader(batch ? grouped("/jobs", "stationId") : each),
  pieces: new DataLoader(grouped("/pieces", "orderId")),
});

export const resolvers = {
  Query: {
    stations: () => get("/stations"),
    orders: () => get("/orders"),
    station: (_, { id }) => get(`/stations/${number(id)}`),
  },
  Station: {
    state: (station, _, loaders) => loaders.states.load(station.id),
    jobs: async (station, _, loaders) => ({ nodes: await loaders.jobs.load(station.id) }),
  },
  Order: {
    pieces: async (order, _, loaders) => ({ nodes: await loaders.pieces.load(order.id) }),
  },
};
