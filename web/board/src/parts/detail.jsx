import { to } from "../route.js";
import { Empty, Loading } from "./bits.jsx";

/** A page of one record: what is shown while it is asked for, and when it cannot be had. */
export function Detail({ answer, record, back, all, children }) {
  if (!record) {
    if (answer.loading) return <Loading what="Asking" />;
    return (
      <Empty>
        {answer.failed || answer.errors[0]?.message || "There is no such record."} <a href={to(back)}>{all}</a>
      </Empty>
    );
  }
  return (
    <>
      <div class="head">
        <a class="back" href={to(back)}>
          ← {all}
        </a>
        <h1>{record.name}</h1>
      </div>
      {answer.failed && (
        <p class="trouble" role="alert">
          {answer.failed}
        </p>
      )}
      {children(record)}
    </>
  );
}
