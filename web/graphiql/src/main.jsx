import "graphiql/setup-workers/vite";
// The parts of graphiql/style.css without its embedded fonts and its second copy of the editor styles.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

import { createGraphiQLFetcher, createLocalStorage } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { examples } from "./examples.js";
import { keepingNoHeaders } from "./storage.js";

// The page is /graphiql/ beside /graphql, whatever path a proxy puts in front of both.
const api = new URL("../graphql", location.href);
const live = new URL(api);
live.protocol = api.protocol === "https:" ? "wss:" : "ws:";

const fetcher = createGraphiQLFetcher({ url: api.href, subscriptionUrl: live.href });

// A name of its own, so that another GraphiQL on the same host and port does not share its tabs.
const storage = keepingNoHeaders(createLocalStorage({ namespace: "floorgraph" }));

function Logo() {
  return (
    <a className="floorgraph-logo" href="../" title="To the start page of this server">
      <img src="../favicon.svg" alt="" width="22" height="22" />
      Floorgraph
    </a>
  );
}

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={examples}
    defaultEditorToolsVisibility={false}
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
    schemaDescription
    inputValueDeprecation
  >
    <GraphiQL.Logo>
      <Logo />
    </GraphiQL.Logo>
  </GraphiQL>,
);
