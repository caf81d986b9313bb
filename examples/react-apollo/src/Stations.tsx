import { useQuery, useSubscription } from "@apollo/client/react";
import { STATION_CHANGED, STATIONS, type Station } from "./documents";

/** What changes the list itself; changes of single stations go through the cache by their ids. */
const LIST_MAY_DIFFER = ["ADDED", "REMOVED", "CAUGHT_UP"];

export function Stations() {
  const { data, error, refetch } = useQuery(STATIONS);
  const live = useSubscription(STATION_CHANGED, {
    skip: !data,
    // CAUGHT_UP comes after the first snapshot, and again after a lost connection.
    onData: ({ data: event }) => {
      if (LIST_MAY_DIFFER.includes(event.data?.stationChanged.kind ?? "")) void refetch();
    },
  });
  if (error) return <p role="alert">{error.message}</p>;
  if (!data) return <p>Asking …</p>;
  const { totalCount, unavailableSources, nodes } = data.stations;
  return (
    <>
      <p role="status">
        {totalCount} stations, {live.data ? "live" : "waiting for changes"}
        {unavailableSources.length > 0 && `; incomplete: ${unavailableSources.join(", ")}`}
        {live.error && `; ${live.error.message}`}
      </p>
      <table>
        <thead>
          <tr>
            <th>Station</th>
            <th>Source</th>
            <th>State</th>
            <th>Job</th>
            <th>Done</th>
          </tr>
        </thead>
        <tbody>{nodes.map((station) => <Row key={station.id} station={station} />)}</tbody>
      </table>
    </>
  );
}

function Row({ station }: { station: Station }) {
  const { state, currentJob } = station;
  const percent = currentJob?.progress?.percent;
  return (
    <tr data-id={station.id} data-status={state?.status} style={{ opacity: station.stale ? 0.5 : 1 }}>
      <th scope="row">{station.name}</th>
      <td>{station.source.title}</td>
      <td>{state?.name ?? state?.status ?? "not known"}</td>
      <td>{currentJob?.name}</td>
      <td>{percent != null && `${Math.round(percent)} %`}</td>
    </tr>
  );
}
