import { collectDefaultMetrics, Counter, Histogram, Registry } from '@prometheus-io/client';

/** What operators see of the API: durations by route (the pattern, never the address) and what was streamed or refused. */
export interface Metrics {
  observe(route: string, status: number, seconds: number): void;
  text(): Promise<string>;
  contentType: string;
}

export function createMetrics(): Metrics {
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
  return {
    observe(route, status, seconds) {
      const labels = { route, status: String(status) };
      durations.observe(labels, seconds);
      if (status >= 400) refused.inc(labels);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
