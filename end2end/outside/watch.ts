// Watches everything that browsers of a test get, and says at the end what should not have been.
import { type BrowserContext, type ConsoleMessage, type Page, type Response, expect } from "@playwright/test";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Where a module asks the portal for something.
  "img-src 'self'(?:; connect-src 'self')?",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
];

const ALWAYS: Record<string, RegExp> = {
  "content-security-policy": new RegExp(`^${POLICY.join("; ")}$`),
  "x-content-type-options": /^nosniff$/,
  "referrer-policy": /^same-origin$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\).*publickey-credentials-get=\(self\)/,
};

/** The session's, set or taken back; the one by which an account knows its browsers; and those of one quorum's page. */
const COOKIE = new RegExp(
  [
    /^postern=[\w-]{22,}; HttpOnly; SameSite=Lax; Path=\/; Max-Age=\d+$/,
    /^postern=; .*Max-Age=0/,
    /^postern-device=[\w-]{22}(\.[\w-]{22}){0,7}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/,
    /^postern-quorum(-said)?=[\w-]*; Path=\/quorum\/[\w-]{22}; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
  ]
    .map((form) => form.source)
    .join("|"),
);

/** What a document never has: inline styles, handlers, marks for hydration, frames, links elsewhere. */
const NEVER = [
  /<style\b/i,
  /<[^>]*\sstyle=/i,
  /<[^>]*\son\w+=/i,
  /javascript:/i,
  /data-hk/i,
  /<!(?!DOCTYPE html>)/i,
  /<(iframe|object|embed|base)\b/i,
  /https?:\/\/(?!localhost)/i,
];

/** One answer as it came over the wire. */
export interface Answer {
  url: string;
  method: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

export class Watch {
  readonly answers: Answer[] = [];
  private readonly wrong: string[] = [];
  private readonly reading = new Set<Promise<void>>();
  private readonly documents = new WeakMap<Page, Answer>();

  private readonly allowed: Set<string>;

  constructor(private readonly origin: string) {
    this.allowed = new Set([origin]);
  }

  /** This journey goes elsewhere on purpose. */
  allows(origin: string) {
    this.allowed.add(origin);
  }

  async follow(context: BrowserContext) {
    context.on("response", (response) => this.read(response));
    context.on("request", (request) => {
      if (!this.allowed.has(new URL(request.url()).origin)) this.wrong.push(`asked elsewhere: ${request.url()}`);
    });
    context.on("console", (message) => this.heard(message));
    context.on("weberror", (error) => this.wrong.push(`script failed: ${error.error()}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
      });
    });
  }

  /** What came to a browser that is about to be closed is read; what comes while it closes nobody can read. */
  async leave(context: BrowserContext) {
    await this.settled();
    context.removeAllListeners("response");
  }

  /** All that came so far is read. */
  async settled() {
    while (this.reading.size > 0) await Promise.all(this.reading);
  }

  /** The document that a page shows, as it came. */
  document(page: Page): Answer {
    const answer = this.documents.get(page);
    if (!answer) throw new Error("this page has shown nothing yet");
    return answer;
  }

  posts(): number {
    return this.answers.filter((answer) => answer.method === "POST").length;
  }

  async verify() {
    await this.settled();
    expect(this.wrong, "what should not have been").toEqual([]);
  }

  private read(response: Response) {
    const reading = this.take(response).catch((error) => {
      this.wrong.push(`${response.url()} could not be read: ${error}`);
    });
    this.reading.add(reading);
    void reading.finally(() => this.reading.delete(reading));
  }

  private async take(response: Response) {
    const request = response.request();
    const status = response.status();
    // What stands under a path that never changes is the same for everybody and needs no reading.
    // A file goes past the page. Nor is what a script asked for read: it is gone by the time the page has moved on.
    const hasWords = !isRedirect(status) && !new URL(response.url()).pathname.startsWith("/assets/") && !["fetch", "eventsource"].includes(request.resourceType());
    const headers = await response.allHeaders();
    const isFile = headers["content-disposition"]?.startsWith("attachment");
    const body = hasWords && !isFile ? await response.text() : "";
    const answer = { url: response.url(), method: request.method(), status, headers, body };
    this.answers.push(answer);
    if (request.isNavigationRequest() && !isRedirect(status) && !isFile) this.documents.set(request.frame().page(), answer);
    else if (!request.isNavigationRequest() && !response.ok() && !isAnswer(answer)) this.wrong.push(`${answer.url}: ${status}`);
    if (new URL(answer.url).origin === this.origin) this.wrong.push(...faults(answer));
  }

  private heard(message: ConsoleMessage) {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // Chromium says so of every page that is an answer of this kind; whether it should be one is the journey's affair.
    const ofDocument = message.location().url === message.page()?.url();
    if (ofDocument && /^Failed to load resource: .* status of [45]\d\d/.test(message.text())) return;
    const [, status] = /^Failed to load resource: .* status of (\d+)/.exec(message.text()) ?? [];
    if (status && isAnswer({ url: message.location().url, status: Number(status) })) return;
    this.wrong.push(`console: ${message.text()} (${message.location().url})`);
  }
}

/** Nothing is kept under that hash, or what was to be replaced is not there: a vault's answers, not its failures. */
function isAnswer({ url, status }: { url: string; status: number }): boolean {
  return new URL(url).pathname === "/api/v1/vault/totps" && (status === 404 || status === 409);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function faults({ url, status, headers, body }: Answer): string[] {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(ALWAYS)) {
    if (!value.test(headers[name] ?? "")) faults.push(`${name}: ${headers[name]}`);
  }
  const kept = new URL(url).pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-store";
  if (headers["cache-control"] !== kept) faults.push(`cache-control: ${headers["cache-control"]}`);
  for (const cookie of headers["set-cookie"]?.split("\n") ?? []) {
    if (!COOKIE.test(cookie)) faults.push(`set-cookie: ${cookie}`);
  }
  if (headers["content-type"]?.startsWith("text/html")) faults.push(...inline(body));
  return faults.map((fault) => `${url} (${status}): ${fault}`);
}

/** Nothing in a document is script, style, or data for a script that would wake it up. */
function inline(html: string): string[] {
  const scripts = html.match(/<script\b[^>]*>/gi) ?? [];
  const faults = scripts.filter((tag) => !/^<script type="module" src="\/assets\/(?:modules\.[\da-f]{12}\/(?:[\w-]+\/)*[\w-]+|[\w.-]+)\.js">$/.test(tag));
  for (const form of NEVER) {
    const found = html.match(form);
    if (found) faults.push(found[0]);
  }
  return faults.map((fault) => `inline or foreign: ${fault}`);
}
