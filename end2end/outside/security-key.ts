// Chromium's virtual security keys, one at a time in a page.
import type { CDPSession, Page } from "@playwright/test";

export interface Kind {
  protocol?: "ctap2" | "u2f";
  transport?: "usb" | "nfc" | "ble" | "internal" | "hybrid";
  /** Makes passkeys. */
  hasResidentKey?: boolean;
  hasUserVerification?: boolean;
  /** What comes of verifying. */
  isUserVerified?: boolean;
  defaultBackupEligibility?: boolean;
  defaultBackupState?: boolean;
}

export const KINDS = {
  "a USB key without user verification": {},
  "a USB key with a PIN": { hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  "an NFC key": { transport: "nfc" },
  "a U2F key": { protocol: "u2f" },
  "this device": { transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  "a synced passkey": {
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    defaultBackupEligibility: true,
    defaultBackupState: true,
  },
} satisfies Record<string, Kind>;

export class SecurityKey {
  private constructor(private readonly browser: CDPSession, private readonly authenticatorId: string) {}

  static async plugIn(page: Page, kind: Kind = {}): Promise<SecurityKey> {
    const browser = await page.context().newCDPSession(page);
    await browser.send("WebAuthn.enable");
    const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "usb", automaticPresenceSimulation: true, ...kind },
    });
    return new SecurityKey(browser, authenticatorId);
  }

  /** Whether the one who holds it is recognised from now on. */
  async recognises(isUserVerified: boolean) {
    await this.browser.send("WebAuthn.setUserVerified", { authenticatorId: this.authenticatorId, isUserVerified });
  }

  async credentials() {
    const { credentials } = await this.browser.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId });
    return credentials;
  }

  /** From now on it is the copy that somebody took when it had signed so often. */
  async becomesACopyTakenAt(signCount: number) {
    const [credential] = await this.credentials();
    if (!credential) throw new Error("this key holds nothing");
    const { authenticatorId } = this;
    await this.browser.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credential.credentialId });
    await this.browser.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount } });
  }

  async pullOut() {
    await this.browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.authenticatorId });
  }
}
