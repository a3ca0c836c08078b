// Every way that is looked at.
import { accountWalks } from "./account-walks.ts";
import { clientWalks } from "./client-walks.ts";
import { quorumWalks } from "./quorum-walks.ts";
import { vaultWalks } from "./vault-walks.ts";
import { visitWalks } from "./walks.ts";

export const allWalks = Object.entries({ ...visitWalks, ...accountWalks, ...clientWalks, ...vaultWalks, ...quorumWalks });
