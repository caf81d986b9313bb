import { now } from "../clock.js";
import { link } from "../link.js";
import { to } from "../route.js";
import { silent, sources } from "../store.js";
import { compare, plain, span } from "../words.js";
import { Since } from "./bits.jsx";

/** Says on every page which sources do not answer, since when, and when they are asked again. */
export function Troubles() {
  const broken = sources.list.value.filter((one) => silent(one.key)).sort((a, b) => compare(a.key, b.key));
  if (broken.length === 0 || link.value.phase === "LOST") return null;
  return (
    <div class="troubles">
      {broken.map((one) => (
        <p key={one.key} class="trouble" data-source-in-trouble={one.key}>
          {/* Only what does not count on by itself is said aloud. */}
          <span role="alert">
            <a href={to("sources")}>
              <strong>{one.title || one.key}</strong>
            </a>{" "}
            {WORDS[one.status] ?? "does not answer"}: what is shown of it is out of date.
          </span>
          {one.failingSince && <> Failing for <Since at={one.failingSince} />.</>}
          {one.nextAttemptAt && ` It is asked again ${until(one.nextAttemptAt)}.`}
          {one.failureCode && <span class="soft"> {plain(one.failureCode)}</span>}
        </p>
      ))}
    </div>
  );
}

const WORDS = { AUTH_REQUIRED: "wants other credentials", PAUSED: "is not asked at the moment" };

function until(time) {
  const seconds = (Date.parse(time) - now.value) / 1000;
  return seconds > 0 ? `in ${span(seconds)}` : "now";
}
