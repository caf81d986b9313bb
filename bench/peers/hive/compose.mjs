// The vendor as a subgraph of Hive Gateway: mesh-compose -c compose.mjs. UPSTREAM is put in when it starts.
import { defineConfig } from "@graphql-mesh/compose-cli";
import { loadOpenAPISubgraph } from "@omnigraph/openapi";

const to = (field) =>
  `@resolveTo(sourceName: "vendor", sourceTypeName: "Query", sourceFieldName: "${field}",
    requiredSelectionSet: "{ number }", sourceArgs: { number: "{root.number}" })`;

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph("vendor", { source: "./openapi.json", endpoint: "http://UPSTREAM" }),
    },
  ],
  additionalTypeDefs: `
    extend type Query {
      station(id: ID!): Station @resolveTo(sourceName: "vendor", sourceTypeName: "Query",
        sourceFieldName: "stationByKey", sourceArgs: { key: "{args.id}" })
    }
    extend type Station {
      state: State ${to("stateOf")}
      jobs(first: Int): JobConnection ${to("jobsOf")}
    }
    extend type Order { pieces(first: Int): PieceConnection ${to("piecesOf")} }
  `,
});
