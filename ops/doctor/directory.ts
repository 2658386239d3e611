import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import type { VerifierSettings } from '#config';
import { layout } from '../paths.ts';
import { namedControllers } from './controllers.ts';
import type { ProcessName } from '../paths.ts';
import { preflight } from '../rights/preflight.ts';
import { siteInForce } from '../rights/site.ts';
import { bad, good, unknown } from './finding.ts';
import type { Finding } from './finding.ts';

const settingsOf = (state: string, process: ProcessName): VerifierSettings =>
  JSON.parse(readFileSync(layout(state).settingsFile(process), 'utf8')) as VerifierSettings;

export async function controllerCertificate(state: string): Promise<Finding> {
  const { ca } = settingsOf(state, 'verifier').directory;
  const controllers = await namedControllers(state);
  const soonest: { name: string; days: number }[] = [];
  for (const { url, servername, lookup } of controllers) {
    const { hostname, port } = new URL(url);
    const seen = await new Promise<{ ends: Date } | { error: string }>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port || 636), servername, ca: readFileSync(ca), timeout: 5_000, lookup });
      socket.once('secureConnect', () => {
        resolve({ ends: new Date(socket.getPeerCertificate().valid_to) });
        socket.destroy();
      });
      socket.once('error', (error) => resolve({ error: error.message }));
      socket.once('timeout', () => socket.destroy(new Error('no answer within 5 s')));
    });
    if ('error' in seen)
      return bad(
        `${url} cannot be trusted or reached: ${seen.error}`,
        `start the controller; its certificate must be of ${ca} and name ${servername}`,
      );
    soonest.push({ name: servername, days: Math.floor((seen.ends.getTime() - Date.now()) / 86_400_000) });
  }
  const first = soonest.toSorted((a, b) => a.days - b.days)[0];
  if (!first || first.days < 30)
    return bad(
      `the certificate of ${first?.name ?? 'a controller'} ends in ${first?.days ?? 0} days`,
      'renew it at the controller (the demo renews its own at npm start)',
    );
  return good(`TLS to ${soonest.map(({ name }) => name).join(', ')} is trusted, for ${first.days} days more`);
}

/** The preflight in one line: the first thing that it would say, and how many more there are. */
export async function directoryRights(state: string): Promise<Finding> {
  const findings = await preflight(await siteInForce(state));
  const troubles = findings.filter(({ verdict }) => verdict !== 'good');
  const [first] = troubles.toSorted((a, b) => (a.verdict < b.verdict ? -1 : 1));
  if (!first) return good(findings.map(({ said }) => said).join('; '));
  const more = troubles.length > 1 ? ` (and ${troubles.length - 1} more)` : '';
  const fix = 'countersign directory preflight';
  return first.verdict === 'bad' ? bad(`${first.said}${more}`, fix) : unknown(`${first.said}${more}`, fix);
}
