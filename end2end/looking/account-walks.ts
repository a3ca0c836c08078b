// Ways through an account's pages that pass every state a person can bring them into within minutes.
import { tokenCode } from "../outside/app.ts";
import { SecurityKey } from "../outside/security-key.ts";
import { ADA, type Visitor } from "../pages/visitor.ts";
import type { Walk } from "./walks.ts";

export const accountWalks: Record<string, Walk> = {
  async "into a new account"(visitor, seen) {
    const { signIn, account, stepUp } = visitor;
    await signIn.open();
    await seen("sign-in-ask");
    await signIn.askFor("ada");
    await seen("sign-in-ask-no-address");
    await signIn.askFor(ADA);
    await seen("sign-in-sent");
    const code = await visitor.readsCode(signIn);
    await signIn.type("");
    await seen("sign-in-code-missing");
    await signIn.type(otherThan(code));
    await seen("sign-in-code-wrong");
    await signIn.resend();
    await seen("sign-in-too-soon");
    await signIn.type(code);
    await seen("account-made");
    await account.open();
    await seen("account-empty");
    await visitor.overview.open();
    await seen("overview-signed-in");
    await visitor.totp.open();
    await seen("totp-choose-signed-in");
    await stepUp.open();
    await seen("step-up-mail");
    await account.open();
    await account.signOut();
    await seen("sign-in-signed-out");
  },

  async "to a sign-in that is void"(visitor, seen) {
    const { signIn } = visitor;
    await signIn.open();
    await signIn.askFor(ADA);
    const code = await visitor.readsCode(signIn);
    for (let tries = 0; tries < 5; tries++) await signIn.type(otherThan(code));
    await seen("sign-in-void");
  },

  async "to an account with everything in it"(visitor, seen) {
    const { account, recoveryCodes, signIn, securityKeys: keys, page } = visitor;
    await SecurityKey.plugIn(page);
    await visitor.signsIn("ada.byron.lovelace.of.the.analytical.engine+postern@mathematics.example.org");
    const app = await visitor.addsApp();
    await seen("account-app-added");
    const token = await visitor.addsToken();
    await keys.open();
    await seen("keys-signed-in");
    await keys.register("The blue key in the upper drawer");
    await seen("account-key-added");
    await account.getCodes();
    await seen("recovery-codes");
    const [recovery = ""] = await recoveryCodes.codes();
    await recoveryCodes.haveBeenKept();
    await seen("account-full");
    await account.part("Recovery codes").locator("summary").click();
    await account.factor("Counter token").locator("summary").click();
    await seen("account-full-unfolded");
    await account.open();
    await account.rename("Authenticator app", "x".repeat(41));
    await seen("account-bad-name");
    await account.rename("Authenticator app", "The phone with the broken glass");
    await seen("account-renamed");
    await visitor.totp.open();
    await seen("totp-paired-signed-in");
    await keys.open();
    await seen("keys-of-account");
    await visitor.stepUp.open();
    await seen("step-up-key");
    await visitor.stepUp.takes("Authenticator app");
    await seen("step-up-totp");
    await account.open();
    await account.signOut();

    await visitor.signsIn("ada.byron.lovelace.of.the.analytical.engine+postern@mathematics.example.org");
    await seen("sign-in-key");
    await signIn.second.takes("Authenticator app");
    await seen("sign-in-totp");
    await signIn.second.type("");
    await seen("sign-in-totp-missing");
    await signIn.second.type(app.wrong());
    await seen("sign-in-totp-wrong");
    for (let tries = 0; tries < 4; tries++) await signIn.second.type(app.wrong());
    await seen("sign-in-totp-throttled");
    await signIn.second.takes("Counter token");
    await seen("sign-in-hotp");
    await signIn.second.type(tokenCode(token, 0));
    await seen("sign-in-hotp-spent");
    await signIn.second.takes("Recovery code");
    await seen("sign-in-recovery");
    await signIn.second.type("not one");
    await seen("sign-in-recovery-malformed");
    await signIn.second.type(recovery.slice(0, -4) + "2222");
    await seen("sign-in-recovery-wrong");
    await signIn.second.type(recovery);
    await seen("account-recovered");
  },

  async "to an account's acts"(visitor, seen) {
    const { account, removeFactor, endSessions, changeAddress, deleteAccount, signIn } = visitor;
    await visitor.signsIn();
    await visitor.addsApp();
    await visitor.addsToken();
    await account.removes("Counter token");
    await seen("remove");
    await removeFactor.confirm();
    await seen("account-removed");
    await account.removes("Authenticator app");
    await seen("remove-last");
    await endSessions.open();
    await seen("end-sessions-none");
    await changeAddress.open();
    await seen("address-ask");
    await changeAddress.askFor(ADA);
    await seen("address-same");
    await changeAddress.askFor("grace@example.org");
    if ((await changeAddress.note.count()) > 0) {
      await seen("address-too-soon");
      await changeAddress.page.getByText("You can send a new one now.").waitFor({ timeout: 35_000 });
      await changeAddress.askFor("grace@example.org");
    }
    await seen("address-sent");
    await changeAddress.type("000");
    await seen("address-code-malformed");
    await deleteAccount.open();
    await seen("delete");
    await deleteAccount.type("eve@example.org");
    await seen("delete-refused");
    await deleteAccount.type(ADA);
    await seen("sign-in-deleted");
    await signIn.open();
  },

  async "from a visit to an account"(visitor, seen) {
    const { keep, overview, totp, page } = visitor;
    await keep.open();
    await seen("keep-no-address");
    await visitor.provesAddress();
    await keep.open();
    await seen("keep-nothing");
    await SecurityKey.plugIn(page);
    await visitor.addsApp();
    await visitor.securityKeys.open();
    await visitor.securityKeys.register("Blue key");
    await totp.open();
    await overview.open();
    await seen("overview-keep");
    await keep.open();
    await seen("keep");
    await keep.keep();
    await seen("account-kept");
  },

  async "to an account that is there already"(visitor, seen) {
    const { keep, account } = visitor;
    await visitor.signsIn();
    await account.signOut();
    await visitor.provesAddress();
    await keep.open();
    await keep.keep();
    await seen("keep-exists");
  },

  async "by a letter's link"(visitor, seen) {
    const { outbox, account } = visitor;
    await visitor.at("/not-me?ticket=abc").open();
    await seen("not-me-gone");
    await visitor.signsIn();
    await visitor.addsApp();
    await outbox.open();
    await seen("outbox-news");
    const notMe = visitor.at(await linkIn(visitor));
    await notMe.open();
    await seen("not-me");
    await notMe.press("This was not me");
    await seen("not-me-done");
    await account.open();
    await seen("message-signed-out");
  },
};

/** Of the newest letter with news. */
async function linkIn({ outbox }: Visitor): Promise<string> {
  const text = await outbox.page.getByRole("main").innerText();
  const { pathname, search } = new URL(text.match(/http\S+\/not-me\?ticket=\S+/)?.[0] ?? "");
  return pathname + search;
}

function otherThan(code: string): string {
  return code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);
}
