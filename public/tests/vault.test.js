// The use cases of a vault, over a server that keeps its promises in memory.
import assert from "node:assert/strict";
import { test } from "node:test";

import { hotp, totp } from "../vault/code.js";
import { Conflict, Fault, Flaw } from "../vault/flaw.js";
import { newUuid } from "../vault/identity.js";
import { check, format, parseList } from "../vault/otpauth.js";
import { Server } from "../vault/server.js";
import { Vault } from "../vault/vault.js";
import { KeptLists } from "./kept.js";

const UUID = "5dae9a2e-8f0b-4f5a-9d5e-1f2a3b4c5d6e";
const KEYS = ["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK", "NNWG23TPOBYXE43U"];
const github = check({ issuer: "GitHub", account: "ada", secret: KEYS[0] });
const aws = check({ issuer: "AWS", account: "ops", secret: KEYS[1], algorithm: "SHA512", digits: 8, period: 60 });
const token = check({ type: "hotp", issuer: "Bank", account: "token", secret: KEYS[2], counter: 5 });

/** @param {KeptLists} kept */
const open = (kept) => Vault.open(UUID, new Server(kept.fetch));
const names = (/** @type {Vault} */ vault) => vault.entries.map(({ otp, flaw }) => (otp ? `${otp.issuer}/${otp.account}` : flaw));
const named = (/** @type {Vault} */ vault, /** @type {string} */ issuer) => {
  const entry = vault.entries.find(({ otp }) => otp?.issuer === issuer);
  assert.ok(entry, issuer);
  return entry;
};
const isFlaw = (/** @type {string} */ code) => (/** @type {any} */ error) => error instanceof Flaw && error.code === code;
const isConflict = (/** @type {boolean} */ gone) => (/** @type {any} */ error) => error instanceof Conflict && error.gone === gone;

/** @param {Vault} vault */
async function reloaded(vault) {
  await vault.reload();
  return vault;
}

/** A vault with all three. */
async function filled(kept = new KeptLists()) {
  const vault = await open(kept);
  await vault.add([token, github, aws]);
  return { kept, vault };
}

test("a vault with nothing in it is new until something is added", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  assert.equal(vault.isNew, true);
  assert.equal(vault.uuid, UUID);
  const { added, doubles } = await vault.add([token, github, aws]);
  assert.deepEqual([added.length, doubles, vault.isNew], [3, 0, false]);
  assert.deepEqual(names(vault), ["AWS/ops", "Bank/token", "GitHub/ada"]);
  assert.deepEqual(added, vault.entries);
  const again = await open(kept);
  assert.deepEqual(again.entries.map(({ otp }) => otp), [aws, token, github]);
  assert.ok(again.entries.every((entry) => entry.rev === 1 && entry.format === "own" && !entry.unread && entry.flaw === null));
  await assert.rejects(Vault.open("no uuid", new Server(kept.fetch)), isFlaw("uuid"));
});

test("no request has a name, a secret or the UUID in it", async () => {
  const { kept, vault } = await filled();
  await vault.change(named(vault, "AWS"), { ...aws, account: "operations" });
  await vault.press(named(vault, "Bank"));
  const undo = await vault.remove(named(vault, "GitHub"));
  await undo();
  const asked = JSON.stringify(kept.asked).toLowerCase();
  const secrets = [...KEYS, "github", "ada", "aws", "operations", "bank", "token", UUID, UUID.replaceAll("-", ""), vault.identity.uuid];
  const forms = (/** @type {string} */ text) => [text, Buffer.from(text).toString("base64").replace(/=+$/u, ""), Buffer.from(text).toString("hex")];
  // Words of three letters may stand in any blob.
  for (const secret of secrets.filter((word) => word.length > 4)) {
    for (const form of forms(secret)) assert.ok(!asked.includes(form.toLowerCase()), secret);
  }
});

test("doubles are skipped and counted, in the list itself too", async () => {
  const { vault } = await filled();
  const renamed = { ...github, issuer: "Elsewhere" };
  const fresh = check({ issuer: "New", secret: KEYS[3] });
  // The same secret, but another type: another entry.
  const counted = check({ type: "hotp", issuer: "GitHub", secret: KEYS[0], counter: 0 });
  const { added, doubles } = await vault.add([github, renamed, fresh, fresh, counted]);
  assert.deepEqual([added.map(({ otp }) => otp), doubles], [[counted, fresh], 3]);
  assert.equal(vault.entries.length, 5);
});

test("entries stand by issuer, then account, whatever their case", async () => {
  const vault = await open(new KeptLists());
  const list = [["b", "x"], ["A", "10"], ["a", "9"], ["", "z"], ["Ä", "0"], ["B", "a"]];
  await vault.add(list.map(([issuer, account], at) => check({ issuer, account, secret: `MFRGGZDFMZTWQ2${"ABCDEF"[at]}A` })));
  assert.deepEqual(names(vault), ["/z", "a/9", "A/10", "Ä/0", "B/a", "b/x"]);
});

test("a thousand entries are added in a few requests, each with a blob of its own", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  const before = kept.asked.length;
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"];
  const otps = Array.from({ length: 1000 }, (_, at) => check({ account: `n${at}`, secret: `${letters[at >> 5]}${letters[at & 31]}AAAAAA` }));
  const { added } = await vault.add(otps);
  assert.equal(added.length, 1000);
  assert.equal(kept.asked.length - before, 5);
  assert.equal(new Set(added.map(({ blob }) => blob)).size, 1000);
  assert.equal((await open(kept)).entries.filter(({ otp }) => otp).length, 1000);
});

test("the largest entry fits into what the server takes", async () => {
  const vault = await open(new KeptLists());
  const widest = check({ issuer: "\u{1f511}".repeat(100), account: "名".repeat(200), secret: "A".repeat(410), algorithm: "SHA512", digits: 8 });
  const { added } = await vault.add([widest]);
  assert.deepEqual(added[0]?.otp, widest);
  assert.ok((added[0]?.blob.length ?? 0) <= 4096 - 1000, `${added[0]?.blob.length}`);
});

test("a change is the next revision, and keeps the entry's key and id", async () => {
  const { kept, vault } = await filled();
  const before = named(vault, "GitHub");
  const renamed = { ...github, account: "ada lovelace" };
  const after = await vault.change(before, renamed);
  assert.deepEqual([after.otp, after.rev, after.key, after.id], [renamed, 2, before.key, before.id]);
  assert.notEqual(after.blob, before.blob);
  assert.deepEqual([before.rev, before.otp], [1, github], "what was handed out stays");
  assert.deepEqual((await open(kept)).entries.map(({ otp }) => otp), [aws, token, renamed]);
  await assert.rejects(vault.change(after, { ...github, secret: "?" }), isFlaw("secret"));
});

test("of two changes to one entry the second is told of the first", async () => {
  const { kept, vault } = await filled();
  const other = await open(kept);
  const seen = named(other, "GitHub");
  await vault.change(named(vault, "GitHub"), { ...github, account: "first" });
  await assert.rejects(other.change(seen, { ...github, account: "second" }), isConflict(false));
  const now = named(other, "GitHub");
  assert.deepEqual([now.otp?.account, now.key], ["first", seen.key]);
  assert.equal((await other.change(now, { ...github, account: "second" })).rev, 3);
  await vault.remove(named(await reloaded(vault), "GitHub"));
  await assert.rejects(other.change(named(other, "GitHub"), github), isConflict(true));
});

test("what is removed is gone, and comes back as it was", async () => {
  const { kept, vault } = await filled();
  const entry = named(vault, "Bank");
  const undo = await vault.remove(entry);
  assert.deepEqual(names(vault), ["AWS/ops", "GitHub/ada"]);
  assert.deepEqual(names(await open(kept)), ["AWS/ops", "GitHub/ada"]);
  await undo();
  assert.deepEqual(named(vault, "Bank"), entry);
  assert.deepEqual(names(await open(kept)), ["AWS/ops", "Bank/token", "GitHub/ada"]);
});

test("what another device changed or removed is not removed unseen", async () => {
  const { kept, vault } = await filled();
  const other = await open(kept);
  await vault.press(named(vault, "Bank"));
  await vault.remove(named(vault, "AWS"));
  await assert.rejects(other.remove(named(other, "Bank")), isConflict(false));
  assert.equal(named(other, "Bank").rev, 2);
  assert.deepEqual(names(other), ["Bank/token", "GitHub/ada"]);
  const third = await open(kept);
  const seen = named(third, "Bank");
  await other.remove(named(other, "Bank"));
  await assert.rejects(third.remove(seen), isConflict(true));
});

test("twenty presses on two devices at random are twenty different counters", async () => {
  const { kept, vault } = await filled();
  const other = await open(kept);
  const pressed = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const device = Math.random() < 0.5 ? vault : other;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      return device.press(named(device, "Bank"));
    }),
  );
  assert.deepEqual(pressed.map(({ counter }) => counter).sort((a, b) => a - b), Array.from({ length: 20 }, (_, at) => at + 5));
  for (const { code, counter } of pressed) assert.equal(code, await hotp(token, counter));
  const last = named(await open(kept), "Bank");
  assert.deepEqual(last.otp, { ...token, counter: 25 });
  assert.equal(last.rev, 21);
});

test("a code is shown only when its counter is used up on the server", async () => {
  const { kept, vault } = await filled();
  const entry = named(vault, "Bank");
  for (const fate of ["away", 503, 507]) {
    kept.next = [fate];
    await assert.rejects(vault.press(entry), Fault);
  }
  assert.equal((await vault.press(entry)).counter, 5);
  // Done, but nobody heard of it: that counter's code is lost, not shown twice.
  kept.next = ["lost"];
  await assert.rejects(vault.press(entry), Fault);
  assert.equal((await vault.press(entry)).counter, 7);
});

test("a press gives up when others are always first, and at the last counter", async () => {
  const { kept, vault } = await filled();
  kept.next = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 409 : undefined));
  const before = kept.asked.length;
  await assert.rejects(vault.press(named(vault, "Bank")), isConflict(false));
  assert.equal(kept.asked.length - before, 40, "20 times, with one look at the one list after each");
  assert.deepEqual(kept.next, []);
  assert.equal((await vault.press(named(vault, "Bank"))).counter, 5);
  const last = { ...token, counter: Number.MAX_SAFE_INTEGER };
  await assert.rejects(vault.press(await vault.change(named(vault, "Bank"), last)), isFlaw("counter"));
  await assert.rejects(vault.press(named(vault, "AWS")), isFlaw("type"));
  await vault.remove(named(vault, "Bank"));
  await assert.rejects(vault.press({ ...named(vault, "AWS"), key: "gone" }), isConflict(true));
});

test("what is asked at once is done one after the other", async () => {
  const { kept, vault } = await filled();
  const fresh = check({ issuer: "New", secret: KEYS[3] });
  const both = await Promise.all([vault.add([fresh]), vault.add([fresh])]);
  assert.deepEqual(both.map(({ added, doubles }) => [added.length, doubles]), [[1, 0], [0, 1]]);
  const entry = named(vault, "New");
  const [moved, refused] = await Promise.allSettled([vault.change(entry, { ...fresh, account: "a" }), vault.change(entry, { ...fresh, account: "b" })]);
  assert.deepEqual([moved.status, refused.status], ["fulfilled", "rejected"]);
  // A refusal leaves no doubt about what the server has, so nothing is read again.
  await assert.rejects(vault.press(named(vault, "AWS")), isFlaw("type"));
  const before = kept.asked.length;
  await vault.press(named(vault, "Bank"));
  assert.deepEqual(kept.asked.slice(before).map(({ method }) => method), ["PUT"]);
});

test("what was done although the answer got lost is not done twice", async () => {
  const { kept, vault } = await filled();
  const fresh = check({ issuer: "New", secret: KEYS[3] });
  kept.next = ["lost"];
  await assert.rejects(vault.add([fresh]), Fault);
  assert.deepEqual(await vault.add([fresh]), { added: [], doubles: 1 });
  const [entry, renamed] = [named(vault, "New"), { ...fresh, account: "ada" }];
  kept.next = ["lost"];
  await assert.rejects(vault.change(entry, renamed), Fault);
  assert.equal((await vault.change(entry, renamed)).rev, 2);
  assert.equal((await open(kept)).entries.length, 4);
});

test("a tampered entry says so, and the others still work", async () => {
  const { kept, vault } = await filled();
  const list = kept.lists.get(vault.identity.own.id) ?? [];
  const good = named(vault, "GitHub");
  const stranger = await Vault.open(newUuid(), new Server(kept.fetch));
  await stranger.add([github]);
  const bytes = (/** @type {string} */ blob) => Buffer.from(blob.slice(3), "base64url");
  const blob = (/** @type {Buffer} */ bytes) => `v2.${bytes.toString("base64url")}`;
  const flipped = (/** @type {number} */ at) => blob(bytes(good.blob).map((byte, index, all) => byte ^ Number(index === at || index === at + all.length)));
  const tampered = {
    [flipped(0)]: "changed", // nonce
    [flipped(20)]: "changed", // ciphertext
    [flipped(-1)]: "changed", // tag
    [blob(bytes(good.blob).subarray(0, -1))]: "changed",
    [blob(bytes(good.blob).subarray(0, 20))]: "shape",
    [stranger.entries[0]?.blob ?? ""]: "changed",
    "v9.what": "shape",
  };
  kept.lists.set(vault.identity.own.id, [...Object.keys(tampered).map((enc_secret) => ({ enc_secret, name: null })), ...list]);
  const again = await open(kept);
  const broken = Object.fromEntries(again.entries.filter(({ unread }) => unread).map(({ blob, flaw }) => [blob, flaw]));
  assert.deepEqual(broken, tampered);
  assert.deepEqual(names(again).slice(0, 3), ["AWS/ops", "Bank/token", "GitHub/ada"], "what cannot be read comes last");
  assert.equal(new Set(again.entries.map(({ key }) => key)).size, 10);
  assert.equal((await again.press(named(again, "Bank"))).counter, 5);
  for (const entry of again.entries.filter(({ unread }) => unread)) {
    await assert.rejects(again.codeOf(entry, 0), isFlaw("type"));
    await again.remove(entry);
  }
  assert.equal(again.entries.length, 3);
});

test("a past revision that comes back is no entry beside the last one", async () => {
  const { kept, vault } = await filled();
  const past = named(vault, "Bank");
  await vault.press(past);
  (kept.lists.get(vault.identity.own.id) ?? []).unshift({ enc_secret: past.blob, name: null });
  for (const device of [vault, await open(kept)]) {
    await device.reload();
    assert.deepEqual(names(device), ["AWS/ops", "Bank/token", "GitHub/ada", "superseded"]);
    assert.equal(named(device, "Bank").rev, 2);
    assert.equal(new Set(device.entries.map(({ key }) => key)).size, 4);
  }
  assert.equal((await vault.press(past)).counter, 6);
});

test("a past revision in the place of the last one is noticed where the last one was seen", async () => {
  const { kept, vault } = await filled();
  const past = structuredClone(kept.lists.get(vault.identity.own.id) ?? []);
  const { key } = named(vault, "Bank");
  await vault.press(named(vault, "Bank"));
  kept.lists.set(vault.identity.own.id, past);
  await vault.reload();
  assert.deepEqual(names(vault), ["AWS/ops", "GitHub/ada", "superseded"]);
  assert.notEqual(vault.entries[2]?.key, key);
  await assert.rejects(vault.press({ ...past[0], key, format: "own" }), isConflict(true));
});

test("entries that stay keep their keys and are the same objects", async () => {
  const { kept, vault } = await filled();
  await vault.add([check({ issuer: "Zzz", secret: "MFRGGZDF" })], { old: true });
  const before = [...vault.entries];
  const other = await open(kept);
  await other.press(named(other, "Bank"));
  await other.add([check({ issuer: "Aaa", secret: KEYS[3] })]);
  await vault.reload();
  assert.deepEqual(names(vault), ["/Zzz", "Aaa/", "AWS/ops", "Bank/token", "GitHub/ada"]);
  const after = vault.entries.filter((_, at) => at !== 1);
  assert.deepEqual(after.map(({ key }) => key), before.map(({ key }) => key));
  assert.deepEqual(after.map((entry, at) => entry === before[at]), [true, true, false, true]);
});

test("in open2fa's format only what it makes the same codes of is added", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  for (const otp of [aws, token, { ...github, digits: 8 }, { ...github, period: 60 }]) {
    await assert.rejects(vault.add([github, otp], { old: true }), isFlaw("old"));
  }
  assert.equal(vault.isNew, true);
  const nameless = check({ secret: KEYS[3], account: "mail" });
  const { added } = await vault.add([github, nameless], { old: true });
  assert.deepEqual(added.map(({ format, otp, rev, id }) => [format, otp?.account, rev, id]), [["old", "GitHub:ada", 0, ""], ["old", "mail", 0, ""]]);
  // What `O2FAUUID(UUID).remote.encrypt("JBSWY3DPEHPK3PXP")` is in open2fa 1.4.6.
  assert.deepEqual(kept.lists.get(vault.identity.old.id)?.[0], { enc_secret: "4vJguvVeXhcPYCuKR25gF8DeXEoDP3aBf226fQJaubxM", name: "GitHub:ada" });
  assert.equal(kept.lists.get(vault.identity.own.id), undefined);
  assert.deepEqual(await vault.add([github]), { added: [], doubles: 1 });
});

test("of an old entry the name can be changed, and it can be removed and brought back", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  await vault.add([github], { old: true });
  const [entry] = vault.entries;
  assert.ok(entry?.otp);
  const renamed = await vault.change(entry, { ...entry.otp, account: "work" });
  assert.deepEqual([renamed.key, renamed.blob, renamed.otp?.account], [entry.key, entry.blob, "work"]);
  await assert.rejects(vault.change(renamed, aws), isFlaw("old"));
  await assert.rejects(vault.change(renamed, { ...github, secret: KEYS[3] }), isFlaw("old"));
  const undo = await vault.remove(renamed);
  assert.equal(vault.isNew, true);
  const other = await open(kept);
  await undo();
  assert.deepEqual(kept.lists.get(vault.identity.old.id), [{ enc_secret: entry.blob, name: "work" }]);
  await other.reload();
  await vault.remove(renamed);
  await assert.rejects(other.change(renamed, entry.otp), isConflict(true), "what is gone does not come back under another name");
  assert.equal(other.isNew, true);
});

test("old entries stand beside own ones, and one that cannot be read beside both", async () => {
  const { kept, vault } = await filled();
  const blob = "4vJguvVeXhcPYCuKR25gF8DeXEoDP3aBf226fQJaubxM";
  kept.lists.set(vault.identity.old.id, [{ enc_secret: blob, name: null }, { enc_secret: "junk", name: "Broken" }]);
  await vault.reload();
  assert.deepEqual(names(vault), ["/", "AWS/ops", "Bank/token", "GitHub/ada", "shape"]);
  assert.deepEqual(vault.entries.map(({ format }) => format), ["old", "own", "own", "own", "old"]);
  assert.equal(vault.entries[4]?.name, "Broken");
});

test("an old name of any length and kind is shown, and never keeps an entry from being read", async () => {
  const kept = new KeptLists();
  const blobs = ["4vJguvVeXhcPYCuKR25gF8DeXEoDP3aBf226fQJaubxM", "A5fd494Ymxd4CLkZqeui8T559RayPBxWKfxs7KYrLpxTpxgNWEpsTeT982Wsf4Roes"];
  const vault = await open(kept);
  const long = "n".repeat(512);
  kept.lists.set(vault.identity.old.id, [{ enc_secret: blobs[0] ?? "", name: long }, { enc_secret: blobs[1] ?? "", name: "a\u0000\n b" }]);
  await vault.reload();
  assert.deepEqual(vault.entries.map(({ otp, name }) => [otp?.account, name]), [["a b", "a\u0000\n b"], ["n".repeat(200), long]]);
});

test("what is converted is added before the old one goes, under both its names", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  const plain = check({ account: "mail", secret: KEYS[1] });
  const stays = check({ account: "stays", secret: KEYS[3] });
  await vault.add([github, plain, stays], { old: true });
  const old = vault.entries.filter(({ otp }) => otp?.account !== "stays");
  const before = kept.asked.length;
  const added = await vault.convert(old);
  assert.deepEqual(added.map(({ otp, format }) => [format, otp]), [["own", plain], ["own", github]]);
  assert.deepEqual(kept.asked.slice(before).map(({ method, hash }) => [method, hash === vault.identity.own.id]), [["POST", true], ["DELETE", false]]);
  assert.deepEqual(names(await open(kept)), names(vault));
  assert.deepEqual(names(vault), ["/mail", "/stays", "GitHub/ada"]);
});

test("a conversion that broke off can be taken up again", async () => {
  const kept = new KeptLists();
  const vault = await open(kept);
  await vault.add([github], { old: true });
  kept.next = [undefined, 503];
  await assert.rejects(vault.convert([...vault.entries]), Fault);
  assert.deepEqual((await reloaded(vault)).entries.map(({ format }) => format).sort(), ["old", "own"], "nothing is lost");
  assert.deepEqual(await vault.convert([...vault.entries]), []);
  assert.deepEqual(vault.entries.map(({ format, otp }) => [format, otp]), [["own", github]]);
});

test("a code comes with the next one and what is left of it", async () => {
  const { vault } = await filled();
  const entry = named(vault, "AWS");
  assert.deepEqual(await vault.codeOf(entry, 1763800031.5), { code: await totp(aws, 1763800031), next: await totp(aws, 1763800091), left: 48.5 });
  await assert.rejects(vault.codeOf(named(vault, "Bank"), 0), isFlaw("type"));
});

test("what is exported is what can be added to another vault", async () => {
  const { vault } = await filled();
  const uris = vault.entries.flatMap(({ otp }) => (otp ? format(otp) : []));
  const other = await Vault.open(newUuid(), new Server(new KeptLists().fetch));
  await other.add(parseList(uris.join("\n")).otps);
  assert.deepEqual(other.entries.map(({ otp }) => otp), vault.entries.map(({ otp }) => otp));
});
