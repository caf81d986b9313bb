/**
 * A table whose rows become cards where it is narrow: each value keeps the name of its column beside it.
 * A column is a name, or { name, number: true }; a row is { key, cells, stale }; the first cell names the row.
 */
export function Table({ label, columns, rows }) {
  const shown = columns.map((column) => (typeof column === "string" ? { name: column } : column));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            {shown.map(({ name, number }) => (
              <th scope="col" role="columnheader" key={name} class={number ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells, stale }) => (
            <tr role="row" key={key} class={stale ? "stale" : undefined}>
              {cells.map((cell, at) => cellOf(cell, at, shown[at]))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellOf(cell, at, { name, number }) {
  if (at === 0) {
    return (
      <th scope="row" role="rowheader" key={name}>
        {cell}
      </th>
    );
  }
  const empty = cell === "" || cell === null || cell === undefined || cell === false;
  return (
    <td role="cell" key={name} data-label={name} class={[number && "number", empty && "nothing"].filter(Boolean).join(" ") || undefined}>
      {cell}
    </td>
  );
}
