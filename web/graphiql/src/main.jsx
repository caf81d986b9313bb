import "graphiql/setup-workers/vite";
// The parts of graphiql/style.css without its embedded fonts and its second copy of the editor styles.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { useGraphiQL } from "@graphiql/react";
import { createLocalStorage } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";

import { fetcher, useAccess } from "./access.js";
import { tabs } from "./examples.js";
import { guide } from "./guide.jsx";
import { Price } from "./price.jsx";
import { keepingNoHeaders } from "./storage.js";

// A name of its own, so that another GraphiQL on the same host and port does not share its tabs.
const storage = keepingNoHeaders(createLocalStorage({ namespace: "floorgraph" }));
const plugins = [guide, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

function Logo() {
  return (
    <a className="floorgraph-logo" href="../" title="To the start page of this server">
      <img src="../favicon.svg" alt="" width="22" height="22" />
      Floorgraph
    </a>
  );
}

/** Opens the panel that asks for a key when the server wants one. */
function Doorkeeper() {
  const { refused } = useAccess();
  useEffect(() => {
    // GraphiQL makes room for a panel only when its button is pressed.
    if (refused) document.querySelector(`button[aria-label="Show ${guide.title}"]`)?.click();
  }, [refused]);
  return null;
}

/** Keeps the tab in front in sight when there are more than fit. */
function TabInSight() {
  const at = useGraphiQL((page) => page.activeTabIndex);
  useEffect(() => {
    document.querySelectorAll(".graphiql-tab")[at]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [at]);
  return null;
}

/**
 * Tells assistive technology a list of buttons and which of them is the current one. GraphiQL tells of tabs,
 * but each has two buttons in it, to open and to close it, and what is inside a tab is not read out.
 */
function TabsAsList() {
  const at = useGraphiQL((page) => page.activeTabIndex);
  const tabs = useGraphiQL((page) => page.tabs);
  useEffect(() => {
    document.querySelector(".graphiql-tabs")?.removeAttribute("role");
    document.querySelectorAll(".graphiql-tab").forEach((tab, index) => {
      tab.removeAttribute("role");
      tab.removeAttribute("aria-selected");
      tab.querySelector(".graphiql-tab-button").setAttribute("aria-current", String(index === at));
    });
  }, [at, tabs]);
  return null;
}

/** Breaks long lines of the query where the editor ends, as in the answer. */
function WrappedLines() {
  const editor = useGraphiQL((page) => page.queryEditor);
  useEffect(() => {
    editor?.updateOptions({ wordWrap: "on", wrappingIndent: "indent" });
  }, [editor]);
  return null;
}

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    plugins={plugins}
    defaultTabs={tabs}
    defaultEditorToolsVisibility={false}
    isHeadersEditorEnabled
    shouldPersistHeaders={false}
    schemaDescription
    inputValueDeprecation
  >
    <GraphiQL.Logo>
      <Logo />
    </GraphiQL.Logo>
    <GraphiQL.Footer>
      <Price />
      <Doorkeeper />
      <TabInSight />
      <TabsAsList />
      <WrappedLines />
    </GraphiQL.Footer>
  </GraphiQL>,
);
