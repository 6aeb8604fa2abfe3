/**
 * `npm run test:mutants`: are the tests awake? Each planted defect of the table is put into a copy
 * of the core, alone, and the tests that are named for it must turn red. One that they let pass is
 * a rule without a test.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Mutant, plant } from "./mutant.js";
import { MUTANTS } from "./mutants.js";
import { ROOT, type Verdict, Workshop } from "./workshop.js";

const HELP = `\
npm run test:mutants -- [NAME ...] [--list] [--some N] [--jobs N]
  Tries the defects named, or all, or N of them from all over the table.
`;
/** For a file of tests: a busy machine is not an endless loop. */
const SOUND_TIMEOUT_MS = 300_000;
/** With a defect: so many times what it took without. */
const TIMEOUT_FACTOR = 5;
const LEAST_TIMEOUT_MS = 60_000;
const NAME_COLUMNS = 34;

/** The mutants that the words ask for. */
export function chosen(names: string[], some = Infinity): Mutant[] {
  const unknown = names.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown !== undefined) throw new RangeError(`no mutant "${unknown}"; --list names them`);
  if (names.length > 0) return MUTANTS.filter(({ name }) => names.includes(name));
  const step = Math.max(1, MUTANTS.length / some);
  return MUTANTS.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Hands the tasks to as many workshops as there are jobs; each takes the next when it is free. */
async function share<Task>(
  workshops: Workshop[], tasks: Task[], work: (workshop: Workshop, task: Task) => Promise<void>,
): Promise<void> {
  const rest = [...tasks];
  await Promise.all(workshops.map(async (workshop) => {
    for (let task = rest.shift(); task !== undefined; task = rest.shift()) {
      await work(workshop, task);
    }
  }));
}

/** How long tests take. Throws when one that mutants rely on is red without any. */
async function checkSound(
  workshops: Workshop[], mutants: Mutant[],
): Promise<Map<string, number>> {
  const files = [...new Set(mutants.flatMap(({ noticedBy }) => noticedBy))].sort();
  const parts = workshops.map((_, index) =>
    files.filter((_, at) => at % workshops.length === index)).filter(({ length }) => length > 0);
  await share(workshops, parts, async (workshop, part) => {
    const { noticed } = await workshop.examine(part, () => SOUND_TIMEOUT_MS);
    if (noticed !== undefined) {
      throw new Error(`red without any defect: ${noticed.file}: ${noticed.title}`);
    }
  });
  return new Map(workshops.flatMap(({ testMs }) => [...testMs]));
}

/** Tries them, prints a line for each, and returns how many went unnoticed. */
async function tryAll(
  workshops: Workshop[], mutants: Mutant[], soundMs: Map<string, number>,
): Promise<number> {
  const timeoutMs = (file: string) =>
    Math.max(LEAST_TIMEOUT_MS, Math.round(TIMEOUT_FACTOR * (soundMs.get(file) ?? 0)));
  let survivors = 0;
  await share(workshops, mutants, async (workshop, mutant) => {
    const verdict = await workshop.try(mutant, timeoutMs)
      .catch((error: Error) => {
        throw new Error(`mutant ${mutant.name}: ${error.message}`, { cause: error });
      });
    if (verdict.noticed === undefined) survivors++;
    console.log(lineOf(mutant, verdict));
  });
  return survivors;
}

function lineOf({ name, breaks, noticedBy }: Mutant, { noticed, seconds }: Verdict): string {
  const how = noticed === undefined
    ? `SURVIVED ${noticedBy.join(", ")} (it breaks ${breaks})`
    : `${noticed.file}: ${noticed.title}`;
  return `${seconds.toFixed(1).padStart(5)} s  ${name.padEnd(NAME_COLUMNS)}  ${how}`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: "boolean" }, jobs: { type: "string" }, some: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const mutants = chosen(positionals, values.some === undefined ? undefined : Number(values.some));
  if (values.help || values.list) {
    const rows = mutants.map(({ name, breaks, file }) =>
      `${name.padEnd(NAME_COLUMNS)}  ${file.padEnd(28)}  ${breaks}`);
    console.log(values.help ? HELP : rows.join("\n"));
    return 0;
  }
  for (const mutant of mutants) plant(ROOT, mutant);
  const jobs = Math.min(Number(values.jobs ?? availableParallelism()), mutants.length);
  if (!(jobs >= 1)) throw new RangeError(HELP);
  const workshops = Array.from({ length: jobs }, () => new Workshop());
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
  process.once("exit", () => workshops.forEach((workshop) => workshop.clear()));
  try {
    const soundMs = await checkSound(workshops, mutants);
    const survivors = await tryAll(workshops, mutants, soundMs);
    console.log(`${mutants.length} defects, ${survivors} of them unnoticed`);
    return survivors === 0 ? 0 : 1;
  } finally {
    for (const workshop of workshops) workshop.clear();
  }
}

if (process.argv[1]?.endsWith("mutants/run.ts")) {
  process.exitCode = await main().catch((error: Error) => {
    console.error(`test:mutants: ${error.message}`);
    return 2;
  });
}
