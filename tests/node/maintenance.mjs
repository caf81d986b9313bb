// A toy subgraph of a neighbouring system: it knows when stations are due for maintenance, by their ids alone.
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  type Station @key(fields: "id") {
    id: ID!
    maintenance: Maintenance
  }

  type Maintenance {
    dueInHours: Int!
    technician: String!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  type Query {
    dueForMaintenance(withinHours: Int!): [Station!]!
  }
`;

const due = new Map([
  ['north:station:1', { dueInHours: 4, technician: 'Ada' }],
  ['north:station:2', { dueInHours: 90, technician: 'Grace' }],
  ['south:station:1', { dueInHours: 6, technician: 'Edsger' }],
]);

const schema = buildSubgraphSchema({
  typeDefs: parse(typeDefs),
  resolvers: {
    Query: {
      dueForMaintenance: (_root, { withinHours }) =>
        [...due].filter(([, task]) => task.dueInHours <= withinHours).map(([id]) => ({ id })),
    },
    Station: {
      __resolveReference: ({ id }) => ({ id }),
      maintenance: ({ id }) => due.get(id) ?? null,
    },
  },
});

export async function serve() {
  const server = createServer(createHandler({ schema }));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
