// Every page in every state, on a phone and on a desk, by day and by night.
import { allWalks } from "../looking/all-walks.ts";
import { inspect } from "../looking/inspect.ts";
import { toAStoreThatIsAway } from "../looking/walks.ts";
import { test } from "../outside/test.ts";

for (const [where, walk] of allWalks) {
  test(`no barrier and no overflow on the way ${where}`, { tag: "@looks" }, async ({ visitor }) => {
    test.setTimeout(240_000);
    await walk(visitor, (state) => inspect(visitor.page, state));
  });
}

test("no barrier and no overflow while the store is away", { tag: "@store-goes-away" }, async ({ visitor, redis }) => {
  await toAStoreThatIsAway(visitor, (state) => inspect(visitor.page, state), redis);
});
