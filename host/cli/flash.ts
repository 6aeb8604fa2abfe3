/**
 * `motetcp flash NAME --out FILE`: a firmware for a board. It is made of the repository's sources,
 * which the package from npm does not have.
 */

interface Flash {
  FLASH_HELP: string;
  flash(argv: string[]): Promise<number>;
}

/** No literal: what is behind it is no part of the package. */
const IMPLEMENTATION = "../tools/board/flash.js";

/** What makes firmware. Rejects where the sources are not. */
async function implementation(): Promise<Flash> {
  try {
    return (await import(IMPLEMENTATION)) as Flash;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error("firmware is made from the sources: clone MoteTCP's repository, npm install, " +
      "and there npx tsx host/cli/main.ts flash NAME --out FILE");
  }
}

/** With the boards that there are; without the sources, what is missing. */
export function flashHelp(): Promise<string> {
  return implementation().then(({ FLASH_HELP }) => FLASH_HELP, (error: Error) =>
    `motetcp flash NAME --out FILE\n\n${error.message}\n`);
}

/** Runs the command. Returns the exit status. */
export async function flashCommand(argv: string[]): Promise<number> {
  return (await implementation()).flash(argv);
}
