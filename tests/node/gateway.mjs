// Composes the graph at the address given with the toy subgraph, and asks both through Apollo's gateway.
// Each further argument is a query; one line is told for the composition and one for each answer.
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { composeServices } from '@apollo/composition';
import { createHash } from 'node:crypto';
import { getOperationAST, parse } from 'graphql';
import { serve, typeDefs } from './maintenance.mjs';

const [url, ...queries] = process.argv.slice(2);
const say = (found) => console.log(JSON.stringify(found));

async function sdl(address) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  return (await answer.json()).data._service.sdl;
}

function compose(floor, maintenanceUrl) {
  const found = composeServices([
    { name: 'floorgraph', url, typeDefs: parse(floor) },
    { name: 'maintenance', url: maintenanceUrl, typeDefs: parse(typeDefs) },
  ]);
  const hints = (found.hints ?? []).map((hint) => hint.toString());
  say({ errors: (found.errors ?? []).map((error) => error.message), hints });
  return found.supergraphSdl;
}

function request(source, schema) {
  const document = parse(source);
  return {
    request: { query: source, variables: {} },
    document,
    source,
    schema,
    context: {},
    operation: getOperationAST(document),
    operationName: null,
    queryHash: createHash('sha256').update(source).digest('hex'),
    metrics: {},
    cache: undefined,
    logger: console,
  };
}

const toy = await serve();
const supergraphSdl = compose(await sdl(url), toy.url);
if (supergraphSdl) {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ url: address }) => new RemoteGraphQLDataSource({ url: address }),
    logger: { debug() {}, info() {}, warn: console.error, error: console.error },
  });
  const { schema, executor } = await gateway.load();
  for (const query of queries) say(await executor(request(query, schema)));
  await gateway.stop();
}
toy.close();
