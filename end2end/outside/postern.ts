// The portal: one process with a data folder of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, freePort } from "./process.ts";

export class Postern {
  private constructor(readonly origin: string, private readonly program: Program, readonly folder: string) {}

  static async start(settings: Record<string, string> = {}): Promise<Postern> {
    const folder = await mkdtemp(join(tmpdir(), "postern-journey-"));
    const port = await freePort();
    const environment = { POSTERN_ADDRESS: `127.0.0.1:${port}`, POSTERN_DATA_DIR: folder, ...settings };
    const program = await Program.start(process.env.POSTERN_BIN ?? "postern", [], environment, /"ready"/);
    return new Postern(`http://localhost:${port}`, program, folder);
  }

  get log(): string {
    return this.program.output;
  }

  /** As an operator stops it; tells how it ended. */
  async stop(): Promise<string> {
    const how = await this.program.stop("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
    return how;
  }
}
