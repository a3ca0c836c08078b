// A real mail server on this machine, and the letters it took.
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { freePort } from "./process.ts";

export interface Letter extends Email {
  envelopeTo: string[];
}

export class MailServer {
  readonly letters: Letter[] = [];
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

  private async take(stream: AsyncIterable<Buffer>, envelopeTo: string[]) {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    this.letters.push({ ...(await PostalMime.parse(Buffer.concat(chunks))), envelopeTo });
  }
}
