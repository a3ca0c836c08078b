// Every page in every state, on a phone and on a desk, by day and by night.
import { inspect } from "../looking/inspect.ts";
import { accountWalks } from "../looking/account-walks.ts";
import { clientWalks } from "../looking/client-walks.ts";
import { vaultWalks } from "../looking/vault-walks.ts";
import { toAStoreThatIsAway, visitWalks } from "../looking/walks.ts";
import { test } from "../outside/test.ts";

for (const [where, walk] of Object.entries({ ...visitWalks, ...accountWalks, ...clientWalks, ...vaultWalks })) {
  test(`no barrier and no overflow on the way ${where}`, { tag: "@looks" }, async ({ visitor }) => {
    test.setTimeout(240_000);
    await walk(visitor, (state) => inspect(visitor.page, state));
  });
}

test("no barrier and no overflow while the store is away", { tag: "@store-goes-away" }, async ({ visitor, redis }) => {
  await toAStoreThatIsAway(visitor, (state) => inspect(visitor.page, state), redis);
});
