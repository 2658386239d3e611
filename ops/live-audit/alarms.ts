import { spawn } from 'node:child_process';
import type { Finding } from '#audit/finding.ts';
import { writeDurably } from '#log/durable-file.ts';

export interface AlarmOptions {
  /** A program that is given each alarm as a line of JSON on its input, such as `logger -p auth.alert -t countersign`. */
  readonly onAlarm?: string | undefined;
  /** A file in Prometheus's text format, for a node exporter's textfile collector. */
  readonly metricsFile?: string | undefined;
}

export interface Alarms {
  /** Raises what was not raised in the look before, and says when something is well again. Resolves when it was handed on. */
  report(findings: readonly Finding[], leaves: bigint): Promise<void>;
}

/** Alarms of a live audit: a line of JSON each on the standard error, and where the options say. A hook that fails is said there too, and the audit goes on. */
export function openAlarms({ onAlarm, metricsFile }: AlarmOptions): Alarms {
  const raised = new Map<string, string>();
  const raise = async (line: object): Promise<void> => {
    const text = `${JSON.stringify({ time: new Date().toISOString(), process: 'audit', ...line })}\n`;
    process.stderr.write(text);
    if (onAlarm !== undefined && !(await hand(onAlarm, text)))
      process.stderr.write(`${JSON.stringify({ level: 'error', process: 'audit', msg: 'the program of --on-alarm failed' })}\n`);
  };
  return {
    async report(findings, leaves) {
      for (const { check, verdict, said, serves } of findings) {
        const isBad = verdict === 'fail' || verdict === 'incomplete';
        if (isBad && raised.get(check) !== said) {
          raised.set(check, said);
          await raise({ level: verdict === 'fail' ? 'error' : 'warn', alarm: check, verdict, said, serves });
        } else if (!isBad && raised.delete(check)) await raise({ level: 'info', over: check });
      }
      if (metricsFile !== undefined) writeDurably(metricsFile, Buffer.from(metrics(findings, leaves)), 0o644);
    },
  };
}

function hand(program: string, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', program], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}

function metrics(findings: readonly Finding[], leaves: bigint): string {
  const count = (verdict: Finding['verdict']): number => findings.filter((one) => one.verdict === verdict).length;
  return [
    '# TYPE countersign_audit_failed_checks gauge',
    `countersign_audit_failed_checks ${count('fail')}`,
    '# TYPE countersign_audit_incomplete_checks gauge',
    `countersign_audit_incomplete_checks ${count('incomplete')}`,
    '# TYPE countersign_audit_leaves gauge',
    `countersign_audit_leaves ${leaves}`,
    '# TYPE countersign_audit_last_look_timestamp_seconds gauge',
    `countersign_audit_last_look_timestamp_seconds ${Math.floor(Date.now() / 1000)}`,
    '',
  ].join('\n');
}
