import { useQuery, useSubscription } from "urql";
import { after, EMPTY, type Floor, SOURCES, STATION_CHANGED, type Station } from "./floor";

export function Stations() {
  const [live] = useSubscription({ query: STATION_CHANGED }, (floor: Floor = EMPTY, event) =>
    after(floor, event.stationChanged),
  );
  const floor = live.data ?? EMPTY;
  const stations = [...floor.shown.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <Sources />
      {live.error && <p role="alert">{live.error.message}</p>}
      <p role="status">
        {stations.length} stations, {floor.caughtUp ? "live" : "waiting"}
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
        <tbody>{stations.map((station) => <Row key={station.id} station={station} />)}</tbody>
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

function Sources() {
  const [{ data, error }] = useQuery({ query: SOURCES });
  if (error) return <p role="alert">{error.message}</p>;
  return (
    <ul aria-label="Sources">
      {data?.sources.map((source) => (
        <li key={source.key} data-status={source.status}>
          {source.title}: {source.status}
          {source.version && `, version ${source.version}`}
        </li>
      ))}
    </ul>
  );
}
