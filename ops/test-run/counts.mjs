import { relative } from 'node:path';
import { inspect } from 'node:util';

/** A failure that fills the screen hides the others. */
const LINES = 25;

// A reporter for Node's test runner (https://nodejs.org/api/test.html#custom-reporters): the counts of the whole run and
// what failed, in words, as one JSON object. What was cancelled (a timeout, a file that died) has failed, and a TODO has been skipped.
export default async function* counts(source) {
  let whole;
  const failures = [];
  for await (const { type, data } of source) {
    if (type === 'test:summary' && data.file === undefined) whole = data.counts;
    if (type === 'test:fail' && data.todo === undefined) failures.push(inWords(data));
  }
  if (whole) {
    const { passed, failed, cancelled, skipped, todo } = whole;
    yield JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo, failures });
  }
}

function inWords({ name, file = '', line, details }) {
  const error = details?.error?.cause ?? details?.error;
  const lines = inspect(error, { colors: false }).split('\n').slice(0, LINES);
  return [`${name} (${relative(process.cwd(), file)}:${line})`, ...lines].join('\n    ');
}
