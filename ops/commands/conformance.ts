import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { DEVICE_NAME } from '#domain/device.ts';
import type { OperatorAct } from '../conformance/suite.ts';
import { Sentence } from '../sentence.ts';

interface Options {
  ca: string;
  ticketFile?: string;
  name: string;
  account?: string;
  wait: string;
  portal?: string;
  json?: true;
}

/** Adds `conformance <url>`: whether a server speaks docs/device-protocol.md, requirement by requirement. */
export function conformanceCommand(program: Command): void {
  program
    .command('conformance <url>')
    .description('check a server that claims to speak docs/device-protocol.md, one line a requirement; exit 0 when nothing failed')
    .requiredOption('--ca <file>', 'the one authority that is believed about the server, PEM')
    .option('--ticket-file <file>', 'a ticket for the device --name, which is used up; without one only what needs no enrolment is checked')
    .option('--name <host>', 'full host name that the ticket is for', hostname())
    .option('--account <sid>', 'SID of a test account whose password you reset, and whose factors you change, when told to')
    .option('--wait <seconds>', 'how long to wait for what only you can do: approve, reset, change, revoke', '0')
    .option(
      '--portal <url>',
      'check the portal’s interface for login screens there, too; it begins a reset of an account that is not there',
    )
    .option('--json', 'one JSON object a line')
    .action(async (url: string, { ca, ticketFile, name, account: sid, wait, portal, json }: Options) => {
      const caPem = contentOf(ca);
      const target = (of: string) => ({ url: originOf(of), caPem });
      const waitMs = Number(wait) * 1000;
      if (!Number.isSafeInteger(waitMs) || waitMs < 0) throw new Sentence('Write the seconds to wait as a whole number.');
      if (ticketFile !== undefined && !DEVICE_NAME.test(name))
        throw new Sentence('Name with --name the full host name that the ticket is for, such as laptop-17.bank.test.');
      const { checkConformance } = await import('../conformance/run.ts');
      const findings = await checkConformance(
        {
          target: target(url),
          portal: portal === undefined ? undefined : target(portal),
          ticket: ticketFile === undefined ? undefined : contentOf(ticketFile).trim(),
          name,
          sid,
          waitMs,
          operator: (act) => console.error(`… ${inWords(act)}`),
        },
        (finding) => {
          const { number, result, expected, seen } = finding;
          console.log(json ? JSON.stringify(finding) : `${number} ${result}: ${expected}. Seen: ${seen}`);
        },
      );
      const count = (result: string) => findings.filter((finding) => finding.result === result).length;
      if (!json) console.log(`\n${count('pass')} passed, ${count('fail')} failed, ${count('not tried')} not tried.`);
      if (count('fail') > 0) process.exitCode = 1;
    });
}

function inWords({ act, name, device, sid }: OperatorAct): string {
  if (act === 'reset') return `Reset the password of the account ${sid} now; the device ${name} is waiting for its notice.`;
  if (act === 'change') return `Give the account ${sid} another app, or new recovery codes, now; the device ${name} is waiting to be told.`;
  return act === 'approve' ? `Approve the device ${name} (${device}) now.` : `Revoke the device ${name} (${device}) now.`;
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') throw new Sentence(`${text} is no https address.`);
  return url;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Sentence(`${file} cannot be read.`);
  }
}
