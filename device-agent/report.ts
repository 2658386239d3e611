import { AGENT_VERSION, momentOf, type Agent } from './agent.ts';
import type { Json } from '#evidence/jcs.ts';
import { publicSealingKeyIn } from './sealing-key.ts';
import { signStatement, TAGS } from './statement.ts';
import { cachedAccounts, UnknownLayout, type CachedAccount } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { sssdVersion } from './sssd/daemon.ts';

/** More the portal does not take of one device. */
const MOST_ACCOUNTS = 500;

/** On a machine of very many people, those who were there last: whom it does not name, the stale check still looks after. */
const newest = (accounts: readonly CachedAccount[]): CachedAccount[] =>
  accounts.toSorted((a, b) => b.cachedAt - a.cachedAt).slice(0, MOST_ACCOUNTS);

/** Tells the portal what is cached here. Its number grows, also over a crash: a report that was recorded is not sent again as a newer one. */
export async function report(agent: Agent): Promise<void> {
  const { memory, portal, identity, settings } = agent;
  const takesHashes = settings.sealedHash && memory.now.writerKeys.length > 0;
  const domains = sssdDomains();
  let layout: 'known' | 'unknown' = 'known';
  const accounts: CachedAccount[] = [];
  for (const { name } of domains) {
    try {
      accounts.push(...(await cachedAccounts(name)).filter(({ hasPassword }) => hasPassword));
    } catch (error) {
      if (!(error instanceof UnknownLayout)) throw error;
      layout = 'unknown';
    }
  }
  const version = await sssdVersion();
  memory.change((draft) => {
    draft.sequence++;
  });
  const statement: Json = {
    device: memory.now.device,
    sequence: memory.now.sequence,
    at: new Date().toISOString(),
    agent: AGENT_VERSION,
    sssd: {
      version,
      layout,
      cachedAuthTimeout: Math.max(0, ...domains.map(({ cachedAuthTimeout }) => cachedAuthTimeout)),
      storesPasswordIfOffline: domains.some(({ storesPasswordIfOffline }) => storesPasswordIfOffline),
    },
    accounts: newest(accounts).map(({ sid, name, cachedAt, lastOnlineAuth }) => ({
      sid,
      name: name.slice(0, name.lastIndexOf('@')),
      cachedAt: momentOf(cachedAt),
      lastOnlineAuth: lastOnlineAuth === 0 ? null : momentOf(lastOnlineAuth),
    })),
    ...(takesHashes && { sealingKey: publicSealingKeyIn(settings.state) }),
  };
  await portal.ask('PUT', '/report', signStatement(TAGS.report, statement, identity.key));
}
