import type { RunInfo } from '../stack/run-file.ts';

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
    ...(demo ? [] : ['', '  It uses your own directory. Enrol people with: npm run countersign -- enrol <account>']),
    '',
    `Ready after ${seconds.toFixed(1)} s. Ctrl-C or npm stop ends everything.`,
  ];
  console.log(lines.join('\n'));
}
