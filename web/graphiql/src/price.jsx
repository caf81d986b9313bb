// What the operation in the editor would cost at most, asked from the server without running it.
import { useGraphiQL, useHeadersEditorState, useOperationsEditorState, useVariablesEditorState } from "@graphiql/react";
import { parse } from "graphql";
import { useEffect, useState } from "react";

import { api, headersWith, send, useAccess } from "./access.js";

const QUIET_MS = 500;
const WORDS = new Intl.NumberFormat();

export function Price() {
  const [query] = useOperationsEditorState();
  const [variables] = useVariablesEditorState();
  const [headers] = useHeadersEditorState();
  const operationName = useGraphiQL((page) => page.operationName);
  const { key } = useAccess();
  const [price, setPrice] = useState(null);
  useEffect(() => {
    // The price of what stood there before would mislead.
    setPrice(null);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      priced({ query, variables, headers, operationName }, stop.signal).then(setPrice, () => setPrice(null));
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, variables, headers, operationName, key]);
  return (
    <p className="floorgraph-price" role="status" aria-label="Price of this operation">
      {price ?? "Price: …"}
    </p>
  );
}

async function priced({ query, variables, headers, operationName }, signal) {
  const operation = chosen(query, operationName);
  if (!operation) return null;
  if (operation.operation === "subscription") {
    return "A subscription has no price: all who follow the same share what the vendors are asked.";
  }
  // A price is asked while somebody types; what would do something if it came to be run is never sent unasked.
  if (operation.operation === "mutation") return "A command has no price here: nothing of it is sent before you run it.";
  const answer = await send(api, {
    method: "POST",
    signal,
    headers: {
      ...headersWith(object(headers)),
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      "x-floorgraph-dry-run": "1",
    },
    body: JSON.stringify({ query, variables: object(variables), operationName: operation.name?.value }),
  });
  const { extensions, errors } = await answer.json();
  const cost = extensions?.cost;
  if (!cost) return errors?.[0] ? `No price: ${errors[0].message}` : null;
  return <Cost {...cost} />;
}

function Cost({ upstreamCalls, bySource, records, depth }) {
  const sources = Object.entries(bySource ?? {}).filter(([, calls]) => calls > 0);
  return (
    <>
      <strong>
        At most {WORDS.format(upstreamCalls)} {upstreamCalls === 1 ? "call" : "calls"} to the vendors
      </strong>
      {sources.length > 0 && ` (${sources.map(([source, calls]) => `${source} ${WORDS.format(calls)}`).join(", ")})`}
      {` when nothing is remembered; up to ${WORDS.format(records)} ${records === 1 ? "record" : "records"}, depth ${depth}`}
    </>
  );
}

/** The operation that "run" would take; nothing while the text is not complete. */
function chosen(query, operationName) {
  try {
    const operations = parse(query, { noLocation: true }).definitions.filter(({ kind }) => kind === "OperationDefinition");
    return operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  } catch {
    return null;
  }
}

function object(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}
