import { listPeople } from '../demo/list-people.ts';
import { readDemoPeople } from '../demo/secrets.ts';
import type { RunInfo } from '../stack/run-file.ts';

/** Who is in the demo bank and what each is for; the passwords are a command away, so that no log of a start holds them. */
function demoLines(state: string): string[] {
  const people = listPeople(readDemoPeople(state));
  const width = Math.max(...people.map(({ account }) => account.length));
  return [
    '',
    'The demo bank:',
    ...people.map(({ account, roles, note }) => `  ${account.padEnd(width)}  ${roles.join(', ').padEnd(16)}  ${note}`),
    '',
    'Act as them:',
    '  npm run -s countersign -- demo people                     the same with their first passwords',
    '  npm run -s countersign -- demo code <account>             the code that their authenticator shows now',
    '  npm run -s countersign -- demo recovery-code <account>    a recovery code, another one each time',
    '  npm run -s countersign -- demo login <account>            try a password at the domain controller',
    '  Approvers sign with a security key: in the console, menu under their name, Security keys. The first one asks for',
    '  `demo code` and `demo recovery-code`. Chromium has a pretended key: developer tools, More tools, WebAuthn.',
  ];
}

/** What the operator reads when everything runs: addresses, people, what to do next, how long it took. */
export function farewell(run: RunInfo, demo: boolean, seconds: number): void {
  const lines = [
    '',
    'Countersign runs.',
    `  Portal (forgotten password)   ${run.portal}`,
    `  Console (approve, audit)      ${run.console}`,
    `  Interface                     ${run.api}`,
    `  Temporal's page (operators)   ${run.temporalPage}`,
    '',
    `  Trust its certificate:        curl --cacert ${run.ca} ${run.portal}`,
    `  in a browser: import ${run.ca} as an authority (Settings, Certificates).`,
    ...(demo ? demoLines(run.state) : ['', '  It uses your own directory. Enrol people with: npm run countersign -- enrol <account>']),
    '',
    `Ready after ${seconds.toFixed(1)} s. Ctrl-C or npm stop ends everything.`,
  ];
  console.log(lines.join('\n'));
}
