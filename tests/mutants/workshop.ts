/**
 * A copy of the tree in a folder of its own, where the core is made wrong, compiled and tested. It
 * shares node_modules alone with the tree.
 */
import { execFile } from "node:child_process";
import {
  cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DrillReport } from "../../host/drill/drill.js";
import { type Mutant, pathOf, plant } from "./mutant.js";

export const ROOT = resolve(import.meta.dirname, "../..");

const COPIED = ["assembly", "host", "tests", "package.json", "tsconfig.json", "asconfig.json"];
const COMPILER = "node_modules/assemblyscript/bin/asc.js";
/** Not optimised: the compiler takes longer than the tests do. */
const COMPILER_OPTIONS = [
  "--config", "asconfig.json", "--target", "motetcp", "--optimizeLevel", "0",
  "--outFile", "build/motetcp.wasm",
];
const TEST_OPTIONS = [
  "--import", "tsx", "--test-reporter=tap", "--test-name-pattern=\\[node\\]",
];
/** Specs are compiled anew, with the core in them. */
const SPEC_OPTIONS = [
  "node_modules/@as-pect/cli/bin/asp.js", "--config", "tests/mutants/spec.config.js",
  "--as-config", "tests/unit/as-pect.asconfig.json", "--summary", "--no-logo",
];
const SCRIPT_OPTIONS = [
  "--import", "tsx", "host/cli/main.ts", "drill", "--build", "node", "--json",
];
const COMPILER_TIMEOUT_MS = 120_000;
const MOST_OUTPUT = 64 << 20;

/** Without what makes tests that a test starts talk to that one. */
const { NODE_TEST_CONTEXT: _, ...ENVIRONMENT } = process.env;

/** How the tests took it. */
export interface Verdict {
  /** The file that turned red, and its first failing title; undefined: none did. */
  noticed: { file: string; title: string } | undefined;
  seconds: number;
}

interface Ended {
  status: number | null;
  isTimeout: boolean;
  stdout: string;
  stderr: string;
}

export class Workshop {
  /** How long each file of tests took when it ran last. */
  readonly testMs = new Map<string, number>();
  readonly folder = mkdtempSync(join(tmpdir(), "motetcp-mutants-"));

  /** `extra`: options of the compiler. */
  constructor(private readonly extra: readonly string[] = []) {
    for (const name of COPIED) {
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, "build"));
  }

  clear(): void {
    // A test that was ended may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Compiles the core as it is, and gives it to the named test files until one is red. */
  async examine(tests: string[], timeoutMs: (file: string) => number): Promise<Verdict> {
    const startMs = performance.now();
    await this.compile();
    let noticed: Verdict["noticed"];
    for (const file of tests) {
      noticed = await this.test(file, timeoutMs(file));
      if (noticed !== undefined) break;
    }
    return { noticed, seconds: (performance.now() - startMs) / 1000 };
  }

  /** The same with a defect, which is then taken out again. */
  async try(mutant: Mutant, timeoutMs: (file: string) => number): Promise<Verdict> {
    const path = join(this.folder, "assembly", mutant.file);
    const sound = readFileSync(path);
    writeFileSync(path, plant(this.folder, mutant));
    try {
      return await this.examine(mutant.noticedBy, timeoutMs);
    } finally {
      writeFileSync(path, sound);
    }
  }

  private async compile(): Promise<void> {
    const ended = await this.run(
      [COMPILER, ...COMPILER_OPTIONS, ...this.extra], COMPILER_TIMEOUT_MS,
    );
    if (ended.isTimeout) throw new Error("the compiler does not come to an end");
    if (ended.status !== 0) throw new Error(`does not compile\n${ended.stderr}`);
  }

  /** The first test of the file that fails, or what a script finds. */
  private async test(file: string, timeoutMs: number): Promise<Verdict["noticed"]> {
    const startMs = performance.now();
    const isScript = file.endsWith(".pkt");
    const isSpec = file.endsWith(".spec");
    const options = isScript ? SCRIPT_OPTIONS : TEST_OPTIONS;
    const ended = isSpec ? await this.run(SPEC_OPTIONS, timeoutMs, { SPEC: pathOf(file) })
      : await this.run([...options, pathOf(file)], timeoutMs);
    this.testMs.set(file, performance.now() - startMs);
    if (ended.isTimeout) return { file, title: `(hangs: ended after ${timeoutMs / 1000} s)` };
    if (isScript) return this.finding(file, ended);
    if (isSpec) return this.failing(file, ended);
    const failure = /^\s*not ok \d+ - (.*)$/m.exec(ended.stdout)?.[1];
    if (failure !== undefined) return { file, title: failure.replace(" [node]", "") };
    const death = /^FATAL ERROR: .*$/m.exec(ended.stderr)?.[0];
    if (death !== undefined) return { file, title: `(dies: ${death})` };
    if (ended.status !== 0) throw new Error(`tests/${file}.test.ts does not run\n${ended.stderr}`);
    if (!/^ok \d+ - .*\[node\]$/m.test(ended.stdout)) {
      throw new Error(`tests/${file}.test.ts has no test of the Node build`);
    }
    return undefined;
  }

  /** What is not as the script says: packets that it does not mention, too. */
  private finding(file: string, { status, stdout, stderr }: Ended): Verdict["noticed"] {
    if (status === 2) throw new Error(`tests/${file} does not run\n${stderr}`);
    if (!stdout.startsWith("[")) return { file, title: `(dies: ${stderr.split("\n")[0]})` };
    const [{ runs }] = JSON.parse(stdout) as [DrillReport];
    const failure = runs.find(({ ok }) => !ok)?.failure;
    if (failure !== undefined) return { file, title: `line ${failure.line}: ${failure.summary}` };
    const note = runs.flatMap(({ notes }) => notes)[0];
    return note === undefined ? undefined : { file, title: note };
  }

  /** The first promise of a spec that is not kept, or the assertion that ended it. */
  private failing(file: string, { status, stdout, stderr }: Ended): Verdict["noticed"] {
    const text = `${stderr}${stdout}`.replace(/\x1b\[\d+m/g, "");
    const failure = /^ {4}❌ (.*?)(?: - .*)?$/m.exec(text)?.[1] ?? /^.*❌.*$/m.exec(text)?.[0];
    if (failure !== undefined) return { file, title: failure.trim() };
    if (status === 0 && / Pass!/.test(text)) return undefined;
    if (/compile error/.test(text)) throw new Error(`${pathOf(file)} does not compile\n${text}`);
    return { file, title: `(dies: ${stderr.split("\n").find((line) => line !== "")})` };
  }

  private run(argv: string[], timeoutMs: number, variables = {}): Promise<Ended> {
    return new Promise((done) => {
      const options = {
        cwd: this.folder, timeout: timeoutMs, killSignal: "SIGKILL" as const,
        maxBuffer: MOST_OUTPUT, env: { ...ENVIRONMENT, ...variables },
      };
      const child = execFile(process.execPath, argv, options, (error, stdout, stderr) => {
        done({ status: child.exitCode, isTimeout: error?.killed ?? false, stdout, stderr });
      });
    });
  }
}
