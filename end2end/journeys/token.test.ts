// A counter token, with the demo's phone and with oathtool, on a page that needs no script.
import { tokenCode as oathtool } from "../outside/app.ts";
import { expect, test } from "../outside/test.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("oathtool is a token; a skipped code is dead, and two in a row catch up", async ({ visitor }) => {
      const { hotp } = visitor;
      await hotp.open();
      await hotp.choose("36", "5");
      expect(await hotp.link()).toMatch(/^otpauth:\/\/hotp\/.*&counter=36$/);
      const key = await hotp.key();
      await hotp.type(oathtool(key, 36));
      await hotp.isPaired();
      await hotp.expects(37);
      await hotp.type(oathtool(key, 42));
      await hotp.says("That code is right.");
      await hotp.expects(43);
      await hotp.type(oathtool(key, 41));
      await hotp.says("That code was used or skipped already.", "Press for the next one.");
      await hotp.type(oathtool(key, 49));
      await hotp.says("That code is not right.", "catch up below");
      await hotp.catchUp(oathtool(key, 100), oathtool(key, 102));
      await hotp.says("Those two codes do not follow each other here.");
      await hotp.catchUp(oathtool(key, 141), oathtool(key, 142));
      await hotp.says("Your token is in step again.");
      await hotp.expects(143);
    });

    test("a token that is ahead before its first code is told so, and catches up", async ({ visitor }) => {
      const { hotp, phone } = visitor;
      await hotp.open();
      await hotp.choose();
      await phone.open();
      await phone.scanToken();
      const ahead = await phone.pressToken(20);
      await hotp.open();
      await hotp.type(ahead);
      await hotp.says("Your app is 20 codes ahead.");
      const [first, second] = [await phone.pressToken(), await phone.pressToken()];
      await hotp.open();
      await hotp.catchUp(first, second);
      await hotp.isPaired();
      await hotp.expects(23);
    });
  });
}

test("large counters are exact on the page", async ({ visitor: { hotp } }) => {
  await hotp.open();
  await hotp.choose("9007199254740993");
  const key = await hotp.key();
  await hotp.type(oathtool(key, "9007199254740993"));
  await hotp.isPaired();
  await expect(hotp.page.getByText("9007199254740994", { exact: true })).toBeVisible();
});
