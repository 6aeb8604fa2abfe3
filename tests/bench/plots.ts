/** Drawings of what was measured, as SVG in build/bench. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as echarts from "echarts";
import type { LossReport } from "./loss/run.js";
import { Name, type RowReport } from "./rows.js";
import { nsOf } from "./table.js";
import { type Sample, TRACE, trace } from "./trace.js";

type Point = [number, number];

interface Line {
  name: string;
  points: Point[];
  isDashed?: boolean;
  /** Points without a line between them. */
  isScattered?: boolean;
}

interface Axis {
  name: string;
  type?: "value" | "log" | "category";
  max?: number;
}

interface Plot {
  title: string;
  x: Axis;
  y: Axis;
  lines: Line[];
}

const SIZE = { width: 900, height: 450 };
const GRID = { left: 70, right: 30, top: 70, bottom: 50 };
const KIB = 1024;

function write(path: string, { title, x, y, lines }: Plot): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  chart.setOption({
    animation: false, backgroundColor: "#fff", grid: GRID,
    title: { text: title, left: "center", textStyle: { fontSize: 15 } },
    legend: { top: 32, itemGap: 40 },
    xAxis: { type: "value", nameLocation: "middle", nameGap: 28, ...x },
    yAxis: { type: "value", nameLocation: "middle", nameGap: 50, ...y },
    series: lines.map(({ name, points, isDashed, isScattered }) => ({
      name, data: points, type: isScattered ? "scatter" as const : "line" as const,
      symbolSize: 6, showSymbol: points.length < 50,
      lineStyle: { width: 1.5, type: isDashed ? "dashed" as const : "solid" as const },
    })),
  });
  writeFileSync(path, chart.renderToSVGString());
  chart.dispose();
  return path;
}

/** Draws what there are figures of, and returns the paths. */
export async function drawAll(folder: string, reports: RowReport[]): Promise<string[]> {
  const paths = drawTransfer(folder, await trace(TRACE));
  const many = reports.filter(({ workload }) => workload === "w2");
  if (many.length > 1) paths.push(drawConnections(folder, many));
  if (existsSync(`${folder}/loss.json`)) {
    const report = JSON.parse(readFileSync(`${folder}/loss.json`, "utf8")) as LossReport;
    paths.push(drawLoss(folder, report));
  }
  return paths;
}

function drawTransfer(folder: string, samples: Sample[]): string[] {
  const { rateBitsPerSecond, rttMs, loss, ring } = TRACE;
  const where = `${rateBitsPerSecond / 1e6} Mbit/s, ${rttMs} ms, ${loss * 100} % loss, ` +
    `rings of ${ring / KIB} KiB`;
  const x = { name: "seconds", max: TRACE.seconds };
  const line = (name: string, value: (sample: Sample) => number): Line =>
    ({ name, points: samples.map((sample) => [sample.seconds, value(sample)]) });
  const again = samples.filter(({ retransmissions }, at) =>
    at > 0 && retransmissions > samples[at - 1]!.retransmissions);
  // Before the first loss the threshold is without bound.
  const most = 2 * Math.max(...samples.map(({ inFlight }) => inFlight));
  const inKib = (octets: number): number => Math.min(octets, most) / KIB;
  const windows = write(`${folder}/cwnd.svg`, {
    title: `Congestion window: ${where}`, x, y: { name: "KiB" },
    lines: [
      line("congestion window", ({ congestionWindow }) => inKib(congestionWindow)),
      { ...line("slow start threshold", (sample) => inKib(sample.slowStartThreshold)),
        isDashed: true },
      line("not acknowledged", ({ inFlight }) => inKib(inFlight)),
    ],
  });
  const sequence = write(`${folder}/sequence.svg`, {
    title: `Sequence number: ${where}`, x, y: { name: "MiB" },
    lines: [
      line("acknowledged", ({ acknowledged }) => acknowledged / KIB / KIB),
      {
        name: "sent again", isScattered: true,
        points: again.map(({ seconds, acknowledged }) => [seconds, acknowledged / KIB / KIB]),
      },
    ],
  });
  return [windows, sequence];
}

function drawConnections(folder: string, reports: RowReport[]): string {
  return write(`${folder}/connections.svg`, {
    title: "Request and response, round robin over N connections",
    x: { name: "N", type: "log" }, y: { name: "to lwIP in Wasm at N = 1", type: "log" },
    lines: Object.values(Name).map((name) => ({
      name,
      points: reports.map((report): Point =>
        [report.argument, nsOf(report, name) / nsOf(reports[0], Name.lwip)])
        .filter(([, ratio]) => !Number.isNaN(ratio)),
    })),
  });
}

/** Rings of 64 KiB, a round trip of 20 ms: the cells that are measured beside Linux. */
function drawLoss(folder: string, { cells }: LossReport): string {
  const shown = cells.filter(({ ring, rttMs }) => ring === 65_536 && rttMs === 20);
  const lines = [...new Set(shown.map(({ pattern }) => pattern))].flatMap((pattern): Line[] => {
    const own = shown.filter((cell) => cell.pattern === pattern);
    const linux = own.filter((cell) => cell.linux !== undefined);
    return [
      { name: pattern, points: own.map(({ loss, share }) => [100 * loss, 100 * share]) },
      ...linux.length === 0 ? [] : [{
        name: `${pattern}, Linux`, isDashed: true,
        points: linux.map((cell): Point => [100 * cell.loss, 100 * cell.linux!]),
      }],
    ];
  });
  return write(`${folder}/loss.svg`, {
    title: "Goodput against loss: 20 Mbit/s, 20 ms, rings of 64 KiB", lines,
    x: { name: "lost (or overtaken), % of the packets" },
    y: { name: "% of what link and loss allow", max: 100 },
  });
}
