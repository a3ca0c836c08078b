// Programs that a test starts: their output, when they are ready, how they end.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

export class Program {
  output = "";
  private readonly waiting = new Set<() => void>();
  private readonly ended: Promise<string>;

  private constructor(private readonly child: ChildProcess, private readonly name: string) {
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => this.heard(String(data)));
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  /** Starts it with just this environment, and waits until it says so. */
  static async start(name: string, args: string[], environment: Record<string, string>, ready: RegExp): Promise<Program> {
    const { PATH = "" } = process.env;
    const child = spawn(name, args, { env: { PATH, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program(child, name);
    await program.says(ready);
    return program;
  }

  /** Waits until its output has this. */
  async says(what: RegExp): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const look = () => what.test(this.output) && resolve();
      this.waiting.add(look);
      look();
    });
    const ended = this.ended.then((how) => {
      throw new Error(`${this.name} ended (${how}) before it said ${what}:\n${this.output}`);
    });
    await Promise.race([said, ended]);
  }

  signal(signal: NodeJS.Signals) {
    this.child.kill(signal);
  }

  /** Tells it to stop, and how it ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<string> {
    this.child.kill(signal);
    return this.ended;
  }

  private heard(text: string) {
    this.output += text;
    for (const look of this.waiting) look();
  }
}

let next = 0;

/** A port nobody listens on; below the range from which the system takes ports for connections. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
  for (;;) {
    const port = 21_000 + worker * 1_000 + (process.pid * 7 + next++ * 3) % 1_000;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
