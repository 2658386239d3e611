import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { ALARMS } from '#domain/alarm.ts';
import { isHalted, type Halt } from '#domain/halt.ts';
import type { ControllerSeen } from './controllers-endpoints.ts';
import type { logStanding } from './log-endpoints.ts';

type Standing = Awaited<ReturnType<typeof logStanding>>;

/** What operators see of the API: durations by route (the pattern, never the address) and what was streamed or refused. */
export interface Metrics {
  observe(route: string, status: number, seconds: number): void;
  text(): Promise<string>;
  contentType: string;
}

/** `standing`, `haltNow`, `openAlarms` (by kind) and `controllersNow` are asked for at each look, so that the figures are those of the database and not of this process. */
export function createMetrics(
  standing: () => Promise<Standing>,
  haltNow: () => Promise<Halt>,
  openAlarms: () => Promise<ReadonlyMap<string, number>>,
  controllersNow: () => Promise<readonly ControllerSeen[]>,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'countersign_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['route', 'status'],
    registers: [registry],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const refused = new Counter({
    name: 'countersign_http_refused_total',
    help: 'Answers of 400 and above, by route and status',
    labelNames: ['route', 'status'],
    registers: [registry],
  });
  const log = new Gauge({
    name: 'countersign_log_leaves',
    help: 'Leaves of the evidence log, signed and witnessed; when they differ for long, nothing is written',
    labelNames: ['which'],
    registers: [registry],
  });
  const witnesses = new Gauge({
    name: 'countersign_witness_cosigns',
    help: '1 when the witness cosigned when it was last asked',
    labelNames: ['witness'],
    registers: [registry],
  });
  const halted = new Gauge({
    name: 'countersign_halted',
    help: '1 while an emergency stop keeps resets of these accounts from being written',
    labelNames: ['accounts'],
    registers: [registry],
  });
  const alarms = new Gauge({
    name: 'countersign_open_alarms',
    help: 'Alarms that no officer or administrator has acknowledged, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  const controllers = new Gauge({
    name: 'countersign_controller_answers',
    help: '1 when the domain controller answers this process, by the names of both',
    labelNames: ['process', 'controller'],
    registers: [registry],
  });
  const delays = new Gauge({
    name: 'countersign_controller_seconds',
    help: 'Time of one question to the domain controller, as a moving average of this process',
    labelNames: ['process', 'controller'],
    registers: [registry],
  });
  return {
    observe(route, status, seconds) {
      const labels = { route, status: String(status) };
      durations.observe(labels, seconds);
      if (status >= 400) refused.inc(labels);
    },
    async text() {
      const { size, publishedSize, witnesses: views } = await standing();
      log.set({ which: 'signed' }, Number(size));
      log.set({ which: 'witnessed' }, Number(publishedSize));
      for (const { name, answer } of views) witnesses.set({ witness: name }, answer === 'cosigned' ? 1 : 0);
      const halt = await haltNow();
      halted.set({ accounts: 'protected' }, Number(isHalted(halt, true)));
      halted.set({ accounts: 'other' }, Number(isHalted(halt, false)));
      const open = await openAlarms();
      for (const kind of new Set([...Object.keys(ALARMS), ...open.keys()])) alarms.set({ kind }, open.get(kind) ?? 0);
      // Whoever is named no more must not be told for ever.
      controllers.reset();
      delays.reset();
      for (const { process, name: controller, health, milliseconds } of await controllersNow()) {
        controllers.set({ process, controller }, Number(health === 'good' || health === 'proving'));
        if (milliseconds !== null) delays.set({ process, controller }, milliseconds / 1000);
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
