// The open2fa program as it is on PyPI, in the same environment of its own in which the Rust tests run it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LIST = fileURLToPath(new URL("../../server/tests/outside/requirements-open2fa.txt", import.meta.url));

/** The program; installed when it is first asked for. */
function program(): string {
  const pins = createHash("sha256").update(readFileSync(LIST)).digest("hex").slice(0, 12);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), `postern/open2fa-${pins}`);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    execFileSync("python3", ["-m", "venv", "--clear", folder]);
    execFileSync(join(folder, "bin/python3"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", LIST]);
    writeFileSync(complete, "");
  }
  return join(folder, "bin/open2fa");
}

/** A home with the program in it. */
export class Open2fa {
  private readonly home = mkdtempSync(join(tmpdir(), "postern-open2fa-"));
  private readonly program = program();

  constructor(private readonly origin: string, private readonly uuid: string) {}

  run(...args: string[]): string {
    const env = { PATH: "/usr/bin:/bin", HOME: this.home, OPEN2FA_API_URL: `${this.origin}/api/v1/vault`, OPEN2FA_UUID: this.uuid };
    return execFileSync(this.program, args, { env, input: "y\n", encoding: "utf8" });
  }

  /** Name and key of all that it has. */
  list(...from: string[]): Record<string, string> {
    const [, rows = ""] = this.run(...from, "list", "-s").split(/^-+ +-+$/mu);
    return Object.fromEntries(rows.trim().split("\n").map((row) => row.split(/ {2,}/u).map((cell) => cell.trim())));
  }

  end() {
    rmSync(this.home, { recursive: true });
  }
}
