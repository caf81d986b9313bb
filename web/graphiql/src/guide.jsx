// The panel on the left: who is asking, examples, and what helps to find the way.
import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useState } from "react";

import { setKey, useAccess } from "./access.js";
import { groups } from "./examples.js";

// Where the panel lies in front of the editor, see page.css.
const PHONE = "(max-width: 760px)";

export const guide = { title: "Access and examples", content: Guide, icon: KeyAndList };

function KeyAndList() {
  return (
    <svg height="1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <circle cx="8" cy="7" r="4" />
      <path d="M12 7h9M18 7v4M3 16h18M3 21h12" />
    </svg>
  );
}

function Guide() {
  return (
    <section className="floorgraph-guide" aria-label="Access and examples">
      <Access />
      <h2>Examples</h2>
      <p>Each opens in a tab of its own and says what to try next.</p>
      {groups.map((group) => (
        <Group key={group.title} {...group} />
      ))}
      <h2>Prices</h2>
      <p>
        Below the answer stands what a query would ask from the vendors at most. Programs learn the same with the header{" "}
        <code>X-Floorgraph-Dry-Run: 1</code>. With <code>X-Floorgraph-Trace: 1</code> and the right <code>trace</code> an answer
        tells which calls it caused.
      </p>
    </section>
  );
}

function Access() {
  const { key, refused } = useAccess();
  const { introspect } = useGraphiQLActions();
  const [typed, setTyped] = useState("");
  const use = (text) => {
    setKey(text);
    setTyped("");
    introspect();
  };
  return (
    <form
      id="access"
      onSubmit={(event) => {
        event.preventDefault();
        use(typed);
      }}
    >
      <h2>Access</h2>
      {refused && <p role="alert">This server wants to know who you are: give it an API key or a token.</p>}
      {key ? (
        <p>
          A key is in use. <button type="button" className="graphiql-button" onClick={() => use("")}>Forget it</button>
        </p>
      ) : (
        <>
          <label>
            API key or token
            <input type="password" autoComplete="off" required value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
          </label>
          <button type="submit" className="graphiql-button">
            Use it
          </button>
        </>
      )}
      <p>
        It goes with every query as <code>Authorization: Bearer …</code> and with every subscription when its line is opened. It is
        stored nowhere and forgotten when the page is closed or loaded again. An <code>Authorization</code> in the Headers pane goes
        before it.
      </p>
    </form>
  );
}

function Group({ title, examples }) {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, queryEditor } = useGraphiQL(pick("tabs", "queryEditor"));
  const open = ({ query, name }) => {
    if (matchMedia(PHONE).matches) document.querySelector(`button[aria-label="Hide ${guide.title}"]`)?.click();
    const at = tabs.findIndex((tab) => tab.title === name);
    if (at >= 0) return changeTab(at);
    addTab();
    queryEditor.setValue(query);
    queryEditor.focus();
  };
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" className="graphiql-un-styled" title={example.name} onClick={() => open(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
