import { readFileSync } from 'node:fs';
import { readSecretLine, type WorkerSettings } from '#config';
import { tryRelay } from '#activities/mail/relay.ts';
import { relayOf } from '#activities/mail/relay-of.ts';
import { layout } from '../paths.ts';
import { bad, good, type Finding } from './finding.ts';

/** Whether the site's mail relay is the one that is meant, speaks TLS and takes our credentials. No mail is sent. */
export async function mailRelay(state: string): Promise<Finding> {
  const { mail } = JSON.parse(readFileSync(layout(state).settingsFile('worker'), 'utf8')) as WorkerSettings; // written by our own set-up
  if (!mail) return good('no mail relay: people are told in the console alone');
  try {
    await tryRelay(relayOf(mail, readSecretLine));
  } catch (error) {
    return bad(
      `the mail relay ${mail.host}:${mail.port} cannot be used (${(error as Error).message}); mails wait for a week`,
      `let it answer by ${mail.tls === 'implicit' ? 'TLS' : 'STARTTLS'} with a certificate of ${mail.ca} for ${mail.host}, and take what mail.credentials says`,
    );
  }
  return good(`the mail relay ${mail.host}:${mail.port} is trusted and answers`);
}
