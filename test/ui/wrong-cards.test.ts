import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findAccount } from '#activities/directory/find-account.ts';
import { guidDn } from '#activities/directory/entry.ts';
import { CARD_REFUSALS, type CardRefusal } from '#domain/card-refusals.ts';
import { FACTOR_REFUSALS } from '#domain/factor-refusals.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { CLIENT_AUTHENTICATION, SMART_CARD_LOGON, type CardAuthority, type Issued, type Wanted } from '#test/support/card-authority.ts';
import { cardBank } from '#test/support/card-bank.ts';
import { cardBrowser } from '#test/support/card-browser.ts';
import { aCard, PIN } from '#test/support/card.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { freshPassword } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { replaceAttribute } from '../directory/change.ts';
import { keepPicture } from './keep-picture.ts';
import { inspect, openBrowser, visit } from './portal-visitor.ts';

const HOUR_MS = 3_600_000;
const purposes = [SMART_CARD_LOGON, CLIENT_AUTHENTICATION];
const cards = await cardBank();
let browser: Browser;
let staff: { hired: Hired[]; dismiss: () => Promise<void> };
const world = useWorld(async (here) => {
  await cards.trusted(here);
  staff = await hire(here, 'Staff', 12);
});
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await staff?.dismiss();
});
const hired = (): Hired => staff.hired.pop() ?? assert.fail('nobody else was hired');
const rules = `rules:${privilegedRule}
  - id: cards
    when: { protected: false }
    accept: [{ name: a code and the smart card, proofs: [recovery-code], factors: [smart-card] }]
    approvals: []`;

async function atTheFactor(page: Page, { account, recoveryCode }: Hired): Promise<void> {
  await page.goto(world.stack.run.portal);
  await page.getByLabel('Your account name').fill(account);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('A printed recovery code').check();
  await page.getByLabel('Your code').fill(recoveryCode());
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Confirm with what you hold' }).waitFor();
}

const cardRead = (page: Page) => page.getByRole('heading', { name: 'Your smart card was read' }).waitFor();

/** What a bank can get wrong about a card, with what its holder reads. */
const WRONG: readonly {
  what: string;
  says: CardRefusal;
  card: (who: { sid: string; account: string }) => Promise<Issued>;
}[] = [
  {
    what: 'revoked',
    says: 'card-revoked',
    async card({ account }) {
      const revoked = await cards.cardOf(world, account, { purposes });
      await cards.revoke(world, revoked);
      return revoked;
    },
  },
  {
    what: 'run out',
    says: 'card-out-of-date',
    card: ({ sid }) => cards.issuing.issue({ sid, purposes, until: new Date(Date.now() - HOUR_MS) }),
  },
  {
    what: 'for signing in at web sites, not with a card',
    says: 'card-wrong-purpose',
    card: ({ sid }) => cards.issuing.issue({ sid, purposes: [CLIENT_AUTHENTICATION] }),
  },
  {
    what: 'of another authority of the bank',
    says: 'card-wrong-issuer',
    card: async ({ sid }) => (await cards.bank.authority('Servers Issuing')).issue({ sid, purposes }),
  },
  {
    what: 'of another authority of the bank with the name of the right one',
    says: 'card-wrong-issuer',
    card: async ({ sid }) => (await cards.bank.authority('Card Issuing')).issue({ sid, purposes }),
  },
  {
    what: 'that the directory ties to nobody',
    says: 'card-not-yours',
    card: ({ account }) => cards.issuing.issue({ subject: `CN=${account}`, purposes }),
  },
  {
    what: 'with a user principal name and nothing else',
    says: 'card-not-yours',
    card: ({ account }) => cards.issuing.issue({ upn: `${account}@bank.test`, purposes }),
  },
  {
    what: 'that the directory ties to a colleague, too',
    says: 'card-of-two',
    async card({ account }) {
      const two = await cards.cardOf(world, account, { purposes });
      const colleague = await findAccount(world.directory, hired().account);
      assert.ok(colleague);
      const mapping = securityIdentities(readCertificate(two.der))['key-id'] ?? '';
      await replaceAttribute(world.directory, guidDn(colleague.guid), 'altSecurityIdentities', mapping);
      return two;
    },
  },
];

test('each wrong card, shown at the listener in Chromium, comes back to the factor page with the words for what is wrong with it', async () => {
  const { cards: origin, portal } = world.stack.run;
  await underPolicy(world.stack, rules, async () => {
    for (const { what, says, card } of WRONG) {
      const who = hired();
      const { sid } = (await findAccount(world.directory, who.account)) ?? assert.fail('nobody was hired');
      const { pem, key } = await card({ sid, account: who.account });
      const own = Buffer.from(key?.export({ type: 'pkcs8', format: 'pem' }) ?? '');
      const visitor = await visit(browser, portal, { clientCertificates: [{ origin, cert: Buffer.from(pem), key: own }] });
      const { page } = visitor;
      await atTheFactor(page, who);
      await page.getByRole('link', { name: 'Use your smart card' }).click();
      await cardRead(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Confirm with what you hold' }).waitFor();
      const said = await page.locator('main').innerText();
      assert.ok(said.includes(CARD_REFUSALS[says].words), `${what}: ${said}`);
      assert.match(await page.title(), /^Error: /, what);
      if (says === 'card-of-two') {
        await inspect(page);
        await keepPicture(page, 'portal-wrong-card');
      }
      await visitor.close();
    }
  });
});

/** Somebody at a browser of their own, with a card in the reader whose key cannot leave it and which holds this certificate. */
async function withCard(
  name: string,
  certificate: (spki: Uint8Array<ArrayBuffer>) => Promise<Issued>,
  deed: (page: Page, pin: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = join(cards.folder, name);
  const card = await aCard(folder);
  await card.hold((await certificate(card.spki)).der);
  const here = await cardBrowser(folder, world.stack.run.cards);
  try {
    await deed(await here.context.newPage(), () => here.typePin(PIN));
  } finally {
    await here.close();
  }
}

test('a list that arrives in the middle of a session in Chromium ends it, and from then on the card in the reader counts for nothing', async () => {
  const who = hired();
  let issued: Issued;
  const certificate = async (spki: Uint8Array<ArrayBuffer>) => (issued = await cards.cardOf(world, who.account, { spki, purposes }));
  await underPolicy(world.stack, rules, () =>
    withCard('revoked', certificate, async (page, pin) => {
      await atTheFactor(page, who);
      await Promise.all([pin(), page.getByRole('link', { name: 'Use your smart card' }).click()]);
      await cardRead(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Choose your new password' }).waitFor();
      await cards.revoke(world, issued);
      await page.getByRole('textbox', { name: 'New password' }).fill(freshPassword());
      await page.getByRole('button', { name: 'Set my new password' }).click();
      await page.getByText(FACTOR_REFUSALS['factor-revoked'].words).waitFor({ timeout: 60_000 });
      await inspect(page);
      await keepPicture(page, 'portal-card-revoked-meanwhile');

      // The PIN is not asked for again: the card is still in the reader, and its key still signs.
      await atTheFactor(page, who);
      await page.getByRole('link', { name: 'Use your smart card' }).click();
      await cardRead(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText(CARD_REFUSALS['card-revoked'].words).waitFor();
    }),
  );
});

test('a browser offers no certificate that has run out or that another authority made; the listener says that it may be that', async () => {
  const servers = await cards.bank.authority('Servers Issuing');
  const unoffered: [string, CardAuthority, Wanted][] = [
    ['run-out', cards.issuing, { until: new Date(Date.now() - HOUR_MS) }],
    ['of-another-authority', servers, {}],
  ];
  await underPolicy(world.stack, rules, async () => {
    for (const [name, issuer, wanted] of unoffered) {
      const who = hired();
      const { sid } = (await findAccount(world.directory, who.account)) ?? assert.fail('nobody was hired');
      await withCard(
        name,
        (spki) => issuer.issue({ spki, sid, purposes, ...wanted }),
        async (page, pin) => {
          await atTheFactor(page, who);
          await Promise.all([pin(), page.getByRole('link', { name: 'Use your smart card' }).click()]);
          await page.getByRole('heading', { name: 'No smart card was shown' }).waitFor();
          await page.getByText('your card may have run out, or come from another issuer').waitFor();
          await keepPicture(page, `card-listener-${name}`);
        },
      );
    }
  });
});
