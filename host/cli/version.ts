/** The version of the package, read from its package.json: from the sources as from build/. */
import { existsSync, readFileSync } from "node:fs";

export function packageVersion(): string {
  for (let folder = new URL("./", import.meta.url); ; folder = new URL("../", folder)) {
    const file = new URL("package.json", folder);
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
      if (name === "motetcp" && version !== undefined) return version;
    }
    if (folder.pathname === "/" || new URL("../", folder).href === folder.href) return "unknown";
  }
}
