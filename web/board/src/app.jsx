import { useEffect, useState } from "preact/hooks";
import { Connection, SignInForm } from "./parts/connection.jsx";
import { Help, useKeys } from "./parts/keys.jsx";
import { Troubles } from "./parts/troubles.jsx";
import { link } from "./link.js";
import { BatchPage, BatchesPage } from "./pages/batches.jsx";
import { LayoutPage, LayoutsPage } from "./pages/layouts.jsx";
import { JobPage } from "./pages/job.jsx";
import { OrderPage, OrdersPage } from "./pages/orders.jsx";
import { PiecePage, PiecesPage } from "./pages/pieces.jsx";
import { SourcesPage } from "./pages/sources.jsx";
import { StationPage } from "./pages/station.jsx";
import { StationsPage } from "./pages/stations.jsx";
import { route, to } from "./route.js";
import { jobs, sources, stations } from "./store.js";

const PAGES = {
  stations: { title: "Stations", show: StationsPage },
  orders: { title: "Orders", show: OrdersPage },
  pieces: { title: "Pieces", show: PiecesPage },
  batches: { title: "Material", show: BatchesPage },
  layouts: { title: "Layouts", show: LayoutsPage },
  sources: { title: "Sources", show: SourcesPage },
};
const DETAILS = {
  station: { of: "stations", show: StationPage },
  job: { of: "stations", show: JobPage },
  piece: { of: "pieces", show: PiecePage },
  order: { of: "orders", show: OrderPage },
  batch: { of: "batches", show: BatchPage },
  layout: { of: "layouts", show: LayoutPage },
};

export function App() {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const stop = [stations.use(), sources.use(), jobs.use()];
    return () => stop.forEach((one) => one());
  }, []);
  useKeys(Object.keys(PAGES), () => setHelp(true));
  const { page, id } = route.value;
  const detail = DETAILS[page];
  const current = detail?.of ?? (PAGES[page] ? page : "stations");
  const Show = detail?.show ?? PAGES[current].show;
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => skip(event)}>
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href={to("stations")}>
          <img src="favicon.svg" alt="" width="28" height="28" />
          <span>Floorgraph</span>
        </a>
        <nav aria-label="Pages">
          {Object.entries(PAGES).map(([name, { title }]) => (
            <a href={to(name)} aria-current={name === current ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <Connection />
        <button type="button" class="quiet" aria-label="Keys and links" title="Keys and links (?)" onClick={() => setHelp(true)}>
          ?
        </button>
      </header>
      <main id="content" tabIndex={-1} data-link={link.value.phase}>
        {current !== "sources" && <Troubles />}
        {link.value.phase === "SIGN_IN" ? <SignInForm /> : <Show id={id} key={`${page}/${id}`} />}
      </main>
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}
