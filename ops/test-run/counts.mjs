import { relative } from 'node:path';
import { inspect } from 'node:util';

/** A failure that fills the screen hides the others. */
const LINES = 25;

// A reporter for Node's test runner (https://nodejs.org/api/test.html#custom-reporters): the counts of the whole run and
// what failed, in words, and how long each file took, as one JSON object. What was cancelled (a timeout, a file that died) has failed, and a TODO has been skipped.
export default async function* counts(source) {
  let whole;
  const failures = [];
  const seconds = {};
  for await (const { type, data } of source) {
    if (type === 'test:summary' && data.file === undefined) whole = data.counts;
    if (type === 'test:summary' && data.file) seconds[relative(process.cwd(), data.file)] = Math.round(data.duration_ms / 1000);
    if (type === 'test:fail' && data.todo === undefined) {
      const failure = inWords(data);
      failures.push(failure);
      // At once: the runner tells why at its end only, and a run that is ended before has no end.
      process.stderr.write(`\n✖ ${failure}\n`);
    }
  }
  if (whole) {
    const { passed, failed, cancelled, skipped, todo } = whole;
    yield JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo, failures, seconds });
  }
}

function inWords({ name, file = '', line, details }) {
  const error = details?.error?.cause ?? details?.error;
  const lines = inspect(error, { colors: false }).split('\n').slice(0, LINES);
  return [`${name} (${relative(process.cwd(), file)}:${line})`, ...lines].join('\n    ');
}
