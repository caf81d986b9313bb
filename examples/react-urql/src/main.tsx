import { StrictMode, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { clientWith } from "./client";
import { Stations } from "./Stations";

function Page() {
  // Kept in memory alone: what lies in the browser's storage can be read by every script of the page.
  const [key, setKey] = useState("");
  const client = useMemo(() => clientWith(key), [key]);
  return (
    <Provider value={client}>
      <h1>Stations</h1>
      <form action={(form) => setKey(String(form.get("key")))}>
        <label>
          API key <input name="key" type="password" autoComplete="off" />
        </label>{" "}
        <button>Use it</button>
      </form>
      <Stations key={key} />
    </Provider>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
