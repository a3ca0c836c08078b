// An authenticator app made of other people's programs: zbarimg is its camera, oathtool its arithmetic.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Setting {
  algorithm: "SHA1" | "SHA256" | "SHA512";
  digits: 6 | 8;
  period: number;
}

export const USUAL: Setting = { algorithm: "SHA1", digits: 6, period: 30 };

/** What the camera reads in a picture. */
export function scan(screenshot: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "postern-qr-"));
  try {
    const file = join(folder, "page.png");
    writeFileSync(file, screenshot);
    const args = ["--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", file];
    return execFileSync("zbarimg", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a token with this key shows at a count. */
export function tokenCode(key: string, counter: number | string): string {
  const args = ["--hotp", "--base32", `--counter=${counter}`, "-"];
  return execFileSync("oathtool", args, { input: key.replaceAll(" ", ""), encoding: "utf8" }).trim();
}

/** The codes of one key. A code lives from its step's predecessor to its successor, so `now` and `next` never race. */
export class App {
  readonly key: string;

  /** Takes a key with spaces, as people type it over. */
  constructor(key: string, readonly setting: Setting = USUAL) {
    this.key = key.replaceAll(" ", "");
  }

  /** From what a QR code or a link holds. */
  static of(uri: string): App {
    const { searchParams: of } = new URL(uri);
    const setting = { algorithm: of.get("algorithm"), digits: Number(of.get("digits")), period: Number(of.get("period")) };
    return new App(of.get("secret") ?? "", setting as Setting);
  }

  now(): string {
    return this.at(Date.now() / 1000);
  }

  /** Good already, and not yet shown by an app whose clock is right. */
  next(): string {
    return this.at(Date.now() / 1000 + this.setting.period);
  }

  /** By a phone whose clock is wrong. */
  ahead(seconds: number): string {
    return this.at(Date.now() / 1000 + seconds);
  }

  /** A code of no step within hours. */
  wrong(): string {
    const { digits, period } = this.setting;
    const near = new Set(this.codes(Date.now() / 1000 - 3 * 3600, Math.ceil((6 * 3600) / period)));
    const other = [...Array(1_000).keys()].map((n) => String(n).padStart(digits, "0")).find((code) => !near.has(code));
    if (!other) throw new Error("every code is near");
    return other;
  }

  private at(seconds: number): string {
    return this.codes(seconds, 0)[0] ?? "";
  }

  private codes(seconds: number, further: number): string[] {
    const { algorithm, digits, period } = this.setting;
    const args = [`--totp=${algorithm}`, "--base32", `--digits=${digits}`, `--time-step-size=${period}s`];
    args.push(`--now=@${Math.floor(seconds)}`, `--window=${further}`, "-");
    return execFileSync("oathtool", args, { input: this.key, encoding: "utf8" }).trim().split("\n");
  }
}
