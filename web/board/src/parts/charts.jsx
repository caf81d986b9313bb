import { ArcElement, BarController, BarElement, CategoryScale, Chart, DoughnutController, LinearScale, Tooltip } from "chart.js";
import { useEffect, useRef } from "preact/hooks";
import { stationLook, TONES } from "../status.js";
import { clock, percent, plain, span } from "../words.js";

Chart.register(ArcElement, BarController, BarElement, CategoryScale, DoughnutController, LinearScale, Tooltip);
Chart.defaults.animation = false;
Chart.defaults.font.family = "system-ui, 'Segoe UI', Roboto, sans-serif";

const styled = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A canvas that one chart lives on; `configure` says what it shows. */
function Canvas({ configure, label, height, on }) {
  const canvas = useRef(null);
  const chart = useRef(null);
  useEffect(() => {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const draw = () => {
      chart.current?.destroy();
      chart.current = new Chart(canvas.current, configure());
    };
    draw();
    scheme.addEventListener("change", draw);
    return () => {
      scheme.removeEventListener("change", draw);
      chart.current.destroy();
      chart.current = null;
    };
  }, on);
  return (
    <div class="chart" style={{ height: `${height}px` }}>
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}

/** States over time, one bar; `from` and `to` are milliseconds. */
export function Timeline({ intervals, from, to }) {
  const spans = intervals.map((one) => ({
    ...one,
    status: one.state.status,
    start: Math.max(from, Date.parse(one.startedAt)),
    end: Math.min(to, one.endedAt ? Date.parse(one.endedAt) : to),
  }));
  const totals = new Map();
  for (const { status, start, end } of spans) totals.set(status, (totals.get(status) ?? 0) + Math.max(0, end - start) / 1000);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]);
  const words = ranked.map(([status, seconds]) => `${plain(status)} ${span(seconds)}`);
  const configure = () => ({
    type: "bar",
    data: {
      labels: [""],
      datasets: spans.map(({ status, start, end, state }) => ({
        data: [[start, end]],
        stack: "states",
        grouped: false,
        backgroundColor: TONES[stationLook(status).tone],
        barPercentage: 1,
        categoryPercentage: 1,
        words: `${plain(status)}${state.name ? ` (${state.name})` : ""}: ${clock(start)} – ${clock(end)}, ${span((end - start) / 1000)}`,
      })),
    },
    options: {
      indexAxis: "y",
      maintainAspectRatio: false,
      scales: {
        x: {
          stacked: false,
          min: from,
          max: to,
          grid: { color: styled("--line") },
          ticks: {
            color: styled("--soft"),
            maxTicksLimit: 9,
            maxRotation: 0,
            align: "inner",
            callback: (value) => new Date(value).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
          },
        },
        y: { display: false, stacked: true },
      },
      plugins: { legend: { display: false }, tooltip: { callbacks: { title: () => "", label: ({ dataset }) => dataset.words } } },
    },
  });
  return (
    <>
      <Canvas configure={configure} height={120} label={`States from ${clock(from)} to ${clock(to)}: ${words.join(", ")}`} on={[intervals, from, to]} />
      <ul class="legend" aria-label="Time in each state">
        {ranked.map(([status, seconds]) => (
          <li key={status} class={`tone-${stationLook(status).tone}`}>
            <span class="swatch" aria-hidden="true" />
            {plain(status)} <strong>{span(seconds)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A ratio from 0 to 1 as a part of a ring. */
export function Gauge({ title, ratio, color, first }) {
  const shown = ratio === null || ratio === undefined ? 0 : Math.max(0, Math.min(1, ratio));
  const configure = () => ({
    type: "doughnut",
    data: { datasets: [{ data: [shown, 1 - shown], backgroundColor: [color, styled("--track")], borderWidth: 0 }] },
    options: { maintainAspectRatio: false, cutout: "74%", events: [], plugins: { tooltip: { enabled: false } } },
  });
  return (
    <div class={`gauge${first ? " first" : ""}`}>
      <Canvas configure={configure} height={100} label={`${title}: ${percent(ratio)}`} on={[ratio, color]} />
      <span class="value" aria-hidden="true">
        {percent(ratio)}
      </span>
      <span>{title}</span>
    </div>
  );
}
