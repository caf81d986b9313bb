import batches from "../examples/batches.graphql?raw";
import changeState from "../examples/change-state.graphql?raw";
import effectiveness from "../examples/effectiveness.graphql?raw";
import everyStationNow from "../examples/every-station-now.graphql?raw";
import freshOrCheap from "../examples/fresh-or-cheap.graphql?raw";
import jobs from "../examples/jobs.graphql?raw";
import layouts from "../examples/layouts.graphql?raw";
import liveAlarms from "../examples/live-alarms.graphql?raw";
import liveJobs from "../examples/live-jobs.graphql?raw";
import liveOrders from "../examples/live-orders.graphql?raw";
import liveSources from "../examples/live-sources.graphql?raw";
import liveStations from "../examples/live-stations.graphql?raw";
import ordersAndPieces from "../examples/orders-and-pieces.graphql?raw";
import pageByPage from "../examples/page-by-page.graphql?raw";
import pieces from "../examples/pieces.graphql?raw";
import programs from "../examples/programs.graphql?raw";
import recordById from "../examples/record-by-id.graphql?raw";
import sourceHealth from "../examples/source-health.graphql?raw";
import stationInDepth from "../examples/station-in-depth.graphql?raw";
import whatNeedsSomebody from "../examples/what-needs-somebody.graphql?raw";

const example = (title, query) => ({ title, query, name: /^(?:query|subscription|mutation) (\w+)/m.exec(query)[1] });

/** All examples, by what they are for; the panel lists them. */
export const groups = [
  {
    title: "By use",
    examples: [
      example("What every station does now", everyStationNow),
      example("What needs somebody", whatNeedsSomebody),
      example("One station in depth", stationInDepth),
      example("OEE and its factors", effectiveness),
      example("Orders, their jobs and pieces", ordersAndPieces),
      example("Health of the sources", sourceHealth),
      example("A long list, page by page", pageByPage),
      example("Any record by its id", recordById),
      example("Fresh or cheap", freshOrCheap),
    ],
  },
  {
    title: "By type",
    examples: [
      example("Job", jobs),
      example("Layout", layouts),
      example("Piece", pieces),
      example("Batch", batches),
      example("Program", programs),
    ],
  },
  {
    title: "Live",
    examples: [
      example("Stations", liveStations),
      example("Alarms", liveAlarms),
      example("Progress of jobs", liveJobs),
      example("Orders", liveOrders),
      example("Sources", liveSources),
    ],
  },
  { title: "Commands", examples: [example("Change a station's state", changeState)] },
];

/** What GraphiQL opens with: one tab each, in this order; a tab takes its title from the operation's name. */
export const tabs = [everyStationNow, stationInDepth, ordersAndPieces, sourceHealth, liveStations].map((query) => ({ query }));
