import { useState } from "preact/hooks";
import { now } from "../clock.js";
import { caughtUp, link, signIn } from "../link.js";
import { clock, span } from "../words.js";

/** What the page knows of its line to the server; a broken one is said in a banner as well. */
export function Connection() {
  const { phase, since, retryAt, why } = link.value;
  const words = {
    CONNECTING: "Connecting",
    CATCHING_UP: `Catching up${caughtUp.value ? ` · ${caughtUp.value}` : ""}`,
    LIVE: "Live",
    LOST: "Connection lost",
    SIGN_IN: "Sign in",
    REFUSED: "Refused",
  };
  const wait = retryAt ? Math.max(0, Math.round((retryAt - now.value) / 1000)) : 0;
  return (
    <>
      <p class="connection" role="status" data-phase={phase}>
        <span class="lamp" aria-hidden="true" />
        <span class="words">{words[phase]}</span>
      </p>
      {phase === "LOST" && (
        <p class="banner">
          <strong role="alert">Connection lost</strong> since {clock(since)}. What is shown is out of date for {span((now.value - since) / 1000)}
          {wait > 0 ? `; trying again in ${wait} s.` : "; trying again …"}
        </p>
      )}
      {phase === "REFUSED" && (
        <p class="banner" role="alert">
          <strong>The server does not answer what the board asks.</strong> {why}
        </p>
      )}
      {phase === "CATCHING_UP" && (
        <p class="banner mild" aria-hidden="true">
          Catching up with what happened{caughtUp.value ? `: ${caughtUp.value} records so far` : ""} …
        </p>
      )}
    </>
  );
}

export function SignInForm() {
  const [key, setKey] = useState("");
  const send = (event) => {
    event.preventDefault();
    signIn(key);
  };
  return (
    <form class="panel sign-in" id="sign-in" onSubmit={send}>
      <h1>This server wants to know who you are</h1>
      <p>Please sign in with an API key or a token. It is kept only until this page is closed or loaded again.</p>
      <label>
        API key or token
        <input type="password" autocomplete="off" required value={key} onInput={(event) => setKey(event.currentTarget.value)} />
      </label>
      <button type="submit">Sign in</button>
    </form>
  );
}
