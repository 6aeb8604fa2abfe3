/**
 * The board's module at work on a link of this machine: `motetcp serve` with the build for boards,
 * its default budget of 8 connections with 2 KiB rings, which no option of the command asks for.
 * A program for interop tests:
 *
 *   node --import tsx tests/support/board_host.ts LINK ADDRESS/PREFIX ROOT
 *
 * prints "ready", then what `serve` prints; ends on SIGTERM.
 */
import { serveHttp } from "../../host/cli/serve/http.js";
import { openLink } from "../../host/link/open.js";
import { createNetwork } from "../../host/network.js";

const [spec, address, root] = process.argv.slice(2) as [string, string, string];
const network = await createNetwork({ link: await openLink(spec), address, module: "board" });
const print = (text: string): void => void process.stdout.write(`${text}\n`);
await serveHttp(network, { port: 80, root, print });
process.once("SIGTERM", () => void network.close());
print("ready");
