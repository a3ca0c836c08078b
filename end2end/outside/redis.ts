// A real Redis that keeps what it acknowledged, so that it can go away and come back.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, freePort } from "./process.ts";

export class Redis {
  private constructor(private readonly port: number, readonly folder: string, private program: Program) {}

  static async start(): Promise<Redis> {
    const folder = await mkdtemp(join(tmpdir(), "postern-redis-"));
    const port = await freePort();
    return new Redis(port, folder, await run(port, folder));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** It is gone: connections break and new ones are refused. */
  async die() {
    await this.program.stop("SIGKILL");
  }

  async comeBack() {
    this.program = await run(this.port, this.folder);
  }

  /** It is there and answers nothing. */
  freeze() {
    this.program.signal("SIGSTOP");
  }

  thaw() {
    this.program.signal("SIGCONT");
  }

  async stop() {
    await this.program.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

function run(port: number, folder: string): Promise<Program> {
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return Program.start("redis-server", args, {}, /Ready to accept connections/);
}
