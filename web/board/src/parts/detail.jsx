import { to } from "../route.js";
import { Empty, Loading } from "./bits.jsx";
import { Title, useTitle } from "./title.jsx";

/** A page of one record: what is shown while it is asked for, and when it cannot be had. */
export function Detail({ kind, answer, record, back, all, about, children }) {
  useTitle(record?.name, kind);
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
        <Title kind={kind} name={record.name}>
          {about && <span class="soft">{about(record)}</span>}
        </Title>
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
