// Finds the program under test, once a run: POSTERN_BIN, or what cargo builds and names itself.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function findBinary() {
  process.env.POSTERN_BIN ||= built();
}

function built(): string {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const told = execFileSync("cargo", ["build", "--locked", "--message-format=json-render-diagnostics"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  });
  const artifacts = told.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const program = artifacts.find((it) => it.executable && it.target.kind.includes("bin") && it.target.name === "postern");
  if (!program) throw new Error("cargo built no program called postern");
  return program.executable;
}
