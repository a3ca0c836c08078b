// A person with a browser, and the pages they can be on.
import type { Page } from "@playwright/test";
import { App, tokenCode } from "../outside/app.ts";
import type { MailServer } from "../outside/mail.ts";
import type { Watch } from "../outside/watch.ts";
import { Account } from "./account.ts";
import { ChangeAddress, DeleteAccount, EndSessions, RemoveFactor } from "./acts.ts";
import { Challenge } from "./challenge.ts";
import { ClientSecret, Clients, DisableBySecret, DisableClient, type Pair, RotateClient } from "./clients.ts";
import { EmailCode } from "./email-code.ts";
import { Hotp } from "./hotp.ts";
import { Keep } from "./keep.ts";
import { Leaf } from "./leaf.ts";
import { Outbox } from "./outbox.ts";
import { Overview } from "./overview.ts";
import { Phone } from "./phone.ts";
import { AskTogether, Quorum } from "./quorum.ts";
import { RecoveryCodes } from "./recovery-codes.ts";
import { SecurityKeys } from "./security-keys.ts";
import { SignIn } from "./sign-in.ts";
import { Totp } from "./totp.ts";
import { VaultPage } from "./vault.ts";

export const ADA = "ada@example.org";

export class Visitor {
  readonly overview: Overview;
  readonly emailCode: EmailCode;
  readonly totp: Totp;
  readonly hotp: Hotp;
  readonly securityKeys: SecurityKeys;
  readonly outbox: Outbox;
  readonly phone: Phone;

  readonly signIn: SignIn;
  readonly stepUp: Challenge;
  readonly account: Account;
  readonly keep: Keep;
  readonly recoveryCodes: RecoveryCodes;
  readonly removeFactor: RemoveFactor;
  readonly endSessions: EndSessions;
  readonly changeAddress: ChangeAddress;
  readonly deleteAccount: DeleteAccount;

  readonly clients: Clients;
  readonly clientSecret: ClientSecret;
  readonly disableClient: DisableClient;
  readonly disableBySecret: DisableBySecret;
  readonly rotateClient: RotateClient;

  readonly vault: VaultPage;
  readonly quorum: Quorum;
  readonly askTogether: AskTogether;

  /** Reads letters at a mail server if there is one, else in the demo's outbox. */
  constructor(readonly page: Page, readonly watch: Watch, readonly mail?: MailServer) {
    this.overview = new Overview(page, watch);
    this.emailCode = new EmailCode(page, watch);
    this.totp = new Totp(page, watch);
    this.hotp = new Hotp(page, watch);
    this.securityKeys = new SecurityKeys(page, watch);
    this.outbox = new Outbox(page, watch);
    this.phone = new Phone(page, watch);
    this.signIn = new SignIn(page, watch);
    this.stepUp = new Challenge(page, watch, "/step-up");
    this.account = new Account(page, watch);
    this.keep = new Keep(page, watch);
    this.recoveryCodes = new RecoveryCodes(page, watch);
    this.removeFactor = new RemoveFactor(page, watch, "/account/remove");
    this.endSessions = new EndSessions(page, watch);
    this.changeAddress = new ChangeAddress(page, watch);
    this.deleteAccount = new DeleteAccount(page, watch);
    this.clients = new Clients(page, watch);
    this.clientSecret = new ClientSecret(page, watch);
    this.disableClient = new DisableClient(page, watch, "/clients/disable");
    this.disableBySecret = new DisableBySecret(page, watch);
    this.rotateClient = new RotateClient(page, watch);
    this.vault = new VaultPage(page, watch);
    this.quorum = new Quorum(page, watch);
    this.askTogether = new AskTogether(page, watch);
  }

  /** Any other page, by its path. */
  at(path: string): Leaf {
    return new Leaf(this.page, this.watch, path);
  }

  /** The same person in another tab. */
  async inAnotherTab(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage(), this.watch, this.mail);
  }

  /** Asks for a code and reads it; ends where it is to be typed. */
  async asksForCode(address = ADA): Promise<string> {
    await this.emailCode.open();
    await this.emailCode.askFor(address);
    return this.readsCode(this.emailCode, address);
  }

  /** The newest code that went to an address; ends on the page that it is for. */
  async readsCode(page: Leaf = this.emailCode, address = ADA): Promise<string> {
    if (this.mail) return this.mail.code(address);
    await this.outbox.open();
    const code = await this.outbox.newestCode();
    await page.open();
    return code;
  }

  async provesAddress(address?: string) {
    const code = await this.asksForCode(address);
    await this.emailCode.type(code);
  }

  /** As far as the mail goes: into an account without a second factor, or to where one is asked for. */
  async signsIn(address = ADA) {
    await this.signIn.open();
    await this.signIn.askFor(address);
    await this.signIn.type(await this.readsCode(this.signIn, address));
  }

  /** The newest API key in the outbox; ends where it is to be activated. */
  async readsKey(): Promise<string> {
    await this.outbox.open();
    const key = await this.outbox.newestKey();
    await this.clients.open();
    return key;
  }

  /** A key with its secret, from where keys are asked for; ends on the page of the secret. */
  async getsKey(): Promise<Pair> {
    await this.clients.open();
    await this.clients.press("Mail me a key");
    await this.clients.activate(await this.readsKey());
    return this.clientSecret.pair();
  }

  /** Pairs an app that shows its codes by oathtool. Ends on the account's page if there is an account. */
  async addsApp(): Promise<App> {
    await this.totp.open();
    await this.totp.choose();
    const app = new App(await this.totp.key());
    await this.totp.type(app.now());
    return app;
  }

  /** Pairs a token by its first code, which it has shown then; the key is all that oathtool needs. */
  async addsToken(): Promise<string> {
    await this.hotp.open();
    await this.hotp.choose();
    const key = await this.hotp.key();
    await this.hotp.type(tokenCode(key, 0));
    return key;
  }
}
