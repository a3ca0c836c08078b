// A real mail server on this machine, and the letters it took.
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { freePort } from "./process.ts";

const CODE = /^(\d{6}|\d{8}) is your code/;

export interface Letter extends Email {
  envelopeTo: string[];
}

export class MailServer {
  readonly letters: Letter[] = [];
  private readonly unread = new Set<Letter>();
  private readonly waiting = new Set<() => void>();
  private server?: SMTPServer;

  private constructor(private readonly port: number) {}

  static async start(): Promise<MailServer> {
    const mail = new MailServer(await freePort());
    await mail.comeBack();
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async comeBack() {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      closeTimeout: 10,
      onData: (stream, session, done) => {
        const envelopeTo = session.envelope.rcptTo.map((to) => to.address);
        this.take(stream, envelopeTo).then(() => done(), done);
      },
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    // Clients that vanish are their own affair.
    server.on("error", () => {});
    this.server = server;
  }

  /** Connections are refused from now on, and the open ones end. */
  async stop() {
    await new Promise<void>((resolve) => this.server?.close(resolve) ?? resolve());
    this.server = undefined;
  }

  /** The newest letter to an address. */
  to(address: string): Letter | undefined {
    return this.letters.findLast((letter) => letter.envelopeTo.includes(address));
  }

  /** The next letter of the kind to an address that nobody has read yet, as soon as it is there. */
  async read(address: string, subject: RegExp): Promise<Letter> {
    for (;;) {
      const found = [...this.unread].find((letter) => isFor(letter, address) && subject.test(letter.subject ?? ""));
      if (found) {
        this.unread.delete(found);
        return found;
      }
      await new Promise<void>((arrived) => this.waiting.add(arrived));
    }
  }

  /** The code in the next letter with one. */
  async code(address: string): Promise<string> {
    const { subject } = await this.read(address, CODE);
    return subject?.match(CODE)?.[1] ?? "";
  }

  private async take(stream: AsyncIterable<Buffer>, envelopeTo: string[]) {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const letter = { ...(await PostalMime.parse(Buffer.concat(chunks))), envelopeTo };
    this.letters.push(letter);
    this.unread.add(letter);
    for (const arrived of this.waiting) arrived();
    this.waiting.clear();
  }
}

/** Servers that pass a letter on may write an address in small letters. */
function isFor({ envelopeTo }: Letter, address: string): boolean {
  return envelopeTo.some((to) => to.toLowerCase() === address.toLowerCase());
}
